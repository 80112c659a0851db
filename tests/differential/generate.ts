/** Random sequences of requests over a few objects of one to three kinds. */
import type { Json, JsonObject } from "../../src/k1s/registry/mod.ts";
import { type FieldMaker, names } from "./fields.ts";
import { KINDS, pathOf, type PlayedKind } from "./kinds.ts";
import { jsonPatch, strategicDirectives } from "./patches.ts";
import { Pick } from "./pick.ts";
import { reading } from "./reading.ts";
import { type Sequence, setPath, type Step } from "./step.ts";

const MERGE = "application/merge-patch+json";
const STRATEGIC = "application/strategic-merge-patch+json";
const JSON_PATCH = "application/json-patch+json";
const APPLY = "application/apply-patch+yaml";

const APPLIERS = ["alice", "bob", "kubectl"];

/** The sequence of a seed: the same everywhere. */
export function sequenceOf(seed: number, length = 16): Sequence {
  const pick = new Pick(seed);
  const kinds = [pick.of(KINDS), ...pick.chance(0.4) ? [pick.of(KINDS)] : []];
  const steps: Step[] = [];
  for (let index = 0; index < length; index++) {
    const kind = pick.of(kinds);
    steps.push(...index < 1 ? create(pick, kind, index) : request(pick, kind, index));
  }
  return { name: `seed ${seed}`, steps };
}

/** One operation on a kind: a step, or the few that belong together. */
type Operation = (pick: Pick, kind: PlayedKind, index: number) => Step[];

const OPERATIONS: readonly (readonly [number, Operation])[] = [
  [14, create],
  [12, replace],
  [10, mergePatch],
  [9, strategicPatch],
  [8, patchByJson],
  [24, apply],
  [9, statusWrite],
  [5, scaleWrite],
  [8, remove],
  [2, removeAll],
  [14, reading],
];

function request(pick: Pick, kind: PlayedKind, index: number): Step[] {
  return pick.weighted(OPERATIONS)(pick, kind, index);
}

export function nameFor(pick: Pick, { cluster, kind }: PlayedKind): string {
  const name = kind === "Deployment" || pick.chance(0.6) ? names[0]! : pick.of(names);
  return cluster ? `$NS-${name}` : name;
}

/** Query of a write. */
function query(pick: Pick, kind: PlayedKind, fixed: Readonly<Record<string, string>> = {}): string {
  const parameters: Record<string, string> = { ...fixed };
  if (kind.dry || pick.chance(0.08)) parameters.dryRun = "All";
  if (pick.chance(0.25)) parameters.fieldValidation = pick.of(["Strict", "Warn", "Ignore", "Strict"]);
  if (parameters.fieldManager === undefined && pick.chance(0.4)) {
    parameters.fieldManager = pick.of(["carol", "dan"]);
  }
  if (pick.chance(0.02)) parameters.dryRun = kind.dry ? "All" : "Some";
  const text = Object.entries(parameters).map(([name, value]) => `${name}=${value}`).join("&");
  return text === "" ? "" : `?${text}`;
}

const METADATA: readonly FieldMaker[] = [
  ["metadata.labels", (p) => p.of<Json>([{ app: "a" }, { app: "b", tier: "x" }, {}])],
  ["metadata.labels.app", (p) => p.of<Json>(["a", "b", "c"])],
  ["metadata.annotations", (p) => p.of<Json>([{ note: "n" }, { note: "m", "x.dev/y": "z" }])],
  ["metadata.annotations.note", (p) => p.of<Json>(["n", "m", ""])],
];
const RARE_METADATA: readonly FieldMaker[] = [
  ["metadata.finalizers", (p) => p.of<Json>([["x.dev/f"], ["x.dev/f", "x.dev/g"], []])],
  ["metadata.labels.bad key", () => "v"],
  ["metadata.labels.bad", () => "bad value!"],
  ["metadata.generation", () => 7],
  ["metadata.uid", () => "11111111-1111-1111-1111-111111111111"],
  ["metadata.namespace", () => "elsewhere"],
  ["metadata.creationTimestamp", () => "2001-01-01T00:00:00Z"],
  ["metadata.deletionTimestamp", () => "2001-01-01T00:00:00Z"],
  ["metadata.managedFields", () => []],
  ["metadata.bogus", () => 1],
  ["metadata.name", (p) => p.of(["Bad_Name", "other"])],
  ["metadata.ownerReferences", () => [{ apiVersion: "v1", kind: "ConfigMap", name: "none", uid: "" }]],
];

/** Sets some of the makers' fields. */
function fill(pick: Pick, object: JsonObject, fields: readonly FieldMaker[], probability: number): void {
  for (const [path, make] of pick.some(fields, probability)) setPath(object, path, make(pick));
}

function decorate(pick: Pick, object: JsonObject, rare = 0.02): void {
  fill(pick, object, METADATA, 0.25);
  fill(pick, object, RARE_METADATA, rare);
}

