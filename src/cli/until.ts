import { OrkaError } from "../base/mod.ts";
import { JsonPath, type KubeObject, parseGoDuration, printValue } from "../kube/mod.ts";

/** When `watch --until` ends. */
export type Until =
  | { readonly type: "never" }
  | { readonly type: "lines"; readonly count: number }
  | { readonly type: "time"; readonly ms: number }
  | { readonly type: "deleted" }
  | { readonly type: "object"; readonly isMet: (object: KubeObject) => boolean };

/** `10`, `30s`, `delete`, `condition=Ready[=False]`, `jsonpath=.status.phase=Running`. Throws OrkaError `usage`. */
export function parseUntil(text: string | undefined): Until {
  if (text === undefined) return { type: "never" };
  if (/^[1-9]\d{0,9}$/.test(text)) return { type: "lines", count: Number(text) };
  if (text === "delete") return { type: "deleted" };
  if (text.startsWith("condition=")) return conditionMet(text.slice("condition=".length));
  if (text.startsWith("jsonpath=")) return valueMet(text.slice("jsonpath=".length));
  const ms = parseGoDuration(text);
  if (ms !== null && ms > 0) return { type: "time", ms };
  throw new OrkaError("usage", `invalid argument "${text}" for "--until"`, {
    hint:
      "As: --until 10, --until 30s, --until delete, --until condition=Ready, --until jsonpath=.status.phase=Running.",
  });
}

function conditionMet(text: string): Until {
  const [type = "", wanted = "True"] = text.split("=");
  if (type === "") throw new OrkaError("usage", "--until condition= needs the condition's type");
  return {
    type: "object",
    isMet: (object) => {
      const status = object["status"] as { conditions?: unknown } | undefined;
      const conditions = Array.isArray(status?.conditions) ? status.conditions : [];
      return conditions.some((c) => equalFold(c?.type, type) && equalFold(c?.status, wanted));
    },
  };
}

function equalFold(value: unknown, wanted: string): boolean {
  return typeof value === "string" && value.toLowerCase() === wanted.toLowerCase();
}

/** `.path=value`, `{.path}=value`; without a value the field has to be there. */
function valueMet(text: string): Until {
  const end = text.startsWith("{") ? text.lastIndexOf("}") + 1 : text.search(/=(?!=)/);
  const at = end <= 0 ? text.length : end;
  const path = JsonPath.relaxed(text.slice(0, at));
  const wanted = text.slice(at).startsWith("=") ? text.slice(at + 1) : null;
  return {
    type: "object",
    isMet: (object) => {
      const values = path.values(object, { allowMissingKeys: true });
      if (wanted === null) return values.length > 0;
      return values.length > 0 && values.every((value) => printValue(value) === wanted);
    },
  };
}
