import { type Client, listObjects, type ObjectItem, type TableRow, watchObjects } from "../client/mod.ts";
import type { Clock } from "../base/mod.ts";
import type { ObjectMeta, Resource } from "../kube/mod.ts";
import type { FeedSource } from "./feed_source.ts";

export interface ObjectSourceOptions {
  readonly namespace: string | null;
  readonly fieldSelector: string;
  readonly clock: Clock;
}

/** A few whole objects, managedFields included, as rows without cells. */
export function objectSource(client: Client, resource: Resource, options: ObjectSourceOptions): FeedSource {
  const { clock, ...scope } = options;
  return {
    list: ({ signal, onPage, onRow, onRestart }) =>
      listObjects(client, resource, {
        ...scope,
        managedFields: true,
        signal,
        onPage,
        onRestart,
        onItem: (item) => onRow(asRow(item)),
      }),
    watch: ({ version, signal, onOpen, onBookmark, onRow }) =>
      watchObjects(client, resource, {
        ...scope,
        managedFields: true,
        resourceVersion: version,
        signal,
        clock,
        onOpen,
        onBookmark,
        onItem: (type, item) => onRow(type, asRow(item)),
      }),
  };
}

function asRow(item: ObjectItem): TableRow {
  try {
    const object = item.parse() as { readonly metadata?: ObjectMeta } | null;
    return { cells: [], metadata: object?.metadata ?? null, object: item.bytes, error: "" };
  } catch (error) {
    return { cells: [], metadata: null, object: item.bytes, error: String(error) };
  }
}
