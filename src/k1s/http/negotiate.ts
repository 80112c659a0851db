/**
 * Which form an answer takes, by the Accept header.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#alternate-representations-of-resources
 *
 * Answers are JSON, or YAML where only that is accepted: every client that asks for protobuf also takes JSON.
 */
import { notAcceptable, onlyAccepted } from "./api_error.ts";

/** What the body holds: the object itself, a Table of it, or its metadata alone. */
export type Representation = "object" | "table" | "partial";

export interface AcceptedForm {
  readonly format: "json" | "yaml";
  readonly as: Representation;
  /** Version of meta.k8s.io for `table` and `partial`. */
  readonly metaVersion: "v1" | "v1beta1";
}

interface Clause {
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly quality: number;
}

const SUPPORTED = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];
const STREAMS = ["application/json;stream=watch", "application/vnd.kubernetes.protobuf;stream=watch"];
const AS: Readonly<Record<string, Representation>> = {
  Table: "table",
  PartialObjectMetadata: "partial",
  PartialObjectMetadataList: "partial",
};

/** The first acceptable form in order of quality, then of appearance. Throws 406. */
export function negotiate(accept: string | null, isList = false): AcceptedForm {
  const clauses = parseAccept(accept);
  for (const clause of clauses) {
    const form = formOf(clause);
    if (form) return form;
  }
  // a type that is there in a form that is not
  if (clauses.some(({ type }) => formatOf(type) !== null)) throw onlyAccepted(SUPPORTED);
  throw notAcceptable(isList ? [...SUPPORTED, ...STREAMS] : SUPPORTED);
}

/** Watches are frames of JSON: no other form has them here. Throws 406. */
export function checkStream({ format }: AcceptedForm): void {
  if (format !== "json") throw onlyAccepted(STREAMS);
}

/** True where JSON will do. */
export function acceptsJson(request: Request): boolean {
  return parseAccept(request.headers.get("accept")).some(({ type }) => formatOf(type) === "json");
}

function formOf({ type, parameters }: Clause): AcceptedForm | null {
  const format = formatOf(type);
  if (format === null) return null;
  const { as, g = "", v = "" } = parameters;
  if (as === undefined) return { format, as: "object", metaVersion: "v1" };
  const representation = AS[as];
  if (representation === undefined || g !== "meta.k8s.io" || (v !== "v1" && v !== "v1beta1")) return null;
  return { format, as: representation, metaVersion: v };
}

function formatOf(type: string): AcceptedForm["format"] | null {
  if (type === "*/*" || type === "application/*" || type === "application/json") return "json";
  return type === "application/yaml" ? "yaml" : null;
}

/** The clauses of an Accept header, most wanted first; without one, anything. */
export function parseAccept(accept: string | null): Clause[] {
  if (accept === null || accept.trim() === "") return [{ type: "*/*", parameters: {}, quality: 1 }];
  return accept.split(",").map(parseClause).sort((a, b) => b.quality - a.quality);
}

function parseClause(text: string): Clause {
  const [type = "", ...rest] = text.split(";").map((part) => part.trim());
  const parameters: Record<string, string> = {};
  for (const part of rest) {
    const at = part.indexOf("=");
    if (at > 0) parameters[part.slice(0, at)] = part.slice(at + 1).replaceAll('"', "");
  }
  const quality = Number(parameters.q ?? 1);
  return { type: type.toLowerCase(), parameters, quality: Number.isNaN(quality) ? 0 : quality };
}
