/**
 * All objects of a cluster as a stream, and such a stream into a cluster.
 *
 * 1. Nothing that is there is changed by an import: an object of the same name stays as it is.
 * 2. Owners are written before what they own, under the new uids; a reference to an owner that is not in the stream
 *    is left out, since garbage collection would take its object away.
 */
import { OrkaError } from "../../base/mod.ts";
import { type Client, discover, listObjects } from "../../client/mod.ts";
import {
  apiVersion,
  type KubeObject,
  parseJson,
  type Resource,
  resourcePath,
  writeJson,
} from "../../kube/mod.ts";

/** Left out: what passes, and what the server makes itself for its services. */
const SERVERS_KINDS = ["events", "ipaddresses"];

interface Waiting {
  readonly signal: AbortSignal;
}

/** Every object that could be written again, but Events, kind by kind; `onObject` is awaited. */
export async function exportObjects(
  client: Client,
  { signal, onObject }: Waiting & { readonly onObject: (object: KubeObject) => Promise<void> },
): Promise<void> {
  for (const resource of await served(client, { signal })) {
    const { preferred, plural, verbs } = resource;
    if (
      !preferred || SERVERS_KINDS.includes(plural) || !verbs.includes("list") || !verbs.includes("create")
    ) continue;
    const kind = { apiVersion: apiVersion(resource), kind: resource.kind };
    const objects: KubeObject[] = [];
    await listObjects(client, resource, {
      namespace: null,
      signal,
      onItem: (item) => objects.push({ ...kind, ...item.parse() as object } as KubeObject),
    });
    for (const object of objects) await onObject(object);
  }
}

export interface Imported {
  readonly created: number;
  /** Were there already. */
  readonly kept: number;
  /** What the server refused, in its words. */
  readonly failures: readonly string[];
}

/** Writes objects; the stream's order does not matter. */
export async function importObjects(
  client: Client,
  objects: readonly KubeObject[],
  { signal }: Waiting,
): Promise<Imported> {
  const writer = new Importer(client, signal);
  const rank = ({ kind }: KubeObject) => ["CustomResourceDefinition", "Namespace"].indexOf(kind ?? "");
  const first = objects.filter((object) => rank(object) >= 0).sort((a, b) => rank(a) - rank(b));
  for (const object of first) await writer.write(object);
  await writer.refresh();
  for (const object of ownersFirst(objects.filter((object) => rank(object) < 0))) await writer.write(object);
  return writer.result;
}

/** Each after those of the stream that own it; circles come as they are. */
export function ownersFirst(objects: readonly KubeObject[]): KubeObject[] {
  const byUid = new Map(objects.map((object) => [object.metadata.uid, object]));
  const ordered = new Set<KubeObject>();
  const open = new Set<KubeObject>();
  const place = (object: KubeObject) => {
    if (ordered.has(object) || open.has(object)) return;
    open.add(object);
    for (const { uid } of object.metadata.ownerReferences ?? []) {
      const owner = byUid.get(uid);
      if (owner) place(owner);
    }
    ordered.add(object);
  };
  for (const object of objects) place(object);
  return [...ordered];
}

/** What the server gives to each object itself. */
const SERVERS_OWN = [
  "uid",
  "resourceVersion",
  "creationTimestamp",
  "generation",
  "managedFields",
  "selfLink",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
];

class Importer {
  readonly #client: Client;
  readonly #signal: AbortSignal;
  readonly #uids = new Map<string, string>();
  readonly #failures: string[] = [];
  #resources: readonly Resource[] | null = null;
  #created = 0;
  #kept = 0;

  constructor(client: Client, signal: AbortSignal) {
    this.#client = client;
    this.#signal = signal;
  }

