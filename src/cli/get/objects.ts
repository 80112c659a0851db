/** `get` of whole objects: json, yaml, ndjson, name, jsonpath, custom-columns; written as they arrive. */
import { EXIT, safeText } from "../../base/mod.ts";
import { type Client, listObjects, PAGE_LIMIT } from "../../client/mod.ts";
import { apiVersion, type KubeObject } from "../../kube/mod.ts";
import { note } from "../io.ts";
import { wrapClient } from "../wrapped_client.ts";
import type { Format } from "../print/format.ts";
import { type ObjectPrinter, objectPrinter } from "../print/object_printer.ts";
import { SortedItems } from "../print/sorting.ts";
import { fetchObject } from "./one.ts";
import type { GetRequest, Target } from "./request.ts";
import { Sink } from "./sink.ts";
import { failuresOf } from "./table.ts";

type ObjectsRequest = GetRequest & { readonly format: Exclude<Format, { type: "table" }> };

/** Prints the request's targets; the exit code. */
export async function getObjects(request: ObjectsRequest): Promise<number> {
  const { io, flags, format, single, targets } = request;
  const failures = failuresOf(request);
  const printer = objectPrinter(format, {
    bare: single,
    noHeaders: flags.on("no-headers"),
    forTerminal: io.stdout.isTerminal,
    allowMissingKeys: flags.on("allow-missing-template-keys", true),
  });
  const run = new ObjectRun(request, printer);
  for (const target of targets.filter(({ name }) => name === undefined)) {
    await failures.guard(target, () => run.collection(target));
  }
  const named = targets.filter(({ name }) => name !== undefined);
  for (const object of await failures.guardAll(named, (target) => fetchObject(request, target))) {
    run.add(object);
  }
  // kubectl prints nothing of a list of named objects of which none was found.
  if (run.count > 0 || !failures.any && !(named.length > 0 && flags.on("ignore-not-found"))) run.end();
  await run.drained();
  const code = await failures.finish();
  return run.malformed > 0 ? EXIT.error : code;
}

class ObjectRun {
  readonly #sink: Sink;
  readonly #sorting: SortedItems<KubeObject> | null;
  #printed = new Set<string>();
  #skips = false;
  count = 0;
  malformed = 0;

  constructor(private readonly request: ObjectsRequest, private readonly printer: ObjectPrinter) {
    this.#sink = new Sink(request.io.stdout);
    const sortBy = request.flags.text("sort-by") ?? "";
    this.#sorting = sortBy === "" ? null : new SortedItems(sortBy);
  }

  add(object: KubeObject): void {
    const { uid, namespace, name } = object.metadata ?? {};
    const key = uid ?? `${namespace}/${name}`;
    if (this.#skips && this.#printed.has(key)) return;
    this.#printed.add(key);
    this.count++;
    if (this.#sorting !== null) this.#sorting.add(object, object);
    else this.#sink.push(this.printer.add(this.#trimmed(object)));
  }

  end(): void {
    for (const object of this.#sorting?.sorted() ?? []) {
      this.#sink.push(this.printer.add(this.#trimmed(object)));
    }
    this.#sink.push(this.printer.end());
  }

  async drained(): Promise<void> {
    await this.#sink.drained();
  }

  async collection(target: Target): Promise<void> {
    const { io, flags, cluster, format } = this.request;
    const options = {
      namespace: target.namespace,
      labelSelector: flags.text("selector"),
      fieldSelector: flags.text("field-selector"),
      limit: flags.count("chunk-size") ?? PAGE_LIMIT,
      signal: io.signal,
      onRestart: () => {
        this.#skips = true;
      },
    };
    const isNames = format.type === "name" && this.#sorting === null;
    const client = this.#sink.paced(isNames ? metadataClient(cluster.client) : cluster.client);
    await listObjects(client, target.resource, {
      ...options,
      managedFields: this.#keepsManagedFields(),
      onItem: (item) => this.#item(target, () => item.parse()),
    });
  }

  #item(target: Target, parse: () => unknown): void {
    try {
      const item = parse() as KubeObject;
      // Servers leave the kind out of the items of built-in lists, and name another one for metadata.
      this.add({ ...item, apiVersion: apiVersion(target.resource), kind: target.resource.kind });
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      this.malformed++;
      note(this.request.io, `error: skipped a malformed ${target.resource.kind}: ${safeText(error.message)}`)
        .catch(() => {}); // stderr has gone: nobody is left to tell
    }
  }

  /** kubectl cuts managedFields from json and yaml alone: templates may ask for them. */
  #keepsManagedFields(): boolean {
    const { format, flags } = this.request;
    return format.type === "jsonpath" || format.type === "custom-columns" || flags.on("show-managed-fields");
  }

  #trimmed(object: KubeObject): KubeObject {
    if (this.#keepsManagedFields() || object.metadata?.managedFields === undefined) return object;
    const { managedFields: _, ...metadata } = object.metadata;
    return { ...object, metadata };
  }
}

const METADATA_ACCEPT = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json";

/** Names need the objects' metadata only, which is a tenth of the bytes. */
function metadataClient(client: Client): Client {
  return wrapClient(client, (path, options) => client.request(path, { ...options, accept: METADATA_ACCEPT }));
}
