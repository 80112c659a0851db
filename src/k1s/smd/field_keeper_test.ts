import assert from "node:assert/strict";
import { OrkaError } from "../../base/mod.ts";
import type { Json, JsonObject } from "../patch/mod.ts";
import { DEDUCED, isMap, listType, mapType, scalarType } from "./atom.ts";
import { FieldKeeper, type FieldWriter } from "./field_keeper.ts";
import { LAST_APPLIED } from "./last_applied.ts";
import {
  decodeManagedFields,
  encodeManagedFields,
  equalButTimes,
  ManagedFieldsError,
  managerText,
} from "./managed_fields.ts";
import { ConflictError } from "./managers.ts";
import { fromScaleFields, toScaleFields } from "./scale_fields.ts";
import { structuralType } from "./structural_type.ts";

const TYPE = mapType({
  fields: {
    apiVersion: scalarType("string"),
    kind: scalarType("string"),
    metadata: DEDUCED,
    spec: mapType({
      fields: { replicas: scalarType("numeric"), tags: listType(scalarType("string"), "associative") },
    }),
  },
});

const keeper = new FieldKeeper({ typeOf: (apiVersion) => apiVersion === "v1" ? TYPE : undefined });

function by(manager: string, secondsPast = 0): FieldWriter {
  const time = `2026-01-01T00:00:${String(secondsPast).padStart(2, "0")}Z`;
  return { manager, apiVersion: "v1", kind: "Thing", subresource: "", time };
}

function thing(spec: JsonObject, metadata: JsonObject = {}): JsonObject {
  return { apiVersion: "v1", kind: "Thing", metadata: { name: "a", ...metadata }, spec };
}

function stored(object: JsonObject): JsonObject {
  return { ...object, metadata: { ...(object.metadata as JsonObject), uid: "u1" } };
}

function owners(object: JsonObject): string[] {
  const { managedFields } = object.metadata as JsonObject;
  return ((managedFields ?? []) as JsonObject[]).map((entry) =>
    `${entry.operation} ${entry.manager} ${String(entry.time ?? "").slice(17, 19)} ${
      JSON.stringify(entry.fieldsV1)
    }`
  );
}

Deno.test("create, update and apply keep their entries with times", () => {
  const made = stored(keeper.update(undefined, thing({ replicas: 1 }), by("c", 1)));
  assert.deepEqual(owners(made), ['Update c 01 {"f:spec":{".":{},"f:replicas":{}}}']);
  const applied = keeper.apply(made, thing({ tags: ["x"] }), { ...by("a", 2), force: false });
  assert.deepEqual(owners(applied), [
    'Apply a 02 {"f:spec":{"f:tags":{"v:\\"x\\"":{}}}}',
    'Update c 01 {"f:spec":{".":{},"f:replicas":{}}}',
  ]);
  const same = keeper.update(applied, structuredClone(applied), by("c", 3));
  assert.deepEqual(owners(same), owners(applied), "a write of nothing is none");
  const again = keeper.apply(applied, thing({ tags: ["x"] }), { ...by("a", 4), force: false });
  assert.deepEqual(owners(again), owners(applied));
  const shared = keeper.apply(applied, thing({ replicas: 1 }), { ...by("b", 5), force: false });
  assert.equal(
    owners(shared)[0],
    'Apply b  {"f:spec":{"f:replicas":{}}}',
    "sharing changes no object: no time",
  );
});

Deno.test("an object from before the first apply becomes owned by then", () => {
  const old = stored(thing({ replicas: 1 }));
  const updated = keeper.update(old, thing({ replicas: 2 }, { uid: "u1" }), by("c", 1));
  assert.deepEqual(owners(updated), [], "updates don't begin to track");
  const conflict = () => keeper.apply(updated, thing({ replicas: 3 }), { ...by("a", 2), force: false });
  assert.throws(conflict, (error) => {
    assert.ok(error instanceof ConflictError);
    assert.equal(
      error.message,
      'Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .spec.replicas',
    );
    return error.status === 409 && error.causes[0]!.message === 'conflict with "before-first-apply" using v1';
  });
  const forced = keeper.apply(updated, thing({ replicas: 3 }), { ...by("a", 2), force: true });
  assert.equal(owners(forced).length, 2);
});