/** A whole object with a name. */
function whole(pick: Pick, kind: PlayedKind, name: string): JsonObject {
  const object: JsonObject = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name } };
  Object.assign(object, kind.base(pick));
  fill(pick, object, kind.fields, pick.of([0, 0.15, 0.3]));
  decorate(pick, object);
  if (pick.chance(0.1)) {
    delete object.apiVersion;
    delete object.kind;
  }
  return object;
}

/** A part of an object, as patches have it. */
function part(pick: Pick, kind: PlayedKind, nulls: number): JsonObject {
  const object: JsonObject = {};
  const fields = [...kind.fields, ...METADATA];
  const count = 1 + pick.below(3);
  for (let index = 0; index < count; index++) {
    const [path, make] = pick.of(fields);
    setPath(object, path, pick.chance(nulls) ? null : make(pick));
  }
  fill(pick, object, RARE_METADATA, 0.01);
  return object;
}

function create(pick: Pick, kind: PlayedKind, index: number): Step[] {
  const object = whole(pick, kind, nameFor(pick, kind));
  const collection = `${pathOf(kind)}${query(pick, kind)}`;
  if (pick.chance(0.12)) {
    const { name: _name, ...metadata } = object.metadata as JsonObject;
    object.metadata = { ...metadata, generateName: `${kind.cluster ? "$NS-" : ""}g${index}-` };
  } else if (pick.chance(0.06)) {
    return [{ method: "POST", path: collection, body: spoiled(pick, object) }];
  }
  return [{ method: "POST", path: collection, body: object }];
}

/** A body that no server takes. */
function spoiled(pick: Pick, object: JsonObject): Json {
  const text = JSON.stringify(object);
  return pick.of<Json>([
    text.slice(0, -3),
    "[]",
    "",
    "null",
    '"text"',
    { ...object, kind: "Odd" },
    { ...object, apiVersion: "v9" },
    { ...object, metadata: { ...object.metadata as JsonObject, name: "" } },
    { ...object, metadata: "x" },
    { ...object, metadata: { ...object.metadata as JsonObject, labels: { a: 1 } } },
    { ...object, metadata: { ...object.metadata as JsonObject, resourceVersion: "5" } },
    `${text.slice(0, -1)},"metadata":{"name":"twice"}}`,
  ]);
}

function replace(pick: Pick, kind: PlayedKind): Step[] {
  const name = nameFor(pick, kind);
  const path = `${pathOf(kind)}/${name}${query(pick, kind)}`;
  const ref = `${kind.kind}/${name}`;
  if (pick.chance(0.5)) {
    const set: JsonObject = {};
    for (const [field, make] of pick.some([...kind.fields, ...METADATA], 0.15)) set[field] = make(pick);
    if (pick.chance(0.1)) set["metadata.resourceVersion"] = pick.of<Json>([`$old(${ref})`, "1", "x", "0"]);
    const unset = pick.chance(0.2) ? ["metadata.resourceVersion"] : [];
    if (pick.chance(0.15)) unset.push(pick.of([...kind.fields, ...METADATA])[0]);
    return [{ method: "PUT", path, body: { $of: ref, set, unset } }];
  }
  const object = whole(pick, kind, name);
  const meta = object.metadata as JsonObject;
  if (pick.chance(0.6)) meta.resourceVersion = pick.of([`$rv(${ref})`, `$rv(${ref})`, `$old(${ref})`, ""]);
  if (pick.chance(0.15)) meta.uid = pick.of([`$uid(${ref})`, "11111111-1111-1111-1111-111111111111"]);
  if (pick.chance(0.04)) meta.name = "mismatch";
  return [{ method: "PUT", path, body: pick.chance(0.03) ? spoiled(pick, object) : object }];
}

function patchStep(pick: Pick, kind: PlayedKind, type: string, body: Json, name = nameFor(pick, kind)): Step {
  return { method: "PATCH", path: `${pathOf(kind)}/${name}${query(pick, kind)}`, type, body };
}

function mergePatch(pick: Pick, kind: PlayedKind): Step[] {
  const name = nameFor(pick, kind);
  const body = part(pick, kind, 0.2);
  if (pick.chance(0.1)) {
    setPath(body, "metadata.resourceVersion", `$${pick.of(["rv", "old"])}(${kind.kind}/${name})`);
  }
  return [
    patchStep(pick, kind, MERGE, pick.chance(0.04) ? pick.of<Json>(["[1]", "{", "null", "1"]) : body, name),
  ];
}

function strategicPatch(pick: Pick, kind: PlayedKind): Step[] {
  const body = part(pick, kind, 0.15);
  strategicDirectives(pick, body);
  return [patchStep(pick, kind, STRATEGIC, body)];
}

function patchByJson(pick: Pick, kind: PlayedKind): Step[] {
  return [patchStep(pick, kind, JSON_PATCH, jsonPatch(pick, [...kind.fields, ...METADATA]))];
}

