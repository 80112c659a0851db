/** Answers without what no two servers have in common: uids, times, revisions, addresses, generated names. */
import { isObject, type Json, type JsonObject } from "../../src/k1s/registry/mod.ts";
import type { Answer } from "./step.ts";

const UID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
/** Of this decade: what the generator writes is older. */
const TIME = /20[2-9]\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;
const ADDRESS = /\b10\.96\.\d+\.\d+\b/g;
const REVISION = /(ResourceVersion[^:"]*: |resourceVersion[\\"]+:[\\"]+|current: |resource version: )\d+/gi;
/** A generated name in a message of an object that was not made; the generator's prefixes are `g3-`. And of token volumes. */
const GENERATED = /\b(g\d+-|kube-api-access-)[b-df-hj-np-tv-xz2-9]{5}\b/g;
/** In a service's column of ports. */
const NODE_PORT = /:3\d{4}\//g;
const PORTS = new Set(["nodePort", "healthCheckNodePort"]);

/** One sequence's names for uids and revisions, by the order they were first seen in. */
export class Normaliser {
  readonly #uids = new Map<string, string>();
  readonly #revisions = new Map<string, Map<string, string>>();
  readonly #generated = new Map<string, string>();

  answer({ status, warnings, body }: Answer): Answer {
    return { status, warnings: warnings.map((text) => this.#text(text)), body: this.#value(body, "") };
  }

  #value(value: Json, field: string): Json {
    if (typeof value === "string") return this.#text(value);
    if (Array.isArray(value)) {
      // two servers are asked one after the other: a second may have gone by
      if (field === "cells") {
        return value.map((cell) => /^\d+s$/.test(String(cell)) ? "AGE" : this.#value(cell, "")).map((cell) =>
          typeof cell === "string" ? cell.replace(NODE_PORT, ":30000/") : cell
        );
      }
      if (field !== "managedFields") return value.map((item) => this.#value(item, ""));
      return value.filter((entry) => !isServers(entry)).map((entry) => this.#value(entry, "")).sort(
        byManager,
      );
    }
    if (isObject(value)) return this.#object(value, field);
    return PORTS.has(field) && typeof value === "number" && value >= 30_000 ? 30_000 : value;
  }

  #object(object: JsonObject, field: string): JsonObject {
    const isMeta = field === "metadata";
    if (isMeta && Array.isArray(object.managedFields) && object.managedFields.every(isServers)) {
      const { managedFields: _managed, ...rest } = object;
      object = rest;
    }
    if (isMeta) this.#learnName(object);
    const result: JsonObject = {};
    for (const [key, value] of Object.entries(object)) {
      if (isMeta && key === "resourceVersion") result[key] = this.#revision(object, String(value));
      else if (isMeta && key === "continue") result[key] = value === "" ? "" : "CONTINUE";
      else if (key === "ca.crt") result[key] = "CA";
      // the controller's, which no embedded server runs
      else if (key === "status" && object.kind === "Deployment") continue;
      else result[key] = this.#value(value, key);
    }
    return result;
  }

  #learnName({ name, generateName }: JsonObject): void {
    if (typeof name !== "string" || typeof generateName !== "string" || !name.startsWith(generateName)) {
      return;
    }
    this.#generated.set(name, `${generateName}*****`);
  }

  #revision({ uid }: JsonObject, revision: string): string {
    if (typeof uid !== "string") return "REVISION";
    const known = this.#revisions.get(uid) ?? new Map<string, string>();
    this.#revisions.set(uid, known);
    if (!known.has(revision)) known.set(revision, `revision-${known.size + 1}`);
    return known.get(revision)!;
  }

  #text(text: string): string {
    let result = text.replace(UID, (uid) => {
      if (!this.#uids.has(uid)) this.#uids.set(uid, `uid-${this.#uids.size + 1}`);
      return this.#uids.get(uid)!;
    });
    for (const [name, shown] of this.#generated) result = result.replaceAll(name, shown);
    return result.replace(TIME, "TIME").replace(ADDRESS, "10.96.X").replace(REVISION, "$1N").replace(
      GENERATED,
      "$1*****",
    );
  }
}

/** Written by a control loop, under whatever name. */
function isServers(entry: Json): boolean {
  const { manager } = entry as JsonObject;
  return manager === "kube-controller-manager" || manager === "k1s";
}

/** Entries come by time, which is the run's: by manager they compare. */
function byManager(a: Json, b: Json): number {
  const [left, right] = [a, b].map((entry) => {
    const { operation, manager, apiVersion, subresource } = entry as JsonObject;
    return JSON.stringify([operation, manager, apiVersion, subresource ?? ""]);
  }) as [string, string];
  return left < right ? -1 : left > right ? 1 : 0;
}
