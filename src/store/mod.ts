/**
 * The store: one kind's objects as typed columns with immutable snapshots, and their JSON in compressed blocks. It
 * knows nothing of servers, watches, filters or sorts.
 *
 * Vocabulary: a row is one object as a list shows it; a slot is a row's place in the columns; an epoch numbers a
 * published state; a sweep removes what a new list no longer had.
 *
 * Data flow: Table row -> readRow -> KindStore.upsert -> publish -> Snapshot -> whoever reads.
 *
 * The zstd codec costs start-up time: `zstdWhenLoaded` loads it behind the first rows.
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
export { readRow, type RowInput, versionNumber } from "./row_input.ts";
export { RowTable, type RowTableOptions, type UpsertOptions } from "./row_table.ts";
export { Snapshot } from "./snapshot.ts";
export { Tombstones } from "./tombstones.ts";
export { LabelSets, StringPool } from "./string_pool.ts";

import type { RawCodec } from "./raw_codec.ts";

let zstd: RawCodec | null = null;
let loading: Promise<void> | null = null;

/** The zstd codec for RawStore, or null while node:zlib is on its way; asking starts that. */
export function zstdWhenLoaded(): RawCodec | null {
  loading ??= import("./raw_codec.ts").then(({ zstdCodec }) => {
    zstd = zstdCodec;
  });
  return zstd;
}
