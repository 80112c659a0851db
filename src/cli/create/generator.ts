/** What `create KIND NAME` knows to make from flags, as kubectl's generators do. */
import type { Client } from "../../client/mod.ts";
import { OrkaError } from "../../base/mod.ts";
import type { KubeObject, Resource } from "../../kube/mod.ts";
import type { Cluster } from "../cluster.ts";
import type { CliIo } from "../io.ts";
import type { FlagValues } from "../parse.ts";

/** Everything that an object is made from. */
export interface GeneratorInput {
  readonly io: CliIo;
  readonly name: string;
  /** What follows the name: a container's command. */
  readonly command: readonly string[];
  readonly flags: FlagValues;
  /** Only some ask it: roles for the kinds, a job for its cronjob. */
  readonly cluster: Pick<Cluster, "resolve" | "namespace"> & { readonly client: Client };
}

export interface Generator {
  /** `deployment`, `service clusterip`; with its other spellings. */
  readonly words: readonly string[];
  readonly resource: Resource;
  /** Without apiVersion, kind and the namespace. Throws OrkaError `usage`. */
  make(input: GeneratorInput): Fields | Promise<Fields>;
}

/** The fields of an object; `metadata.name` is the input's unless it says another. */
export type Fields = Readonly<Record<string, unknown>> & {
  readonly metadata?: Partial<KubeObject["metadata"]>;
};

/** A built-in kind that every server serves, without asking discovery. */
export function builtIn(
  groupVersion: string,
  kind: string,
  { plural = `${kind.toLowerCase()}s`, namespaced = true }: { plural?: string; namespaced?: boolean } = {},
): Resource {
  const slash = groupVersion.indexOf("/");
  return {
    group: slash < 0 ? "" : groupVersion.slice(0, slash),
    version: groupVersion.slice(slash + 1),
    kind,
    plural,
    singular: kind.toLowerCase(),
    shortNames: [],
    categories: [],
    namespaced,
    verbs: ["create", "delete", "get", "list", "patch", "update", "watch"],
    subresources: [],
    preferred: true,
  };
}

/** Throws OrkaError `usage` in kubectl's words. */
export function required(flags: FlagValues, name: string): string {
  const value = flags.text(name);
  if (value !== undefined && value !== "") return value;
  throw new OrkaError("usage", `required flag(s) "${name}" not set`);
}

/** `a=b,c=d` as a map. Throws OrkaError `usage`. */
export function pairs(texts: readonly string[], flagName: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const text of texts) {
    const at = text.indexOf("=");
    if (at <= 0) {
      throw new OrkaError(
        "usage",
        `invalid argument ${JSON.stringify(text)} for "--${flagName}": expected key=value`,
      );
    }
    found[text.slice(0, at)] = text.slice(at + 1);
  }
  return found;
}

/** A number where it is one: ports and counts that may also be names and percentages. */
export function intOrString(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text;
}
