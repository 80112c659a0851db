/** RuntimeClass: its handler, and where its pods run. */
import { dnsLabel } from "../metadata_validation.ts";
import { type JsonObject, mapOf, textOf } from "../object.ts";
import { checkLabels } from "./label_selectors.ts";
import { checkTolerations } from "./pod_placement.ts";
import type { Problems } from "./problems.ts";
import { IMMUTABLE } from "./rules.ts";

export function validateRuntimeClass(problems: Problems, object: JsonObject): void {
  const handler = textOf(object, "handler");
  if (handler === "") problems.required("handler");
  else problems.invalidEach("handler", handler, dnsLabel(handler, false));
  const scheduling = mapOf(object, "scheduling");
  if (!scheduling) return;
  checkLabels(problems, "scheduling.nodeSelector", mapOf(scheduling, "nodeSelector"));
  checkTolerations(problems, "scheduling", scheduling);
}

export function validateRuntimeClassUpdate(problems: Problems, object: JsonObject, old: JsonObject): void {
  const handler = textOf(object, "handler");
  if (handler !== textOf(old, "handler")) problems.invalid("handler", handler, IMMUTABLE);
}
