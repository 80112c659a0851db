/**
 * Records what a real API server says to broken objects and broken changes of every built-in kind, all as dry runs of
 * mutations of valid objects: fixtures/k1s/validation.json.gz, replayed by src/k1s/registry/validation_test.ts.
 *
 *     kubectl proxy --port 8001 &
 *     deno run -A tools/record_validation.ts http://127.0.0.1:8001
 */
import { DEFINITION_CASES } from "./validation/definition_cases.ts";
import { EVERYDAY_CASES } from "./validation/everyday_cases.ts";
import { LATER_CASES } from "./validation/later_cases.ts";
import { draw, type Json, mutationsOf, type Operation } from "./validation/mutations.ts";
import { POD_CASES } from "./validation/pod_cases.ts";
import { RULE_CASES } from "./validation/rule_cases.ts";
import { SAMPLES } from "./validation/samples.ts";

interface Case {
  /** Index of the sample. */
  readonly sample: number;
  readonly update: boolean;
  readonly subresource?: string;
  readonly patch: readonly Operation[];
  status?: number;
  answer?: unknown;
}

const CASES = [...POD_CASES, ...EVERYDAY_CASES, ...DEFINITION_CASES, ...LATER_CASES, ...RULE_CASES];
const JSON_PATCH = "application/json-patch+json";
const base = Deno.args[0] ?? "http://127.0.0.1:8001";

function tell(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
}

async function send(method: string, path: string, body?: unknown, type = "application/json") {
  const response = await fetch(base + path, {
    method,
    headers: { "content-type": type, "user-agent": "recorder" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  // a few mutations make the real server panic and cut the connection
  if (!text.startsWith("{")) return { status: 0, answer: { message: text } };
  return { status: response.status, answer: JSON.parse(text) };
}

/** The object with a patch applied, by paths that exist. */
function patched(object: unknown, patch: readonly Operation[]): unknown {
  const result = JSON.parse(JSON.stringify(object));
  for (const { op, path, value } of patch) {
    const steps = path.slice(1).split("/").map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
    const last = steps.pop()!;
    const parent = steps.reduce((at, step) => at[step] ??= {}, result);
    if (last === "-") parent.push(value);
    else if (op === "remove") Array.isArray(parent) ? parent.splice(Number(last), 1) : delete parent[last];
    else parent[last] = value;
  }
  return result;
}

/** Which kinds look at metadata twice, and which not at all, differs. */
const METADATA: readonly Operation[] = [
  { op: "add", path: "/metadata/labels", value: { "bad key": "x" } },
  { op: "add", path: "/metadata/annotations", value: { "bad key": "x" } },
  { op: "add", path: "/metadata/uid", value: "other" },
  { op: "add", path: "/metadata/finalizers", value: ["nonsense"] },
];

const nameOf = (body: unknown) => (body as { metadata: { name: string } }).metadata.name;
const cases: Case[] = [];
for (const [sample, { body, create, update = 0, dry }] of SAMPLES.entries()) {
  const mutations = mutationsOf(JSON.parse(JSON.stringify(body)) as Json);
  cases.push({ sample, update: false, patch: [] });
  for (const operation of draw(mutations, { count: create, seed: sample + 1 })) {
    cases.push({ sample, update: false, patch: [operation] });
  }
  for (const operation of dry ? [] : draw(mutations, { count: update, seed: sample + 1001 })) {
    cases.push({ sample, update: true, patch: [operation] });
  }
  for (const operation of dry ? [] : METADATA) cases.push({ sample, update: true, patch: [operation] });
}
for (const { path, name, update, subresource, patch } of CASES) {
  const sample = SAMPLES.findIndex((candidate) =>
    candidate.path.endsWith(path) && nameOf(candidate.body) === name
  );
  if (sample < 0) throw new Error(`no sample ${path} ${name}`);
  cases.push({ sample, update: update === true, ...(subresource ? { subresource } : {}), patch });
}

/** Where an object is changed. */
function placeOf(sample: number, subresource = ""): string {
  const { path, body } = SAMPLES[sample]!;
  return `${path}/${nameOf(body)}${subresource === "" ? "" : `/${subresource}`}`;
}

/** Asks the server about a case, and keeps what it says. */
async function record(entry: Case): Promise<void> {
  const { path, body } = SAMPLES[entry.sample]!;
  const { status, answer } = entry.update
    ? await send("PATCH", `${placeOf(entry.sample, entry.subresource)}?dryRun=All`, entry.patch, JSON_PATCH)
    : await send("POST", `${path}?dryRun=All`, patched(body, entry.patch));
  entry.status = status;
  // an update's answer has what controllers made of the object
  entry.answer = entry.update && status === 200 ? undefined : answer;
}

const NAMESPACES = ["validation", "validation-limits"];
for (const name of NAMESPACES) await send("POST", "/api/v1/namespaces", { metadata: { name } });
await new Promise((done) => setTimeout(done, 1000)); // the default service account
for (const entry of cases) if (!entry.update) await record(entry);
const removed: string[] = [];
for (const [sample, { path, body, dry, after }] of SAMPLES.entries()) {
  if (dry) continue;
  const made = await send("POST", path, body);
  if (made.status !== 201) tell(`sample refused: ${path} ${nameOf(body)} ${made.answer.message}`);
  if (after) await send("PATCH", placeOf(sample, after.subresource), after.patch, JSON_PATCH);
  removed.push(`${path}/${nameOf(body)}`);
}
await new Promise((done) => setTimeout(done, 3000)); // controllers write status once; patches need no version
for (const entry of cases) if (entry.update) await record(entry);
const panics = cases.filter(({ status }) => status === 0);
for (const { sample, patch } of panics) {
  tell(`no answer: ${SAMPLES[sample]!.path} ${JSON.stringify(patch)}`);
}
for (const path of removed.reverse()) await send("DELETE", `${path}?propagationPolicy=Background`);
for (const name of NAMESPACES) await send("DELETE", `/api/v1/namespaces/${name}`);

const answered = cases.filter(({ status }) => status !== 0);
const samples = SAMPLES.map(({ path, body, dry, after }) => ({ path, body, dry, after }));
const text = JSON.stringify({ samples, cases: answered });
const packed = new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip")));
await Deno.writeFile(new URL("../fixtures/k1s/validation.json.gz", import.meta.url), await packed.bytes());
const by = Map.groupBy(cases, ({ status }) => status);
tell(`${cases.length} cases, ${[...by].map(([status, list]) => `${status}: ${list.length}`).join(", ")}`);