Deno.test("kubectl takes over what it applied on the client's side, and keeps its annotation in step", () => {
  const config = thing({ replicas: 1, tags: ["x"] });
  const annotated = { annotations: { [LAST_APPLIED]: JSON.stringify(config) } };
  const live = stored(
    keeper.update(
      undefined,
      thing({ replicas: 1, tags: ["x"] }, annotated),
      by("kubectl-client-side-apply", 1),
    ),
  );
  const next = thing({ replicas: 2, tags: ["x"] });
  const applied = keeper.apply(live, next, { ...by("kubectl", 2), force: false });
  const metadata = applied.metadata as JsonObject;
  assert.deepEqual(JSON.parse(String((metadata.annotations as JsonObject)[LAST_APPLIED])), next);
  assert.throws(() => keeper.apply(live, next, { ...by("other", 2), force: false }), ConflictError);
  const scaled = keeper.update(live, { ...live, spec: { replicas: 5, tags: ["x"] } }, by("hpa", 3));
  const error = (() => {
    try {
      keeper.apply(scaled, next, { ...by("kubectl", 4), force: false });
    } catch (error) {
      return error;
    }
  })();
  assert.ok(error instanceof ConflictError);
  assert.deepEqual(
    error.causes.map((cause) => cause.field),
    [".spec.replicas"],
    "what others changed since still conflicts",
  );
});

Deno.test("the oldest updaters above ten become ancient-changes", () => {
  let live = stored(keeper.update(undefined, thing({ tags: ["t0"] }), by("m0", 0)));
  for (let i = 1; i <= 12; i++) {
    const tags = Array.from({ length: i + 1 }, (_, at) => `t${at}`);
    live = keeper.update(live, { ...live, spec: { tags } }, by(`m${i}`, i));
  }
  const names = owners(live).map((entry) => entry.split(" ").slice(0, 3).join(" "));
  assert.equal(names.length, 10);
  assert.deepEqual(names.slice(0, 2), ["Update ancient-changes 03", "Update m4 04"]);
  assert.match(owners(live)[0]!, /t0.*t1.*t2.*t3/);
});

Deno.test("managedFields of a request replace or reset the live ones", () => {
  const live = stored(keeper.update(undefined, thing({ replicas: 1 }), by("c", 1)));
  for (const managedFields of [[], [{}]]) {
    const reset = keeper.update(live, thing({ replicas: 2 }, { uid: "u1", managedFields }), by("d", 2));
    assert.deepEqual(owners(reset), []);
  }
  const broken = keeper.update(
    live,
    thing({ replicas: 1 }, { uid: "u1", managedFields: [{ operation: "X" }] }),
    by("d", 2),
  );
  assert.deepEqual(owners(broken), owners(live), "broken ones count as none given");
});

Deno.test("refusals come in the API server's words", () => {
  const apply = (config: JsonObject, apiVersion = "v1") =>
    keeper.apply(undefined, config, { ...by("a"), apiVersion, force: false });
  const cases: [() => unknown, number, string][] = [
    [() => apply(thing({}, { managedFields: [] })), 400, "metadata.managedFields must be nil"],
    [() => apply(thing({}), "v2"), 400, "invalid object type: v1, Kind=Thing"],
    [
      () => apply({ ...thing({ nope: 1 }), metadata: { name: "a", namespace: "n" } }),
      500,
      "failed to create typed patch object (n/a; v1, Kind=Thing): .spec.nope: field not declared in schema",
    ],
  ];
  for (const [run, status, message] of cases) {
    assert.throws(
      run,
      (error) => error instanceof OrkaError && error.status === status && error.message === message,
    );
  }
  const unfit = keeper.update(undefined, thing({ nope: 1 }), by("c"));
  assert.deepEqual(owners(unfit), [], "an update that doesn't fit the type only loses its entries");
});

