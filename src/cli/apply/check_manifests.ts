/** `--validate`: what is wrong with the manifests, with file, line and column, before anything is sent. */
import { OrkaError } from "../../base/mod.ts";
import type { WriteOptions } from "../../apply/mod.ts";
import { type Resource, resourceKey } from "../../kube/mod.ts";
import { crdSchema, createValidator, type KindSchema, loadSchema, type Problem } from "../../schema/mod.ts";
import type { ChangeSession } from "../change/change_context.ts";
import { note } from "../io.ts";
import type { FlagValues } from "../parse.ts";
import type { ManifestSet } from "./manifest_targets.ts";

export type Validation = NonNullable<WriteOptions["fieldValidation"]>;

/** kubectl's words; strict unless said otherwise. Throws OrkaError `usage`. */
export function readValidation(flags: FlagValues): Validation {
  const text = flags.text("validate");
  switch (text) {
    case undefined:
    case "":
    case "true":
    case "strict":
      return "Strict";
    case "warn":
      return "Warn";
    case "false":
    case "ignore":
      return "Ignore";
  }
  throw new OrkaError("usage", `invalid - validate option ${JSON.stringify(text)}`, {
    hint: "One of strict (or true), warn, ignore (or false).",
  });
}

/** What the server would refuse for certain. The rest is its own to say: it knows defaults and the live object. */
const REFUSED: ReadonlySet<Problem["kind"]> = new Set([
  "syntax",
  "not-an-object",
  "unknown-field",
  "wrong-type",
]);

/** Throws OrkaError `invalid` with all that is wrong in `Strict`; says it on stderr in `Warn`. */
export async function checkManifests(
  session: ChangeSession,
  { manifests, targets }: ManifestSet,
  validation: Validation,
): Promise<void> {
  if (validation === "Ignore") return;
  const schemas = await schemasOf(session, targets);
  if (schemas.length === 0) return;
  using validator = createValidator({ clock: session.io.clock, worker: false });
  const lines: string[] = [];
  for (const { source, text } of manifests) {
    const { problems, more } = await validator.validate(text, { schemas, signal: session.io.signal });
    const refused = problems.filter(({ kind, severity }) => severity === "error" && REFUSED.has(kind));
    lines.push(...refused.map((problem) => problemLine(source, problem)));
    if (more > 0) lines.push(`${source}: and ${more} more`);
  }
  if (lines.length === 0) return;
  if (validation === "Warn") {
    for (const line of lines) await note(session.io, `Warning: ${line}`);
    return;
  }
  const count = lines.length === 1 ? "a mistake" : `${lines.length} mistakes`;
  throw new OrkaError("invalid", `error validating data: ${count} in the manifests\n${lines.join("\n")}`, {
    hint: "Nothing was sent. --validate=warn or --validate=ignore leaves it to the server.",
  });
}

function problemLine(source: string, { line, column, path, message, hint }: Problem): string {
  const where = path === "" ? "" : `${path}: `;
  return `${source}:${line}:${column}: ${where}${message}${hint === undefined ? "" : `: ${hint}`}`;
}

/** Of every kind whose schema can be had. */
async function schemasOf(session: ChangeSession, targets: ManifestSet["targets"]): Promise<KindSchema[]> {
  const kinds = new Map(targets.map((each) => [resourceKey(each.target.resource), each]));
  const found = await Promise.all([...kinds.values()].map(async ({ target: { resource }, isComing }) => {
    try {
      return isComing ? comingSchema(resource, targets) : await servedSchema(session, resource);
    } catch (error) {
      session.io.signal.throwIfAborted();
      if (!(error instanceof OrkaError)) throw error;
      return null; // the server validates without it
    }
  }));
  return found.filter((schema) => schema !== null);
}

function servedSchema({ io, cluster, memory }: ChangeSession, resource: Resource): Promise<KindSchema> {
  return loadSchema(cluster.client, resource, { signal: io.signal, cache: memory.schemas });
}

/** Of a kind whose definition is in the same manifests. */
function comingSchema(
  { group, plural, version }: Resource,
  targets: ManifestSet["targets"],
): KindSchema | null {
  const crd = targets.find(({ object }) => object.metadata.name === `${plural}.${group}`);
  return crd === undefined ? null : crdSchema(crd.object, version);
}
