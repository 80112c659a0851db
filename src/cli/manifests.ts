/** Objects named by -f: files, directories, `-`; YAML with several documents, or JSON, or Lists. */
import { OrkaError } from "../base/mod.ts";
import type { KubeObject } from "../kube/mod.ts";
import type { CliIo } from "./io.ts";
import type { FlagValues } from "./parse.ts";

const MANIFEST = /\.(json|ya?ml)$/;

/** Every object of the files, in order. Throws OrkaError `io` or `invalid` that names the file. */
export async function readManifests(
  io: CliIo,
  { files, recursive }: { files: readonly string[]; recursive: boolean },
): Promise<KubeObject[]> {
  const objects: KubeObject[] = [];
  for (const file of files) {
    for (const path of await manifestPaths(io, { file, recursive })) {
      const text = path === "-" ? await io.readStdin() : await io.readFile(path);
      objects.push(...await parseManifest(text, path === "-" ? "STDIN" : path));
    }
  }
  if (objects.length === 0) throw new OrkaError("io", "no objects passed to get");
  return objects;
}

/** Throws OrkaError `usage` for -k. */
export function refuseKustomize(flags: FlagValues, verb: string): void {
  const dir = flags.text("kustomize");
  if (dir === undefined) return;
  throw new OrkaError("usage", "-k is not there yet", {
    hint: `Pipe it: kubectl kustomize ${dir} | orka ${verb} -f -`,
  });
}

async function manifestPaths(
  io: CliIo,
  { file, recursive }: { file: string; recursive: boolean },
): Promise<readonly string[]> {
  if (file === "-") return [file];
  if (/^https?:/.test(file)) {
    throw new OrkaError("usage", `-f takes no URLs: ${file}`, {
      hint: `Pipe it: curl -s ${file} | orka get -f -`,
    });
  }
  const inside = await io.listFiles(file, { recursive });
  return inside === null ? [file] : inside.filter((path) => MANIFEST.test(path));
}

async function parseManifest(text: string, source: string): Promise<KubeObject[]> {
  const { parseAllDocuments } = await import("yaml");
  const objects: KubeObject[] = [];
  for (const document of parseAllDocuments(text)) {
    const problem = "errors" in document ? document.errors[0] : undefined;
    if (problem !== undefined) {
      throw new OrkaError("invalid", `error parsing ${source}: ${problem.message.split("\n")[0]}`);
    }
    const value: unknown = document.toJS();
    if (value !== null) objects.push(...objectsOf(value, source));
  }
  return objects;
}

function objectsOf(value: unknown, source: string): KubeObject[] {
  const object = value as Partial<KubeObject> & { items?: unknown };
  if (typeof value !== "object" || typeof object.apiVersion !== "string" || typeof object.kind !== "string") {
    throw new OrkaError("invalid", `error validating "${source}": apiVersion and kind must be set`);
  }
  if (object.kind.endsWith("List") && Array.isArray(object.items)) {
    return object.items.flatMap((item) => objectsOf(item, source));
  }
  if (typeof object.metadata?.name !== "string" || object.metadata.name === "") {
    throw new OrkaError("invalid", `error in ${source}: resource name may not be empty`);
  }
  return [object as KubeObject];
}