  get result(): Imported {
    return { created: this.#created, kept: this.#kept, failures: this.#failures };
  }

  /** Asks anew what is served: definitions were written. */
  async refresh(): Promise<void> {
    this.#resources = await served(this.#client, { signal: this.#signal });
  }

  async write(object: KubeObject): Promise<void> {
    try {
      await this.#write(object);
    } catch (error) {
      if (!(error instanceof OrkaError)) throw error;
      const { kind, metadata: { namespace, name } } = object;
      this.#failures.push(`${kind} ${namespace ? `${namespace}/` : ""}${name}: ${error.message}`);
    }
  }

  async #write(object: KubeObject): Promise<void> {
    const resource = await this.#resourceOf(object);
    const { namespace, name, uid } = object.metadata;
    const at = { namespace, name };
    const { status, ...rest } = object as KubeObject & { status?: unknown };
    const body = { ...rest, metadata: this.#metadata(object) };
    const find = () => this.#client.json(resourcePath(resource, at), { signal: this.#signal });
    const made = await this.#send("POST", resourcePath(resource, { namespace }), body).catch(
      async (error) => {
        if (error instanceof OrkaError && error.code === "already-exists") return null;
        // a service that is there has the address that this one asks for
        if (await find().then(() => true, () => false)) return null;
        throw error;
      },
    );
    const found = made ?? await find();
    if (uid !== undefined) this.#uids.set(uid, (found as KubeObject).metadata.uid ?? "");
    if (made === null) return void this.#kept++;
    this.#created++;
    if (status === undefined || !resource.subresources.includes("status")) return;
    await this.#send("PATCH", resourcePath(resource, { ...at, subresource: "status" }), { status });
  }

  #metadata({ metadata }: KubeObject): object {
    const kept = Object.entries(metadata).filter(([field]) => !SERVERS_OWN.includes(field));
    const owners = (metadata.ownerReferences ?? []).flatMap((owner) => {
      const uid = this.#uids.get(owner.uid);
      return uid === undefined ? [] : [{ ...owner, uid }];
    });
    return { ...Object.fromEntries(kept), ownerReferences: owners };
  }

  async #resourceOf({ apiVersion: wanted, kind }: KubeObject): Promise<Resource> {
    if (this.#resources === null) await this.refresh();
    const found = this.#resources!.find((one) => one.kind === kind && apiVersion(one) === wanted);
    if (found) return found;
    throw new OrkaError("unknown-kind", `no matches for kind "${kind}" in version "${wanted}"`);
  }

  #send(method: "POST" | "PATCH", path: string, body: unknown): Promise<unknown> {
    const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    const headers = { "content-type": type };
    return this.#client.json(path, { method, headers, body: writeJson(body), signal: this.#signal });
  }
}

async function served(client: Client, { signal }: Waiting): Promise<readonly Resource[]> {
  const { resources } = await discover(client, { refresh: true, cacheDir: null, signal });
  return resources;
}

/** The objects of a text: one JSON object a line, or YAML documents; Lists are opened. Throws `invalid`. */
export async function parseObjects(text: string, source: string): Promise<KubeObject[]> {
  const values = jsonLines(text) ?? await yamlDocuments(text, source);
  return values.flatMap((value) => objectsOf(value, source));
}

function jsonLines(text: string): unknown[] | null {
  if (!text.trimStart().startsWith("{")) return null;
  try {
    return text.split("\n").filter((line) => line.trim() !== "").map((line) => parseJson(line));
  } catch {
    return null; // one object over several lines, which is YAML too
  }
}

async function yamlDocuments(text: string, source: string): Promise<unknown[]> {
  const { parseAllDocuments } = await import("yaml");
  return parseAllDocuments(text).flatMap((document) => {
    const problem = "errors" in document ? document.errors[0] : undefined;
    if (problem) throw new OrkaError("invalid", `error parsing ${source}: ${problem.message.split("\n")[0]}`);
    const value: unknown = document.toJS();
    return value === null ? [] : [value];
  });
}

function objectsOf(value: unknown, source: string): KubeObject[] {
  const object = value as KubeObject & { items?: unknown } | null;
  if (typeof object === "object" && object !== null) {
    if (Array.isArray(object.items)) return object.items.flatMap((item) => objectsOf(item, source));
    const { apiVersion, kind, metadata } = object;
    if (typeof apiVersion === "string" && typeof kind === "string" && metadata?.name) return [object];
  }
  throw new OrkaError(
    "invalid",
    `${source} holds something that is no object: apiVersion, kind or name is missing`,
  );
}
