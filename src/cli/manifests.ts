/**
 * Objects named by -f: files, directories, URLs, `-`; YAML with several documents, or JSON, or Lists. YAML is read as
 * kubectl reads it (`0644` is octal, `yes` is true), and every object knows where it came from.
 */
import { OrkaError } from "../base/mod.ts";
import type { KubeObject } from "../kube/mod.ts";
import type { CliIo } from "./io.ts";
import type { FlagValues } from "./parse.ts";

const MANIFEST = /\.(json|ya?ml)$/;

/** Milliseconds for the whole of a manifest from the web. */
const FETCH_MS = 30_000;

export interface ManifestsRequest {
  readonly files: readonly string[];
  readonly recursive: boolean;
  /** `generateName` will do for a name: what is to be created. */
  readonly allowGenerated?: boolean | undefined;
}

/** One text with objects in it. */
export interface Manifest {
  /** A path, a URL, or `STDIN`. */
  readonly source: string;
  readonly text: string;
  readonly objects: readonly KubeObject[];
}

/** Every object of the files, in order. Throws OrkaError `io` or `invalid` that names the file. */
export async function readManifests(io: CliIo, request: ManifestsRequest): Promise<KubeObject[]> {
  const manifests = await readManifestTexts(io, request);
  return manifests.flatMap(({ objects }) => objects);
}

/** The same, text by text. */
export async function readManifestTexts(io: CliIo, request: ManifestsRequest): Promise<Manifest[]> {
  const manifests: Manifest[] = [];
  for (const file of request.files) {
    for (const path of await manifestPaths(io, { file, recursive: request.recursive })) {
      const source = path === "-" ? "STDIN" : path;
      const text = await readText(io, path);
      manifests.push({ source, text, objects: await parseManifest(text, { ...request, source }) });
    }
  }
  if (!manifests.some(({ objects }) => objects.length > 0)) {
    const [first] = request.files;
    const hint = first === undefined || first === "-"
      ? undefined
      : `Directories are read for .yaml, .yml and .json; with -R those below them too.`;
    throw new OrkaError("io", `no objects passed: nothing in ${request.files.join(", ")}`, { hint });
  }
  return manifests;
}

/** Throws OrkaError `usage` for -k. */
export function refuseKustomize(flags: FlagValues, verb: string): void {
  const dir = flags.text("kustomize");
  if (dir === undefined) return;
  throw new OrkaError("usage", "-k is not there yet", {
    hint: `Pipe it: kubectl kustomize ${dir} | orka ${verb} -f -`,
  });
}

function isUrl(file: string): boolean {
  return /^https?:\/\//.test(file);
}

async function manifestPaths(
  io: CliIo,
  { file, recursive }: { file: string; recursive: boolean },
): Promise<readonly string[]> {
  if (file === "-" || isUrl(file)) return [file];
  const inside = await io.listFiles(file, { recursive });
  return inside === null ? [file] : inside.filter((path) => MANIFEST.test(path));
}

async function readText(io: CliIo, path: string): Promise<string> {
  if (path === "-") return await io.readStdin();
  if (isUrl(path)) return await fetchText(io, path);
  const text = await io.readFile(path);
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}

/** The text behind a URL. Throws OrkaError `unreachable`, `timeout` or `not-found` that names it. */
async function fetchText(io: CliIo, url: string): Promise<string> {
  const late = new AbortController();
  using _timer = io.clock.timer(FETCH_MS, () => late.abort());
  try {
    const response = await fetch(url, { signal: AbortSignal.any([io.signal, late.signal]) });
    if (response.ok) return await response.text();
    await response.body?.cancel();
    const code = response.status === 404 ? "not-found" : "unreachable";
    throw new OrkaError(code, `unable to read URL "${url}", server reported ${response.status}`);
  } catch (error) {
    if (error instanceof OrkaError || io.signal.aborted) throw error;
    if (late.signal.aborted) {
      throw new OrkaError("timeout", `unable to read URL "${url}": no answer within ${FETCH_MS / 1000} s`);
    }
    const said = error instanceof Error ? error.message : String(error);
    throw new OrkaError("io", `unable to read URL "${url}": ${said}`, { cause: error });
  }
}

/** The objects of a text that is there already. Throws OrkaError `invalid` that names `source`. */
export async function parseManifestText(text: string, options: ParseOptions): Promise<Manifest> {
  return { source: options.source, text, objects: await parseManifest(text, options) };
}

export interface ParseOptions {
  /** For messages. */
  readonly source: string;
  readonly allowGenerated?: boolean | undefined;
}

async function parseManifest(text: string, options: ParseOptions): Promise<KubeObject[]> {
  const json = parsedJson(text);
  if (json !== undefined) return objectsOf(json, options);
  const values = await yamlValues(text, options.source);
  return values.flatMap((value) => value === null ? [] : objectsOf(value, options));
}

/** The documents' values. Throws OrkaError `invalid` with the source, line and column of the first mistake. */
export async function yamlValues(text: string, source: string): Promise<unknown[]> {
  const { parseYaml } = await import("../schema/mod.ts");
  const yaml = await parseYaml(text);
  return yaml.documents.map(({ value, syntax: [problem] }) => {
    if (problem === undefined) return value;
    const { line, column } = yaml.position(problem.offset);
    throw new OrkaError(
      "invalid",
      `error parsing ${source}:${line}:${column}: ${problem.message.replace(/ at line .*$/, "")}`,
    );
  });
}

/** What other programs print needs no YAML library. undefined: it is YAML, or broken, which YAML's reader tells better. */
function parsedJson(text: string): unknown {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function objectsOf(value: unknown, options: ParseOptions): KubeObject[] {
  const { source, allowGenerated = false } = options;
  const object = value as Partial<KubeObject> & { items?: unknown };
  const missing = typeof value !== "object"
    ? ["apiVersion", "kind"]
    : ["apiVersion", "kind"].filter((key) => typeof object[key] !== "string" || object[key] === "");
  if (missing.length > 0) {
    const what = missing.length === 2 ? "apiVersion and kind must be set" : `${missing[0]} is not set`;
    throw new OrkaError("invalid", `error validating "${source}": ${what}`);
  }
  if (object.kind!.endsWith("List") && Array.isArray(object.items)) {
    return object.items.flatMap((item) => objectsOf(item, options));
  }
  const { name, generateName } = (object.metadata ?? {}) as Record<string, unknown>;
  const isNamed = typeof name === "string" && name !== "";
  if (name !== undefined && name !== null && typeof name !== "string") {
    throw new OrkaError(
      "invalid",
      `error in ${source}: metadata.name is ${JSON.stringify(name)}, no string`,
      {
        hint: "YAML reads words like y, no and on, and numbers, as something else: quote it.",
      },
    );
  }
  if (!isNamed && !(allowGenerated && typeof generateName === "string" && generateName !== "")) {
    const hint = typeof generateName === "string"
      ? "generateName is for orka create: what has no name of its own can't be found again."
      : undefined;
    throw new OrkaError("invalid", `error in ${source}: resource name may not be empty`, { hint });
  }
  return [object as KubeObject];
}
