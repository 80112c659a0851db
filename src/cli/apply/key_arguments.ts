/** `a=b c-` behind the objects of `label` and `annotate`, with kubectl's checks and words. */
import { OrkaError } from "../../base/mod.ts";
import type { KubeObject } from "../../kube/mod.ts";

export type KeyField = "labels" | "annotations";

export interface KeyArguments {
  /** What names the objects. */
  readonly objects: readonly string[];
  readonly set: ReadonlyMap<string, string>;
  readonly remove: readonly string[];
}

/** Splits the arguments. Throws OrkaError `usage` for a key that is set and removed, or a value that can't be one. */
export function readKeyArguments(args: readonly string[], field: KeyField): KeyArguments {
  const isUpdate = (arg: string) => arg.includes("=") || (arg.endsWith("-") && arg !== "-");
  const first = args.findIndex(isUpdate);
  const objects = first < 0 ? args : args.slice(0, first);
  const set = new Map<string, string>();
  const remove: string[] = [];
  for (const arg of first < 0 ? [] : args.slice(first)) {
    const at = arg.indexOf("=");
    if (at > 0) set.set(arg.slice(0, at), arg.slice(at + 1));
    else if (at < 0 && arg.endsWith("-")) remove.push(arg.slice(0, -1));
    else throw new OrkaError("usage", `unknown ${singular(field)} spec: ${arg}`);
  }
  if (remove.some((key) => set.has(key))) {
    throw new OrkaError("usage", `can not both modify and remove ${article(field)} in the same command`);
  }
  for (const [key, value] of set) check(key, value, field);
  return { objects, set, remove };
}

function singular(field: KeyField): string {
  return field === "labels" ? "label" : "annotation";
}

function article(field: KeyField): string {
  return field === "labels" ? "a label" : "an annotation";
}

const NAME = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)$/;
const PREFIX = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
function check(key: string, value: string, field: KeyField): void {
  const slash = key.lastIndexOf("/");
  const isKey = NAME.test(key.slice(slash + 1)) &&
    (slash < 0 || (PREFIX.test(key.slice(0, slash)) && slash <= 253));
  if (!isKey) {
    throw new OrkaError(
      "usage",
      `invalid ${singular(field)} key ${JSON.stringify(key)}: [prefix/]name, where the name is at most 63 ` +
        "characters of letters, digits, '-', '_' and '.', and the prefix a DNS name",
    );
  }
  if (field === "annotations") return;
  if (value.length > 63) {
    throw new OrkaError("usage", `invalid label value: "${key}=${value}": must be no more than 63 bytes`);
  }
  if (!VALUE.test(value)) {
    throw new OrkaError(
      "usage",
      `invalid label value: "${key}=${value}": a valid label must be an empty string or consist of alphanumeric ` +
        "characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or " +
        "'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    );
  }
}

/** Throws OrkaError `invalid` for keys that have other values already. */
export function checkOverwrite(object: KubeObject, { set }: KeyArguments, field: KeyField): void {
  const values = object.metadata[field] ?? {};
  const taken = [...set].filter(([key, value]) => values[key] !== undefined && values[key] !== value)
    .map(([key]) => `'${key}' already has a value (${values[key]})`);
  if (taken.length === 0) return;
  const lead = field === "labels"
    ? ""
    : "--overwrite is false but found the following declared annotation(s): ";
  const tail = field === "labels" ? ", and --overwrite is false" : "";
  throw new OrkaError("invalid", `${lead}${taken.join("; ")}${tail}`);
}

/** The object with its keys as asked. */
export function withKeys(object: KubeObject, { set, remove }: KeyArguments, field: KeyField): KubeObject {
  const values: Record<string, string> = { ...object.metadata[field], ...Object.fromEntries(set) };
  for (const key of remove) delete values[key];
  const { [field]: _, ...metadata } = object.metadata;
  const kept = Object.keys(values).length === 0 ? {} : { [field]: values };
  return { ...object, metadata: { ...metadata, ...kept } };
}
