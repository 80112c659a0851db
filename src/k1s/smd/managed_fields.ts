/** `metadata.managedFields` as text in objects, and as managers by identifier with the time of their last write. */
import type { Json, JsonObject } from "../patch/mod.ts";
import { isMap } from "./atom.ts";
import { FieldSet } from "./field_set.ts";
import type { ManagedSet, Managers } from "./managers.ts";

/** Who writes: with the operation, what tells one entry from another. */
interface ManagerIdentity {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  /** Part of the identity of updaters; an applier keeps its entry from version to version. */
  readonly apiVersion: string;
  readonly subresource: string;
}

export interface ManagedFields {
  readonly managers: Managers;
  /** RFC 3339, by identifier; absent where the entry had none. */
  readonly times: ReadonlyMap<string, string>;
}

/** An entry that isn't one; the text is the API server's. */
export class ManagedFieldsError extends Error {}

/** The key of an entry among managers: the entry without fields and time, as JSON. */
export function managerIdentifier({ manager, operation, apiVersion, subresource }: ManagerIdentity): string {
  return JSON.stringify({
    ...(manager === "" ? {} : { manager }),
    operation,
    ...(operation === "Apply" || apiVersion === "" ? {} : { apiVersion }),
    ...(subresource === "" ? {} : { subresource }),
  });
}

/** A manager as conflicts name it: `"kubectl" with subresource "scale" using apps/v1`. */
export function managerText(identifier: string): string {
  const { manager = "", operation, apiVersion = "", subresource = "" } = parseIdentifier(identifier);
  const name = subresource === ""
    ? JSON.stringify(manager)
    : `${JSON.stringify(manager)} with subresource ${JSON.stringify(subresource)}`;
  return operation === "Update" ? `${name} using ${apiVersion}` : name;
}

function parseIdentifier(identifier: string): Partial<ManagerIdentity> {
  return JSON.parse(identifier) as Partial<ManagerIdentity>;
}

/** Reads entries. Throws ManagedFieldsError for entries that the API server refuses. */
export function decodeManagedFields(entries: Json | undefined): ManagedFields {
  const managers = new Map<string, ManagedSet>();
  const times = new Map<string, string>();
  for (const [index, entry] of (Array.isArray(entries) ? entries : []).entries()) {
    if (!isMap(entry)) throw new ManagedFieldsError("a managed fields entry must be an object");
    const identity = identityOf(entry);
    checkEntry(entry, identity, index);
    const identifier = managerIdentifier(identity);
    managers.set(identifier, {
      set: decodeSet(entry.fieldsV1 ?? {}),
      apiVersion: identity.apiVersion,
      applied: identity.operation === "Apply",
    });
    if (typeof entry.time === "string") times.set(identifier, entry.time);
  }
  return { managers, times };
}

function identityOf(entry: JsonObject): ManagerIdentity {
  const text = (key: string) => typeof entry[key] === "string" ? entry[key] as string : "";
  const operation = text("operation");
  if (operation !== "Apply" && operation !== "Update") {
    throw new ManagedFieldsError("operation must be `Apply` or `Update`");
  }
  return {
    manager: text("manager"),
    operation,
    apiVersion: text("apiVersion"),
    subresource: text("subresource"),
  };
}

function checkEntry(entry: JsonObject, { apiVersion }: ManagerIdentity, index: number): void {
  if (apiVersion === "") throw new ManagedFieldsError("apiVersion must not be empty");
  const type = entry.fieldsType ?? "";
  if (type === "") throw new ManagedFieldsError(`missing fieldsType in managed fields entry ${index}`);
  if (type === "FieldsV1") return;
  throw new ManagedFieldsError(`invalid fieldsType ${JSON.stringify(type)} in managed fields entry ${index}`);
}

function decodeSet(fields: Json): FieldSet {
  try {
    return FieldSet.fromFieldsV1(fields);
  } catch (error) {
    throw new ManagedFieldsError(`error decoding set: ${(error as Error).message}`, { cause: error });
  }
}

/** Entries in the API server's order: appliers first, then by time, manager, version, subresource. */
export function encodeManagedFields({ managers, times }: ManagedFields): JsonObject[] {
  const entries = [...managers].map(([identifier, { set, apiVersion, applied }]) => {
    const { manager = "", operation, subresource = "" } = parseIdentifier(identifier);
    const time = times.get(identifier);
    return {
      ...(manager === "" ? {} : { manager }),
      operation: applied ? "Apply" : operation ?? "Update",
      apiVersion,
      ...(time === undefined ? {} : { time }),
      fieldsType: "FieldsV1",
      fieldsV1: set.toFieldsV1(),
      ...(subresource === "" ? {} : { subresource }),
    };
  });
  return entries.sort(compareEntries);
}

type Entry = Readonly<
  Partial<Record<"manager" | "operation" | "apiVersion" | "time" | "subresource", string>>
>;

function compareEntries(a: Entry, b: Entry): number {
  return compareText(a.operation, b.operation) || seconds(a.time) - seconds(b.time) ||
    compareText(a.manager, b.manager) || compareText(a.apiVersion, b.apiVersion) ||
    compareText(a.subresource, b.subresource);
}

function compareText(a = "", b = ""): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function seconds(time: string | undefined): number {
  const ms = time === undefined ? 0 : Date.parse(time);
  return Number.isNaN(ms) ? 0 : Math.floor(ms / 1000);
}
