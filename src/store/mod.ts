/**
 * The store: one kind's objects as typed columns with immutable snapshots, and their JSON in compressed blocks. It
 * knows nothing of servers, watches, filters or sorts.
 *
 * Vocabulary: a row is one object as a list shows it; a slot is a row's place in the columns; an epoch numbers a
 * published state; a sweep removes what a new list no longer had.
 *
 * Data flow: Table row -> readRow -> KindStore.upsert -> publish -> Snapshot -> whoever reads.
 *
 * The zstd codec is not exported here: import it late, from raw_codec.ts through `loadRawStore`.
 */
export {
  type CellKind,
  cellReaders,
  type CellValue,
  parseAge,
  type StoreColumn,
  storeColumns,
} from "./columns.ts";
export { KindStore, type KindStoreOptions } from "./kind_store.ts";
export { RawStore, type RawStoreOptions } from "./raw_store.ts";
export type { RawCodec } from "./raw_codec.ts";
export { readRow, type RowInput } from "./row_input.ts";
export { RowTable, type RowTableOptions, type UpsertOptions } from "./row_table.ts";
export { Snapshot } from "./snapshot.ts";
export { LabelSets, StringPool } from "./string_pool.ts";

import { RawStore } from "./raw_store.ts";

/** A raw store over zstd, with node:zlib loaded now. */
export async function loadRawStore(limitBytes: number): Promise<RawStore> {
  const { zstdCodec } = await import("./raw_codec.ts");
  return new RawStore({ codec: zstdCodec, limitBytes });
}
