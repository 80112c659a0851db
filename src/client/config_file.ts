/** A kubeconfig file's text as loosely typed data: small YAML read here, anything else by the whole parser. */
import { OrkaError } from "../base/mod.ts";
import { readYamlSubset, type YamlValue } from "./yaml_subset.ts";

/** Any mapping of a kubeconfig. */
export type Fields = Readonly<Record<string, unknown>>;

/** Parses JSON or YAML; throws `kubeconfig` with file and line. */
export async function parseConfigFile(text: string, file: string): Promise<Fields> {
  const value = text.trimStart().startsWith("{") ? parseJson(text) : readYamlSubset(text);
  const document = value ?? await parseWholeYaml(text, file);
  if (document === "" || document === null) return {};
  if (typeof document === "object" && !Array.isArray(document)) return document as Fields;
  throw new OrkaError(
    "kubeconfig",
    `error loading config file "${file}": it is no kubeconfig: no mapping at its top`,
  );
}

/** undefined when it is no JSON: `{a: b}` is YAML. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** 20 ms to load, hence late. All scalars stay text, as in the subset. */
async function parseWholeYaml(text: string, file: string): Promise<YamlValue | null> {
  const { parseDocument } = await import("yaml");
  const document = parseDocument(text, { schema: "failsafe", customTags: ["null"], merge: true });
  const error = document.errors[0];
  if (error === undefined) return document.toJS() as YamlValue | null;
  const line = error.linePos?.[0].line;
  const what = error.message.split("\n")[0]!.replace(/ at line \d+, column \d+:?$/, "");
  const at = line === undefined ? "" : `line ${line}: `;
  throw new OrkaError("kubeconfig", `error loading config file "${file}": ${at}${what}`, { cause: error });
}

/** A scalar as text; "" for what is none. */
export function textField(fields: Fields | undefined, name: string): string {
  const value = fields?.[name];
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

export function flagField(fields: Fields | undefined, name: string): boolean {
  return ["true", "True", "TRUE"].includes(textField(fields, name));
}

export function mapField(fields: Fields | undefined, name: string): Fields | undefined {
  const value = fields?.[name];
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Fields : undefined;
}

export function listField(fields: Fields | undefined, name: string): readonly unknown[] {
  const value = fields?.[name];
  return Array.isArray(value) ? value : [];
}
