/**
 * A sequence of requests in the words that both servers take, and what came back.
 *
 * Strings may hold placeholders, resolved by what the server said before: `$NS` (the namespace of the run),
 * `$rv(Kind/name)` and `$uid(Kind/name)` (of the object as last seen), `$old(Kind/name)` (its first
 * resourceVersion), `$continue` and `$list` (of the last list), `$start` (the revision the sequence began at).
 * What was never seen is `1`, and a uid of zeros: a sequence stays playable with any of its steps taken out.
 */
import { isObject, type Json, type JsonObject } from "../../src/k1s/registry/mod.ts";

export interface Step {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Content type; JSON where there is a body. */
  readonly type?: string;
  /** An object, `{ "$of": "Kind/name", "set": …, "unset": … }` for one as last seen and edited, or raw text. */
  readonly body?: Json;
  readonly accept?: string;
  /** Read as a watch until nothing comes any more. */
  readonly watch?: true;
  /** Asked again until the garbage collector of the real server is done with the object. */
  readonly settle?: true;
}

export interface Answer {
  readonly status: number;
  /** Warning headers in their order. */
  readonly warnings: readonly string[];
  /** Parsed JSON; text that is none; the events of a watch. */
  readonly body: Json;
}

/** A seed's sequence, or a shrunk one with why it is kept. */
export interface Sequence {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** A sequence and what the real server answered. */
export interface Recorded extends Sequence {
  readonly answers: readonly Answer[];
}

interface Seen {
  first: string;
  object: JsonObject;
}

const NO_UID = "00000000-0000-0000-0000-000000000000";

/** What a player knows from one server's answers. */
export class Memory {
  readonly #namespace: string;
  readonly #seen = new Map<string, Seen>();
  #continue = "";
  #list: string | undefined;
  start = "1";

  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  learn(body: Json): void {
    if (!isObject(body)) return;
    const { kind, metadata, items } = body;
    if (typeof kind !== "string" || !isObject(metadata)) return;
    if (Array.isArray(items)) {
      this.#continue = String(metadata.continue ?? "");
      this.#list = String(metadata.resourceVersion ?? "1");
      for (const item of items) {
        if (isObject(item)) {
          this.#see(kind.replace(/List$/, ""), { ...item, kind: kind.replace(/List$/, "") });
        }
      }
    } else if (kind !== "Status" && kind !== "Scale" && kind !== "PartialObjectMetadata") {
      this.#see(kind, body);
    }
  }

  #see(kind: string, object: JsonObject): void {
    const { name, resourceVersion } = object.metadata as JsonObject;
    if (resourceVersion === undefined) return;
    const key = `${kind}/${String(name).replaceAll(this.#namespace, "$NS")}`;
    const known = this.#seen.get(key);
    if (known) known.object = object;
    else this.#seen.set(key, { first: String(resourceVersion), object });
  }

  /** Text with its placeholders filled in. */
  resolve(text: string): string {
    return text.replace(/\$(rv|uid|old)\(([^)]*)\)|\$(continue|list|start|NS)/g, (_, of, key, word) => {
      const seen = key === undefined ? undefined : this.#seen.get(key);
      const meta = seen?.object.metadata as JsonObject | undefined;
      switch (of ?? word) {
        case "rv":
          return String(meta?.resourceVersion ?? "1");
        case "uid":
          return String(meta?.uid ?? NO_UID);
        case "old":
          return seen?.first ?? "1";
        case "continue":
          return encodeURIComponent(this.#continue);
        case "list":
          return this.#list ?? this.start;
        case "start":
          return this.start;
      }
      return this.#namespace;
    });
  }

  /** The body's text as it is sent. */
  body(body: Json): string {
    if (typeof body === "string") return this.resolve(body);
    if (!isObject(body) || typeof body.$of !== "string") return this.resolve(JSON.stringify(body));
    const object = structuredClone(this.#seen.get(body.$of)?.object ?? {});
    const set = JSON.parse(this.resolve(JSON.stringify(body.set ?? {}))) as JsonObject;
    for (const [path, value] of Object.entries(set)) setPath(object, path, value);
    for (const path of (body.unset ?? []) as string[]) setPath(object, path, undefined);
    return JSON.stringify(object);
  }
}

/** Sets a dotted path, making objects on its way; undefined takes it out. */
export function setPath(object: JsonObject, path: string, value: Json | undefined): void {
  const fields = path.split(".");
  const last = fields.pop()!;
  let at = object;
  for (const field of fields) {
    if (!isObject(at[field])) at[field] = {};
    at = at[field] as JsonObject;
  }
  if (value === undefined) delete at[last];
  else at[last] = structuredClone(value);
}
