/** A pod's `ephemeralcontainers`: the one way that containers come into it once it is there, and none goes. */
import { equal } from "../../patch/mod.ts";
import { isObject, type JsonObject, listOf, mapOf, textOf } from "../object.ts";
import { Problems } from "./problems.ts";
import type { FieldError } from "../../validation/field_error.ts";

/** `old`, as if it had had the containers of `next`: what else an update must leave as it is. */
export function withEphemeralOf(next: JsonObject, old: JsonObject): JsonObject {
  const { ephemeralContainers: _gone, ...spec } = mapOf(old, "spec") ?? {};
  const now = mapOf(next, "spec")?.ephemeralContainers;
  return { ...old, spec: { ...spec, ...now === undefined ? {} : { ephemeralContainers: now } } };
}

/** In the real server's words, without the difference that it prints behind the second. */
export function ephemeralErrors(next: JsonObject, old: JsonObject): FieldError[] {
  const problems = new Problems();
  const now = containersOf(next);
  for (const [name, before] of containersOf(old)) {
    const after = now.get(name);
    if (after !== undefined && equal(after, before)) continue;
    const what = after === undefined ? "removed\n" : "changed";
    problems.forbidden(
      "spec.ephemeralContainers",
      `existing ephemeral containers "${name}" may not be ${what}`,
    );
  }
  return problems.list;
}

function containersOf(pod: JsonObject): Map<string, JsonObject> {
  const containers = listOf(mapOf(pod, "spec"), "ephemeralContainers").filter(isObject);
  return new Map(containers.map((container) => [textOf(container, "name"), container]));
}
