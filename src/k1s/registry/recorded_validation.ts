/** Replays what the real server said to broken objects and broken changes, and tells where the answers differ. */
import { ApiServer } from "../http/handler.ts";
import { applyJsonPatch, equal, type Json } from "../patch/mod.ts";
import { createMemoryStore } from "../storage/mod.ts";
import { isObject, type JsonObject, listOf, mapOf, metaOf, textOf } from "./object.ts";

const JSON_PATCH = "application/json-patch+json";
const FIXTURE = new URL("../../../fixtures/k1s/validation.json.gz", import.meta.url);

interface Sample {
  readonly path: string;
  readonly body: JsonObject;
  readonly dry?: boolean;
  readonly after?: { readonly subresource: string; readonly patch: readonly JsonObject[] };
}

export interface RecordedCase {
  readonly sample: number;
  readonly update: boolean;
  readonly subresource?: string;
  readonly patch: readonly JsonObject[];
  readonly status: number;
  readonly answer?: JsonObject;
}

export interface Replayed {
  readonly at: RecordedCase;
  readonly path: string;
  readonly name: string;
  readonly ours: JsonObject;
  readonly theirs: JsonObject;
  readonly same: boolean;
}

async function readRecorded(): Promise<{ samples: Sample[]; cases: RecordedCase[] }> {
  const bytes = await Deno.readFile(FIXTURE);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return await new Response(stream).json();
}

/** Takes away what no two creations have in common, and what is knowingly different. */
export function comparable(answer: JsonObject): JsonObject {
  const object = structuredClone(answer);
  if (object.kind === "Status") return withoutTimes(object);
  const meta = metaOf(object);
  for (const field of ["uid", "creationTimestamp"]) delete meta[field];
  for (const entry of listOf(meta, "managedFields").filter(isObject)) {
    delete entry.time;
    delete entry.manager;
  }
  if (meta.generateName !== undefined) delete meta.name;
  // protection finalizers need the controllers that take them off
  if (listOf(meta, "finalizers").some((finalizer) => /pvc?-protection$/.test(String(finalizer)))) {
    delete meta.finalizers;
  }
  delete mapOf(object, "status")?.lastPhaseTransitionTime;
  // the recorder's own name and groups
  if (object.kind === "CertificateSigningRequest") {
    for (const field of ["username", "groups", "extra"]) delete mapOf(object, "spec")?.[field];
  }
  return withoutTimes(object);
}

/** Identifiers, allocated addresses and times are each server's own. */
function withoutTimes(object: JsonObject): JsonObject {
  const text = JSON.stringify(object)
    // the real server shows what changed as a diff of its own types, which nothing else has
    .replace(/\\n@@ (?:[^"\\]|\\.)*?(?:\\n)?(?=\]?"|, [\w.[\]]+: [A-Z])/g, "")
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g, "UID")
    .replace(/kube-api-access-\w{5}\b/g, "kube-api-access-X")
    .replace(/10\.96\.\d+\.\d+/g, "10.96.X")
    .replace(/20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "TIME")
    .replace(/"(nodePort|healthCheckNodePort)":\d+/g, '"$1":0');
  return JSON.parse(text);
}

/**
 * The real server shows some values as its own types have them, with other names of fields and every field that is
 * not set, and what a JSON patch came to where that was no object of the kind.
 */
function isShownElsewise({ message, details }: JsonObject): boolean {
  return /value: [[{]+"[A-Z]/.test(String(message)) && details !== undefined;
}

/** Causes without the objects that they show. */
function withoutValues(status: JsonObject): Json {
  return listOf(mapOf(status, "details"), "causes").filter(isObject).map((cause) => ({
    ...cause,
    message: String(cause.message).replace(/ value: [[{].*[\]}](: |$)/, " value: …$1"),
  }));
}

function isSame(ours: JsonObject, theirs: JsonObject): boolean {
  return equal(ours, theirs) ||
    isShownElsewise(theirs) && equal(withoutValues(ours), withoutValues(theirs));
}

/** Where a stored sample is changed. */
function placeOf({ path, body }: Sample, subresource = ""): string {
  return `${path}/${textOf(metaOf(body), "name")}${subresource === "" ? "" : `/${subresource}`}`;
}

/** Plays every case to an embedded cluster of its own, in the recorded order. */
export async function replay(): Promise<Replayed[]> {
  const { samples, cases } = await readRecorded();
  const store = createMemoryStore({ upkeepMs: 0 });
  const server = await ApiServer.open({ storage: store.tenant("t") });
  const send = async (method: string, path: string, body: unknown, type = "application/json") => {
    const headers = { "content-type": type, "user-agent": "recorder" };
    const request = new Request(`http://k1s${path}`, { method, headers, body: JSON.stringify(body) });
    const response = await server.handler(request);
    return { status: response.status, answer: await response.json() as JsonObject };
  };
  const results: Replayed[] = [];
  const play = async (at: RecordedCase) => {
    const { path, body } = samples[at.sample]!;
    const name = textOf(metaOf(body), "name");
    const { status, answer } = at.update
      ? await send(
        "PATCH",
        `${placeOf(samples[at.sample]!, at.subresource)}?dryRun=All`,
        at.patch,
        JSON_PATCH,
      )
      : await send("POST", `${path}?dryRun=All`, applyJsonPatch(body, at.patch as unknown as Json));
    const ours = status === 200 && at.update ? {} : comparable(answer);
    const theirs = at.answer === undefined ? {} : comparable(at.answer);
    results.push({ at, path, name, ours, theirs, same: status === at.status && isSame(ours, theirs) });
  };
  for (const name of ["validation", "validation-limits"]) {
    await send("POST", "/api/v1/namespaces", { metadata: { name } });
  }
  for (const at of cases) if (!at.update) await play(at);
  for (const sample of samples) {
    if (!sample.dry) await send("POST", sample.path, sample.body);
    const { after } = sample;
    if (after) await send("PATCH", placeOf(sample, after.subresource), after.patch, JSON_PATCH);
  }
  for (const at of cases) if (at.update) await play(at);
  await server.close();
  await store.close();
  return results;
}
