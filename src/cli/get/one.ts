/** Single objects, as a Table's row or whole. */
import { OrkaError } from "../../base/mod.ts";
import { type KubeObject, resourcePath, type TableColumn } from "../../kube/mod.ts";
import { ageSince } from "../../kube/mod.ts";
import type { ShownRow } from "../print/table.ts";
import type { GetRequest, Target } from "./request.ts";

export interface FetchedTable {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly ShownRow[];
}

const TABLE_ACCEPT =
  "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";

/** Requests in flight for objects that were named one by one. */
const IN_FLIGHT = 16;

/** GETs one object as a Table. Throws OrkaError. */
export async function fetchTable(
  { cluster, io, flags }: GetRequest,
  { target, include }: { target: Target; include: "None" | "Metadata" },
): Promise<FetchedTable> {
  const path = `${targetPath(target, flags.text("subresource"))}?includeObject=${include}`;
  const answer = await cluster.client.json(path, {
    accept: TABLE_ACCEPT,
    signal: io.signal,
  }) as TableDocument;
  if (answer.kind !== "Table") return fallbackTable(answer as unknown as KubeObject, io.clock.now());
  const rows = (answer.rows ?? []).map(({ cells, object }) => ({
    cells: cells ?? [],
    metadata: object?.metadata ?? null,
  }));
  return { columns: answer.columnDefinitions ?? [], rows };
}

interface TableDocument {
  readonly kind?: string;
  readonly columnDefinitions?: readonly TableColumn[];
  readonly rows?: readonly {
    readonly cells?: readonly unknown[];
    readonly object?: { readonly metadata?: KubeObject["metadata"] };
  }[];
}

function fallbackTable({ metadata }: KubeObject, nowMs: number): FetchedTable {
  const column = (name: string, format: string) => ({
    name,
    type: "string",
    format,
    description: "",
    priority: 0,
  });
  const cells = [metadata?.name ?? "", ageSince(metadata?.creationTimestamp, nowMs)];
  return {
    columns: [column("Name", "name"), column("Age", "")],
    rows: [{ cells, metadata: metadata ?? null }],
  };
}

/** GETs one object whole. Throws OrkaError. */
export async function fetchObject({ cluster, io, flags }: GetRequest, target: Target): Promise<KubeObject> {
  const path = targetPath(target, flags.text("subresource"));
  const object = await cluster.client.json(path, { signal: io.signal }) as KubeObject | null;
  if (typeof object !== "object" || object === null || typeof object.kind !== "string") {
    throw new OrkaError("protocol", `GET ${path}: the answer is no Kubernetes object`);
  }
  return object;
}

function targetPath({ resource, namespace, name }: Target, subresource: string | undefined): string {
  return resourcePath(resource, {
    namespace: namespace ?? undefined,
    name,
    subresource: subresource || undefined,
  });
}

/** `Promise.all` over a map, with at most 16 at work. */
export async function mapLimited<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(IN_FLIGHT, items.length) }, worker));
  return results;
}
