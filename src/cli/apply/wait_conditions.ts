/** `--for` of `wait`, in kubectl's spellings. */
import { OrkaError } from "../../base/mod.ts";
import { JsonPath, type KubeObject, printValue } from "../../kube/mod.ts";

export type WaitFor =
  | { readonly type: "delete" }
  | { readonly type: "create" }
  | { readonly type: "object"; readonly isMet: (object: KubeObject) => boolean };

/** Throws OrkaError `usage`. */
export function readWaitFor(text: string | undefined): WaitFor {
  const lower = (text ?? "").toLowerCase();
  if (lower === "delete" || lower === "create") return { type: lower };
  if (text !== undefined && lower.startsWith("condition=")) return condition(text.slice("condition=".length));
  if (text !== undefined && lower.startsWith("jsonpath=")) return jsonPath(text.slice("jsonpath=".length));
  throw new OrkaError(
    "usage",
    `unrecognized condition: ${text === undefined ? "[]" : JSON.stringify(text)}`,
    {
      hint:
        "As: --for=condition=Ready, --for=delete, --for=create, --for=jsonpath='{.status.phase}'=Running.",
    },
  );
}

function condition(text: string): WaitFor {
  const equals = text.indexOf("=");
  const type = equals < 0 ? text : text.slice(0, equals);
  const wanted = equals < 0 ? "true" : text.slice(equals + 1);
  return {
    type: "object",
    isMet: (object) => {
      const { generation = 0 } = object.metadata;
      const status = object.status as Status | undefined;
      const found = Array.isArray(status?.conditions)
        ? status.conditions.find((each) => same(each.type, type))
        : undefined;
      if (found === undefined) return false;
      // An answer that was given about an older spec is none.
      const observed = found.observedGeneration ?? status?.observedGeneration;
      if (typeof observed === "number" && observed < generation) return false;
      return same(found.status, wanted);
    },
  };
}

interface Status {
  readonly observedGeneration?: number;
  readonly conditions?: readonly {
    readonly type?: unknown;
    readonly status?: unknown;
    readonly observedGeneration?: number;
  }[];
}

function same(value: unknown, wanted: string): boolean {
  return typeof value === "string" && value.toLowerCase() === wanted.toLowerCase();
}

/** `{.status.phase}=Running`; without a value the field has to be there. */
function jsonPath(text: string): WaitFor {
  const braced = text.startsWith("{") ? text.lastIndexOf("}") + 1 : text.search(/=(?!=)/);
  const end = braced > 0 ? braced : text.length;
  const path = JsonPath.relaxed(text.slice(0, end).replace(/^'(.*)'$/, "$1"));
  const rest = text.slice(end);
  if (rest !== "" && !rest.startsWith("=")) throw malformed(text);
  const wanted = rest === "" ? null : rest.slice(1).replace(/^=/, "");
  if (wanted === "") throw malformed(text);
  return {
    type: "object",
    isMet: (object) => {
      const values = path.values(object, { allowMissingKeys: true });
      if (values.length === 0) return false;
      return wanted === null || values.every((value) => printValue(value) === wanted);
    },
  };
}

function malformed(text: string): OrkaError {
  return new OrkaError(
    "usage",
    `jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or ` +
      `--for=jsonpath='{.status.readyReplicas}', not ${JSON.stringify(text)}`,
  );
}
