/** Query parameters of the verbs, validated as the real server does, in its words. */
import { ApiError, badRequest, invalid } from "./api_error.ts";
import { isTrue } from "./request_info.ts";

const META = "meta.k8s.io";

export type FieldValidation = "Ignore" | "Warn" | "Strict";

export interface WriteParameters {
  readonly dryRun: boolean;
  readonly fieldManager: string;
  readonly fieldValidation: FieldValidation;
  readonly force: boolean;
}

/** Of create, update and patch. Throws 422. `kind`: CreateOptions, UpdateOptions, PatchOptions. */
export function writeParameters(query: URLSearchParams, kind: string): WriteParameters {
  const validation = query.get("fieldValidation") ?? "";
  if (!["", "Ignore", "Strict", "Warn"].includes(validation)) {
    const detail = `supported values: "", "Ignore", "Strict", "Warn"`;
    throw invalid({ group: META, kind }, "", [
      { type: "notSupported", field: "fieldValidation", value: validation, detail },
    ]);
  }
  return {
    dryRun: dryRun(query.getAll("dryRun"), kind),
    fieldManager: fieldManager(query.get("fieldManager") ?? "", kind),
    fieldValidation: validation === "" ? "Warn" : validation as FieldValidation,
    force: isTrue(query.get("force")),
  };
}

/** `All` or nothing. Throws 422. */
export function dryRun(values: readonly string[], kind: string): boolean {
  if (values.length === 0 || values.length === 1 && values[0] === "") return false;
  if (values.every((value) => value === "All")) return true;
  throw invalid({ group: META, kind }, "", [
    { type: "notSupported", field: "dryRun", value: values, detail: `supported values: "All"` },
  ]);
}

const MAX_FIELD_MANAGER = 128;

function fieldManager(name: string, kind: string): string {
  if (name.length > MAX_FIELD_MANAGER) {
    const detail = `may not be more than ${MAX_FIELD_MANAGER} bytes`;
    throw invalid({ group: META, kind }, "", [{ type: "tooLong", field: "fieldManager", detail }]);
  }
  // deno-lint-ignore no-control-regex -- what the real server refuses
  const at = name.search(/[\x00-\x1f\x7f]/);
  if (at >= 0) {
    const code = name.charCodeAt(at).toString(16).toUpperCase().padStart(4, "0");
    const detail = `invalid character U+${code} (at position ${at})`;
    throw invalid({ group: META, kind }, "", [{
      type: "invalid",
      field: "fieldManager",
      value: name,
      detail,
    }]);
  }
  return name;
}

/** Only applies may be forced. Throws 422. */
export function checkForce(query: URLSearchParams): void {
  if (!query.has("force")) return;
  const detail = "may not be specified for non-apply patch";
  throw invalid({ group: META, kind: "PatchOptions" }, "", [{ type: "forbidden", field: "force", detail }]);
}

export interface Selectors {
  readonly labelSelector: string;
  readonly fieldSelector: string;
}

export function selectors(query: URLSearchParams): Selectors {
  return {
    labelSelector: query.get("labelSelector") ?? "",
    fieldSelector: query.get("fieldSelector") ?? "",
  };
}

export interface ListParameters extends Selectors {
  /** 0: no limit. */
  readonly limit: number;
  readonly continueToken: string | undefined;
  /** undefined: unset. */
  readonly resourceVersion: number | undefined;
  readonly match: "Exact" | "NotOlderThan" | undefined;
  readonly timeoutSeconds: number | undefined;
  readonly allowWatchBookmarks: boolean;
  readonly sendInitialEvents: boolean | undefined;
}

/** Of list, watch and deletecollection. Throws 400, 422. */
export function listParameters(query: URLSearchParams, { watch }: { watch: boolean }): ListParameters {
  const limit = integer(query.get("limit")) ?? 0;
  const timeoutSeconds = integer(query.get("timeoutSeconds"));
  const version = query.get("resourceVersion") ?? "";
  const match = query.get("resourceVersionMatch") ?? "";
  const sends = query.get("sendInitialEvents");
  checkMatch({ match, version, sends, watch, continues: (query.get("continue") ?? "") !== "" });
  return {
    ...selectors(query),
    limit: Math.max(0, limit),
    continueToken: query.get("continue") || undefined,
    resourceVersion: resourceVersion(version, watch ? "watch" : "list"),
    match: match === "" ? undefined : match as ListParameters["match"],
    timeoutSeconds,
    allowWatchBookmarks: isTrue(query.get("allowWatchBookmarks")),
    sendInitialEvents: sends === null ? undefined : isTrue(sends),
  };
}

interface MatchParameters {
  readonly match: string;
  readonly version: string;
  readonly sends: string | null;
  readonly watch: boolean;
  readonly continues: boolean;
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#semantics-for-get-and-list */
function checkMatch({ match, version, sends, watch, continues }: MatchParameters): void {
  const field = "resourceVersionMatch";
  const forbid = (detail: string, at = field) => {
    throw invalid({ group: META, kind: "ListOptions" }, "", [{ type: "forbidden", field: at, detail }]);
  };
  const unsupported = (supported: string) => {
    throw invalid({ group: META, kind: "ListOptions" }, "", [
      { type: "notSupported", field, value: match, detail: `supported values: ${supported}` },
    ]);
  };
  if (watch) {
    if (sends !== null && match === "") {
      forbid("sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
    }
    if (sends === null && match !== "") {
      forbid("resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
    }
    if (match !== "" && match !== "NotOlderThan") unsupported(`"NotOlderThan"`);
    return;
  }
  if (sends !== null) forbid("sendInitialEvents is forbidden for list", "sendInitialEvents");
  if (match === "") return;
  if (version === "") forbid("resourceVersionMatch is forbidden unless resourceVersion is provided");
  if (continues) forbid("resourceVersionMatch is forbidden when continue is provided");
  if (match !== "Exact" && match !== "NotOlderThan") unsupported(`"Exact", "NotOlderThan", ""`);
  if (match === "Exact" && version === "0") {
    forbid(`resourceVersionMatch "exact" is forbidden for resourceVersion "0"`);
  }
}

/** An int64 parameter. Throws 400. */
export function integer(text: string | null): number | undefined {
  if (text === null || text === "") return undefined;
  if (!/^[-+]?\d+$/.test(text)) {
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  if (BigInt.asIntN(64, BigInt(text)) !== BigInt(text)) {
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: value out of range`);
  }
  return Number(text);
}

/** A resourceVersion in the query; undefined when unset. Throws 400, for gets and watches 500 as the real server. */
export function resourceVersion(text: string, verb: "get" | "list" | "watch"): number | undefined {
  if (text === "") return undefined;
  const isNumber = /^\d+$/.test(text);
  if (isNumber && BigInt(text) < 2n ** 64n) return Number(text);
  const shown = JSON.stringify(text);
  const why = isNumber ? "value out of range" : "invalid syntax";
  const problem = `resourceVersion: Invalid value: ${shown}: strconv.ParseUint: parsing ${shown}: ${why}`;
  if (verb === "list") throw badRequest(`invalid resource version: ${problem}`);
  throw new ApiError(500, "", problem);
}