Deno.test("entries are read, refused and compared", () => {
  const entry = {
    manager: "m",
    operation: "Update",
    apiVersion: "v1",
    fieldsType: "FieldsV1",
    fieldsV1: { "f:a": {} },
  };
  const bad: Json[] = [
    { ...entry, operation: "Patch" },
    { ...entry, apiVersion: "" },
    { ...entry, fieldsType: "" },
    { ...entry, fieldsType: "FieldsV2" },
    { ...entry, fieldsV1: { x: {} } },
    1,
  ];
  for (const one of bad) {
    assert.throws(() => decodeManagedFields([one]), ManagedFieldsError, JSON.stringify(one));
  }
  const timed = { ...entry, time: "2026-01-01T00:00:00Z", subresource: "status" };
  assert.deepEqual(encodeManagedFields(decodeManagedFields([timed])), [timed]);
  assert.ok(equalButTimes([timed], [{ ...timed, time: "2027-01-01T00:00:00Z" }]));
  assert.ok(!equalButTimes([timed], [entry]));
  const [identifier] = decodeManagedFields([timed]).managers.keys();
  assert.equal(managerText(identifier!), '"m" with subresource "status" using v1');
});

Deno.test("replicas written through scale are owned on the object by their writer", () => {
  const paths = { "apps/v1": ["f:spec", "f:replicas"], "old/v1": null };
  const entry = (manager: string, fieldsV1: JsonObject, subresource?: string) => ({
    manager,
    operation: "Update",
    apiVersion: "apps/v1",
    fieldsType: "FieldsV1",
    fieldsV1,
    ...(subresource === undefined ? {} : { subresource }),
  });
  const parent = [
    entry("a", { "f:spec": { "f:paused": {}, "f:replicas": {} } }),
    entry("b", { "f:spec": { "f:replicas": {} } }),
  ];
  const shown = toScaleFields(parent, paths);
  assert.deepEqual(shown.map((e) => `${e.manager} ${e.apiVersion}`), [
    "a autoscaling/v1",
    "b autoscaling/v1",
  ]);
  const scale = [{
    ...entry("c", { "f:spec": { "f:replicas": {} } }, "scale"),
    apiVersion: "autoscaling/v1",
  }];
  const written = fromScaleFields({ parent, scale, paths, apiVersion: "apps/v1" });
  assert.deepEqual(written, [
    entry("a", { "f:spec": { "f:paused": {} } }),
    entry("c", { "f:spec": { "f:replicas": {} } }, "scale"),
  ]);
});

Deno.test("a structural schema gives its types: lists, maps, unknown fields, embedded resources", () => {
  const schema: JsonObject = {
    type: "object",
    properties: {
      spec: {
        type: "object",
        properties: {
          port: { "x-kubernetes-int-or-string": true },
          list: { type: "array", items: { type: "string" }, "x-kubernetes-list-type": "set" },
          open: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
          inner: { type: "object", "x-kubernetes-embedded-resource": true, properties: {} },
        },
      },
    },
  };
  const { map } = structuralType(schema, DEDUCED)();
  assert.deepEqual([...map!.fields.keys()].sort(), ["apiVersion", "kind", "metadata", "spec"]);
  const spec = map!.fields.get("spec")!.type().map!;
  assert.equal(spec.element, undefined, "no unknown fields");
  assert.equal(spec.fields.get("port")!.type().scalar, "untyped");
  assert.equal(spec.fields.get("list")!.type().list!.relationship, "associative");
  assert.equal(spec.fields.get("open")!.type().map!.element, DEDUCED);
  assert.ok(spec.fields.get("inner")!.type().map!.fields.has("metadata"));
  assert.equal(structuralType(undefined, DEDUCED), DEDUCED);
  assert.ok(isMap(schema));
});
