/** Recorded list and watch streams: fixtures/streams/*.ndjson, one `Recorded` a line. */

import type { KubeObject, TableColumn } from "../../src/kube/mod.ts";

export interface RecordedRow {
  readonly cells: readonly unknown[];
  readonly object: KubeObject;
}

/** A Table as the server sent it but for managedFields. */
export interface RecordedTable {
  readonly kind: "Table";
  readonly apiVersion: string;
  readonly metadata: {
    readonly resourceVersion: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
  /** Of the first page and the first frame alone. */
  readonly columnDefinitions?: readonly TableColumn[];
  readonly rows: readonly RecordedRow[];
}

export interface RecordedFrame {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  readonly object: RecordedTable;
}

/** Of a collection, by its path without a query: a page of the list at the start or at the end, or a frame between. */
export type Recorded =
  | { readonly stream: string; readonly op: "page"; readonly body: RecordedTable }
  | { readonly stream: string; readonly op: "final"; readonly body: RecordedTable }
  | { readonly stream: string; readonly op: "frame"; readonly body: RecordedFrame };

/** Everything that was recorded of one collection. */
export interface Stream {
  readonly path: string;
  readonly pages: readonly RecordedTable[];
  readonly frames: readonly RecordedFrame[];
  readonly final: readonly RecordedTable[];
}

export async function readStreams(file: URL): Promise<Stream[]> {
  const lines = (await Deno.readTextFile(file)).split("\n").filter((line) => line !== "");
  const recorded = lines.map((line) => JSON.parse(line) as Recorded);
  const paths = [...new Set(recorded.map((r) => r.stream))];
  return paths.map((path) => {
    const own = recorded.filter((r) => r.stream === path);
    return {
      path,
      pages: own.filter((r) => r.op === "page").map((r) => r.body),
      frames: own.filter((r) => r.op === "frame").map((r) => r.body),
      final: own.filter((r) => r.op === "final").map((r) => r.body),
    };
  });
}

/** The body with `managedFields` cut everywhere: half of every recording, and the client drops it first thing. */
export function withoutManagedFields<T extends RecordedTable | RecordedFrame>(body: T): T {
  return JSON.parse(JSON.stringify(body, (key, value) => key === "managedFields" ? undefined : value));
}
