import assert from "node:assert/strict";
import { ApiError } from "../http/api_error.ts";
import { DEDUCED, listType, mapType, scalarType } from "../smd/mod.ts";
import { LAST_APPLIED } from "../smd/last_applied.ts";
import type { FieldWrite } from "./field_manager.ts";
import { ManagedFields } from "./managed_fields.ts";
import type { JsonObject } from "./object.ts";

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

const keeper = new ManagedFields({
  type: TYPE,
  apiVersion: "v1",
  kind: "Thing",
  hasStatus: false,
  custom: false,
  blank: {},
});

function by(manager: string, secondsPast = 0): FieldWrite {
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

const causesOf = (error: ApiError) => error.toStatus().details?.causes ?? [];

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
    assert.ok(error instanceof ApiError);
    assert.equal(
      error.message,
      'Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .spec.replicas',
    );
    return error.status === 409 &&
      causesOf(error)[0]!.message === 'conflict with "before-first-apply" using v1';
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
  assert.throws(() => keeper.apply(live, next, { ...by("other", 2), force: false }), ApiError);
  const scaled = keeper.update(live, { ...live, spec: { replicas: 5, tags: ["x"] } }, by("hpa", 3));
  const error = (() => {
    try {
      keeper.apply(scaled, next, { ...by("kubectl", 4), force: false });
    } catch (error) {
      return error;
    }
  })();
  assert.ok(error instanceof ApiError);
  assert.deepEqual(
    causesOf(error).map((cause) => cause.field),
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

Deno.test("a config that does not fit the type is refused", () => {
  const config = { ...thing({ nope: 1 }), metadata: { name: "a", namespace: "n" } };
  assert.throws(
    () => keeper.apply(undefined, config, { ...by("a"), force: false }),
    (error) =>
      error instanceof ApiError && error.status === 500 &&
      error.message ===
        "failed to create typed patch object (n/a; /v1, Kind=Thing): .spec.nope: field not declared in schema",
  );
});
