/** How admission refuses a new pod, which has no generated name yet in the real server. */
import { ApiError } from "../http/api_error.ts";
import { type JsonObject, metaOf, textOf } from "./object.ts";
import { SUFFIX_LENGTH } from "./generated_name.ts";

export function podForbidden(pod: JsonObject, why: string): ApiError {
  const [given, prefix] = [textOf(metaOf(pod), "name"), textOf(metaOf(pod), "generateName")];
  const isMade = prefix !== "" && given.startsWith(prefix) && given.length === prefix.length + SUFFIX_LENGTH;
  const name = isMade ? prefix : given;
  return new ApiError(403, "Forbidden", `pods "${name}" is forbidden: ${why}`, {
    details: { name, kind: "pods" },
  });
}
