/**
 * Facts about the built-in kinds of Kubernetes 1.36, made by tools/generate_builtin.ts from a real API server
 * (kinds.json, types.json, docs.json.gz) and by tools/k1s_protobuf from the published types (protobuf.json).
 * Stored tersely because every start of the embedded cluster parses them; nothing but this module reads the
 * stored forms. No prose is loaded until somebody asks for documentation.
 */
import type { TableColumn } from "../../kube/mod.ts";

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

/** Table columns of a stored kind as a server tells them. */
export function tableColumns(kind: StoredKind): readonly TableColumn[] {
  return (kind.cols ?? []).map(([name, type, format, priority, description]) => ({
    name,
    type,
    format,
    priority,
    description,
  }));
}