function apply(pick: Pick, kind: PlayedKind): Step[] {
  const name = nameFor(pick, kind);
  const body: JsonObject = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name } };
  if (pick.chance(0.6)) Object.assign(body, kind.base(pick));
  fill(pick, body, kind.fields, pick.of([0.1, 0.2, 0.3]));
  fill(pick, body, METADATA, 0.2);
  fill(pick, body, RARE_METADATA, 0.01);
  const fixed: Record<string, string> = { fieldManager: pick.of(APPLIERS) };
  if (pick.chance(0.4)) fixed.force = pick.of(["true", "true", "false"]);
  if (pick.chance(0.02)) fixed.fieldManager = "";
  if (pick.chance(0.02)) delete body.kind;
  return [{
    method: "PATCH",
    path: `${pathOf(kind)}/${name}${query(pick, kind, fixed)}`,
    type: APPLY,
    body,
  }];
}

function statusWrite(pick: Pick, kind: PlayedKind): Step[] {
  if (!kind.status && pick.chance(0.9)) return mergePatch(pick, kind);
  const name = nameFor(pick, kind);
  const path = `${pathOf(kind)}/${name}/status`;
  const status: JsonObject = {};
  fill(pick, status, kind.status ?? [["phase", () => "x"]], 0.5);
  const body: JsonObject = { status };
  if (pick.chance(0.15)) fill(pick, body, [...kind.fields, ...METADATA], 0.15);
  switch (pick.below(4)) {
    case 0:
      return [{ method: "PATCH", path: path + query(pick, kind), type: MERGE, body }];
    case 1: {
      const applied = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name }, ...body };
      const force = pick.chance(0.3) ? "&force=true" : "";
      const by = `?fieldManager=${pick.of(APPLIERS)}${force}${kind.dry ? "&dryRun=All" : ""}`;
      return [{ method: "PATCH", path: path + by, type: APPLY, body: applied }];
    }
    case 2: {
      const set = Object.fromEntries(
        Object.entries(status).map(([field, value]) => [`status.${field}`, value]),
      );
      return [{ method: "PUT", path: path + query(pick, kind), body: { $of: `${kind.kind}/${name}`, set } }];
    }
  }
  return [{ method: "GET", path }];
}

function scaleWrite(pick: Pick, kind: PlayedKind): Step[] {
  if (!kind.scale) return apply(pick, kind);
  const name = nameFor(pick, kind);
  const path = `${pathOf(kind)}/${name}/scale`;
  const spec = { replicas: pick.of<Json>([0, 2, 5, -1]) };
  const typed = { apiVersion: "autoscaling/v1", kind: "Scale", metadata: { name } };
  switch (pick.below(4)) {
    case 0:
      return [{ method: "PATCH", path: path + query(pick, kind), type: MERGE, body: { spec } }];
    case 1: {
      const by = `?fieldManager=${pick.of(APPLIERS)}${pick.chance(0.4) ? "&force=true" : ""}`;
      return [{
        method: "PATCH",
        path: path + by + (kind.dry ? "&dryRun=All" : ""),
        type: APPLY,
        body: { ...typed, spec },
      }];
    }
    case 2:
      return [{ method: "PUT", path: path + query(pick, kind), body: { ...typed, spec } }];
  }
  return [{ method: "GET", path }];
}

function remove(pick: Pick, kind: PlayedKind): Step[] {
  if (kind.dry) return [{ method: "DELETE", path: `${pathOf(kind)}/${nameFor(pick, kind)}?dryRun=All` }];
  const name = nameFor(pick, kind);
  const path = `${pathOf(kind)}/${name}`;
  const ref = `${kind.kind}/${name}`;
  const options: JsonObject = {};
  if (pick.chance(0.4)) options.propagationPolicy = pick.of(["Background", "Foreground", "Orphan", "Odd"]);
  if (pick.chance(0.2)) options.gracePeriodSeconds = pick.of([0, 5, -1]);
  if (pick.chance(0.1)) options.preconditions = { uid: pick.of([`$uid(${ref})`, "1-2"]) };
  if (pick.chance(0.1)) options.preconditions = { resourceVersion: pick.of([`$rv(${ref})`, `$old(${ref})`]) };
  if (pick.chance(0.05)) options.dryRun = ["All"];
  if (pick.chance(0.03)) options.orphanDependents = true;
  const step: Step = pick.chance(0.3)
    ? { method: "DELETE", path }
    : { method: "DELETE", path, body: { kind: "DeleteOptions", apiVersion: "v1", ...options } };
  const steps: Step[] = [step, { method: "GET", path, settle: true }];
  if (pick.chance(0.2)) {
    steps.push(patchStep(pick, kind, MERGE, { metadata: { finalizers: null } }, name), {
      method: "GET",
      path,
    });
  }
  return steps;
}

function removeAll(pick: Pick, kind: PlayedKind): Step[] {
  if (kind.dry || kind.cluster || kind.kind === "ConfigMap" || kind.kind === "ServiceAccount") {
    return reading(pick, kind);
  }
  const selector = pick.of([
    "labelSelector=app%3Da",
    "labelSelector=app%21%3Da",
    "fieldSelector=metadata.name%3Done",
    "",
  ]);
  return [
    { method: "DELETE", path: `${pathOf(kind)}?${selector}` },
    { method: "GET", path: pathOf(kind) },
  ];
}
