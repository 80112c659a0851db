/**
 * The life of CustomResourceDefinitions: names accepted, established, served at once, and their objects deleted
 * before they go.
 */
import { equal } from "../patch/mod.ts";
import { CRD_CLEANUP } from "./builtin_strategy.ts";
import type { Catalog } from "./catalog.ts";
import { customResources } from "./custom_resources.ts";
import type { MetadataShaper } from "./custom_strategy.ts";
import {
  assign,
  isObject,
  type JsonObject,
  listOf,
  mapOf,
  metaOf,
  textOf,
  textsOf,
  timestamp,
} from "./object.ts";

export interface DefinitionsEnvironment {
  readonly catalog: Catalog;
  readonly nowMs: () => number;
  readonly shapeMetadata: MetadataShaper;
  /** Writes a definition's status and finalizers, as the server itself. */
  readonly write: (name: string, change: (definition: JsonObject) => void) => Promise<void>;
  /** Deletes every object of a storage name; true once none is left. */
  readonly deleteObjects: (definition: JsonObject) => Promise<boolean>;
}

export class Definitions {
  readonly #env: DefinitionsEnvironment;
  readonly #known = new Map<string, JsonObject>();

  constructor(env: DefinitionsEnvironment) {
    this.#env = env;
  }

  /** A definition that is there: serves it as its status says. */
  load(definition: JsonObject): void {
    const name = textOf(metaOf(definition), "name");
    this.#known.set(name, definition);
    const served = isTrue(definition, "Established")
      ? customResources(definition, this.#env.shapeMetadata)
      : [];
    this.#env.catalog.setCustom(name, served);
  }

  /** What another process wrote, or this one some time ago; the newest state stays. */
  observe(definition: JsonObject, { deleted, revision }: { deleted: boolean; revision: number }): void {
    const known = this.#known.get(textOf(metaOf(definition), "name"));
    if (known ? Number(metaOf(known).resourceVersion) >= revision : deleted) return;
    if (deleted) this.deleted(definition);
    else this.load(definition);
  }

  /** A definition that was created or changed. */
  async changed(definition: JsonObject): Promise<void> {
    const name = textOf(metaOf(definition), "name");
    this.#known.set(name, definition);
    const status = this.#status(definition);
    if (!equal(status, definition.status ?? null)) {
      await this.#env.write(name, (current) => assign(current, "status", status));
      return; // that write comes here again
    }
    this.load(definition);
    if (metaOf(definition).deletionTimestamp === undefined) return;
    if (!textsOf(metaOf(definition), "finalizers").includes(CRD_CLEANUP)) return;
    if (await this.#env.deleteObjects(definition)) {
      await this.#env.write(name, (current) => {
        const meta = metaOf(current);
        const left = textsOf(meta, "finalizers").filter((finalizer) => finalizer !== CRD_CLEANUP);
        assign(meta, "finalizers", left.length === 0 ? undefined : left);
      });
    }
  }

  deleted(definition: JsonObject): void {
    const name = textOf(metaOf(definition), "name");
    this.#known.delete(name);
    this.#env.catalog.setCustom(name, []);
  }

  /** Looks again at definitions that wait for their last object: after one of a group went. */
  async objectDeleted(storageName: string): Promise<void> {
    const definition = this.#known.get(storageName);
    if (definition && metaOf(definition).deletionTimestamp !== undefined) await this.changed(definition);
  }

  #status(definition: JsonObject): JsonObject {
    const spec = mapOf(definition, "spec")!;
    const names = mapOf(spec, "names")!;
    const old = mapOf(definition, "status") ?? {};
    const taken = this.#conflict(definition);
    const now = timestamp(this.#env.nowMs());
    const conditions = listOf(old, "conditions").filter(isObject).map((condition) => ({ ...condition }));
    const set = (type: string, [status, reason, message]: readonly [string, string, string]) => {
      const before = conditions.find((condition) => condition.type === type);
      if (before?.status === status) return;
      const next = { type, status, lastTransitionTime: now, reason, message };
      if (before) Object.assign(before, next);
      else conditions.push(next);
    };
    if (taken === null) set("NamesAccepted", ["True", "NoConflicts", "no conflicts found"]);
    else set("NamesAccepted", ["False", taken.reason, taken.message]);
    const established = conditions.some(({ type, status }) => type === "Established" && status === "True");
    if (taken === null) {
      set("Established", ["True", "InitialNamesAccepted", "the initial names have been accepted"]);
    } else if (!established) set("Established", ["False", "NotAccepted", "not all names are accepted"]);
    if (metaOf(definition).deletionTimestamp !== undefined) {
      set("Terminating", ["True", "InstanceDeletionInProgress", "CustomResource deletion is in progress"]);
    }
    const acceptedNames = taken === null
      ? structuredClone(names)
      : old.acceptedNames ?? { plural: "", kind: "" };
    const stored = textOf(
      listOf(spec, "versions").filter(isObject).find((version) => version.storage === true),
      "name",
    );
    const storedVersions = [
      ...new Set([...textsOf(old, "storedVersions"), ...(stored === "" ? [] : [stored])]),
    ];
    return { ...old, conditions, acceptedNames, storedVersions };
  }

  /** A name that another definition of the group holds. */
  #conflict(definition: JsonObject): { reason: string; message: string } | null {
    const group = textOf(mapOf(definition, "spec"), "group");
    const names = mapOf(mapOf(definition, "spec"), "names")!;
    const plurals = new Set<string>();
    const kinds = new Set<string>();
    for (const [name, other] of this.#known) {
      if (name === textOf(metaOf(definition), "name") || textOf(mapOf(other, "spec"), "group") !== group) {
        continue;
      }
      if (!isTrue(other, "NamesAccepted")) continue;
      const accepted = mapOf(mapOf(other, "status"), "acceptedNames");
      for (const field of ["plural", "singular"]) plurals.add(textOf(accepted, field));
      for (const short of textsOf(accepted, "shortNames")) plurals.add(short);
      for (const field of ["kind", "listKind"]) kinds.add(textOf(accepted, field));
    }
    const checks: readonly (readonly [string, readonly string[], Set<string>])[] = [
      ["Plural", [textOf(names, "plural")], plurals],
      ["Singular", [textOf(names, "singular")], plurals],
      ["ShortNames", textsOf(names, "shortNames"), plurals],
      ["Kind", [textOf(names, "kind")], kinds],
      ["ListKind", [textOf(names, "listKind")], kinds],
    ];
    for (const [what, wanted, taken] of checks) {
      const name = wanted.find((candidate) => candidate !== "" && taken.has(candidate));
      if (name !== undefined) return { reason: `${what}Conflict`, message: `"${name}" is already in use` };
    }
    return null;
  }
}

function isTrue(definition: JsonObject, type: string): boolean {
  const conditions = listOf(mapOf(definition, "status"), "conditions").filter(isObject);
  return conditions.some((condition) => condition.type === type && condition.status === "True");
}
