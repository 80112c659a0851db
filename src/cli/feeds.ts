/** What `follow` follows: a collection as Table rows or as whole objects. */
import type { Clock } from "../base/mod.ts";
import {
  type Client,
  type IncludeObject,
  listObjects,
  listTable,
  type TableRow,
  watchObjects,
  watchTable,
} from "../client/mod.ts";
import {
  apiVersion,
  type KubeObject,
  type ObjectMeta,
  type Resource,
  type TableColumn,
} from "../kube/mod.ts";
import type { Feed } from "./follow.ts";

/** Which objects of a kind. */
export interface Selection {
  readonly namespace: string | null;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

export interface TableFeedOptions<T> {
  readonly selection: Selection;
  readonly clock: Clock;
  readonly includeObject: Exclude<IncludeObject, "None">;
  /** null where the server makes no Tables. */
  readonly onColumns?: (columns: readonly TableColumn[] | null) => void;
  /** Called within the row's callback: its bytes are lent. */
  readonly itemOf: (row: TableRow) => T;
}

export function tableFeed<T>(client: Client, resource: Resource, options: TableFeedOptions<T>): Feed<T> {
  const { selection, clock, includeObject, onColumns, itemOf } = options;
  return {
    async list({ signal, onItem }) {
      const { resourceVersion } = await listTable(client, resource, {
        ...selection,
        includeObject,
        signal,
        onPage: ({ columns }) => onColumns?.(columns),
        onRow: (row) => onItem(metadataOf(row), itemOf(row)),
      });
      return resourceVersion;
    },
    watch: ({ resourceVersion, signal, onItem }) =>
      watchTable(client, resource, {
        ...selection,
        includeObject,
        resourceVersion,
        signal,
        clock,
        onColumns: (columns) => onColumns?.(columns),
        onRow: (type, row) => onItem(type, metadataOf(row), itemOf(row)),
      }),
  };
}

/** What cannot be read is shown under what is wrong with it. */
function metadataOf({ metadata, error }: TableRow): ObjectMeta {
  return metadata ?? { name: `<${error}>` };
}

export interface ObjectFeedOptions {
  readonly selection: Selection;
  readonly clock: Clock;
  readonly managedFields?: boolean;
}

/** `T` says what the kind's objects hold; nothing checks it. */
export function objectFeed<T extends KubeObject = KubeObject>(
  client: Client,
  resource: Resource,
  options: ObjectFeedOptions,
): Feed<T> {
  const { selection, clock, managedFields } = options;
  // Servers leave the kind out of the items of built-in lists.
  const kind = { apiVersion: apiVersion(resource), kind: resource.kind };
  const objectOf = (item: { parse(): unknown }) => ({ ...kind, ...item.parse() as object }) as T;
  return {
    async list({ signal, onItem }) {
      const { resourceVersion } = await listObjects(client, resource, {
        ...selection,
        managedFields,
        signal,
        onItem: (item) => {
          const object = objectOf(item);
          onItem(object.metadata, object);
        },
      });
      return resourceVersion;
    },
    watch: ({ resourceVersion, signal, onItem }) =>
      watchObjects(client, resource, {
        ...selection,
        managedFields,
        resourceVersion,
        signal,
        clock,
        onItem: (type, item) => {
          const object = objectOf(item);
          onItem(type, object.metadata, object);
        },
      }),
  };
}
