/**
 * Facts about the built-in kinds of Kubernetes 1.36, made by tools/generate_builtin.ts from a real API server
 * (kinds.json, types.json, docs.json.gz) and by tools/k1s_protobuf from the published types (protobuf.json).
 * Stored tersely because every start of the embedded cluster parses them; nothing but this module reads the
 * stored forms. No prose is loaded until somebody asks for documentation.
 */
import type { Resource, TableColumn } from "../../kube/mod.ts";

/** A served resource as stored. */
export interface StoredKind {
  readonly g: string;
  readonly v: string;
  readonly k: string;
  readonly p: string;
  readonly s: string;
  readonly ns: boolean;
  readonly verbs: readonly string[];
  readonly short?: readonly string[];
  readonly cat?: readonly string[];
  readonly sub?: readonly StoredSubresource[];
  /** [name, type, format, priority, description] of the server-side Table. */
  readonly cols?: readonly (readonly [string, string, string, number, string])[];
}

/** [name, verbs, [group, version, kind] where it differs from the resource's own]. */
export type StoredSubresource = readonly [string, readonly string[], (readonly [string, string, string])?];

/**
 * A field's type as one word: `s` string, `y` base64 bytes, `t` RFC 3339 time, `i` int32, `l` int64, `d` double,
 * `b` bool, `x` int or string, `o` free object, `?` anything, `#Name` a definition, `[` a list of what follows,
 * `{` a map of what follows.
 */
export type TypeCode = string;

export interface StoredFieldExtras {
  /** x-kubernetes-list-type and its map keys. */
  readonly l?: "map" | "set" | "atomic";
  readonly lk?: readonly string[];
  readonly mt?: "atomic" | "granular";
  /** Strategic merge: strategy (`merge`, `retainKeys`, `merge,retainKeys`) and key. */
  readonly ps?: string;
  readonly pk?: string;
  readonly e?: readonly string[];
  readonly d?: unknown;
}

export type StoredField = TypeCode | readonly [TypeCode, StoredFieldExtras];

export interface StoredDefinition {
  /** Fields of an object; absent for a scalar's definition, which has `c`. */
  readonly f?: Readonly<Record<string, StoredField>>;
  readonly c?: TypeCode;
  readonly r?: readonly string[];
  readonly gvk?: readonly [string, string, string];
  readonly mt?: "atomic";
  readonly u?: readonly unknown[];
}

/** A kind as the embedded cluster serves it: what discovery tells, and what Tables and storage need. */
export interface ServedResource extends Resource {
  /** True for a kind that a CustomResourceDefinition defines. */
  readonly custom: boolean;
  readonly subresourceKinds: readonly ServedSubresource[];
  readonly columns: readonly TableColumn[];
  /** The group, version and kind that it is stored as; other versions are views of that one. */
  readonly storedAs: { readonly group: string; readonly version: string; readonly kind: string };
}

export interface ServedSubresource {
  readonly name: string;
  readonly verbs: readonly string[];
  /** Empty group and version: those of the resource. Absent for subresources that answer no object. */
  readonly responseKind?: { readonly group: string; readonly version: string; readonly kind: string };
}

/** Kinds whose storage, here and in 1.36's etcd, is another version or group than the one they are served in. */
const STORED_ELSEWHERE: Readonly<Record<string, ServedResource["storedAs"]>> = {
  "autoscaling/v1 HorizontalPodAutoscaler": {
    group: "autoscaling",
    version: "v2",
    kind: "HorizontalPodAutoscaler",
  },
  "events.k8s.io/v1 Event": { group: "", version: "v1", kind: "Event" },
  ...storedAsBeta("admissionregistration.k8s.io", "MutatingAdmissionPolicy"),
  ...storedAsBeta("admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding"),
  ...storedAsBeta("apiextensions.k8s.io", "CustomResourceDefinition"),
};

/** What discovery's storageVersionHash says of kinds that 1.36 keeps as v1beta1; the fields are those of v1. */
function storedAsBeta(group: string, kind: string): Record<string, ServedResource["storedAs"]> {
  return { [`${group}/v1 ${kind}`]: { group, version: "v1beta1", kind } };
}

/** The built-in kinds in the real server's order of groups, versions and names. */
export function servedResources(kinds: readonly StoredKind[]): ServedResource[] {
  const seen = new Set<string>();
  return kinds.map((kind) => {
    const first = !seen.has(`${kind.g}/${kind.p}`);
    seen.add(`${kind.g}/${kind.p}`);
    return served(kind, first);
  });
}

function served(kind: StoredKind, preferred: boolean): ServedResource {
  return {
    group: kind.g,
    version: kind.v,
    kind: kind.k,
    plural: kind.p,
    singular: kind.s,
    shortNames: kind.short ?? [],
    categories: kind.cat ?? [],
    namespaced: kind.ns,
    verbs: kind.verbs,
    subresources: (kind.sub ?? []).map(([name]) => name),
    preferred,
    custom: false,
    subresourceKinds: (kind.sub ?? []).map(servedSubresource),
    columns: tableColumns(kind),
    storedAs: STORED_ELSEWHERE[`${kind.g}/${kind.v} ${kind.k}`] ??
      { group: kind.g, version: kind.v, kind: kind.k },
  };
}

function servedSubresource([name, verbs, kind]: StoredSubresource): ServedSubresource {
  return kind
    ? { name, verbs, responseKind: { group: kind[0], version: kind[1], kind: kind[2] } }
    : { name, verbs };
}

function tableColumns(kind: StoredKind): readonly TableColumn[] {
  return (kind.cols ?? []).map(([name, type, format, priority, description]) => ({
    name,
    type,
    format,
    priority,
    description,
  }));
}
