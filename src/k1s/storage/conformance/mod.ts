/**
 * What every backend must do: the cases of kubernetes/apiserver's storage tests, written afresh, and the ones our
 * interface adds. Each backend's test calls `storageConformance` with a way to open an empty store.
 */
import { ManualClock } from "../../../base/mod.ts";
import type { Store } from "../interface.ts";
import type { StoreOptions } from "../store.ts";
import { COMPACTION_CASES } from "./compaction.ts";
import { CREATE_CASES } from "./create.ts";
import { DELETE_CASES } from "./delete.ts";
import { LIST_CASES } from "./list.ts";
import { SLOW_WATCH_CASES } from "./slow_watch.ts";
import { STORE_CASES } from "./store.ts";
import { UPDATE_CASES } from "./update.ts";
import { WATCH_CASES } from "./watch.ts";
import type { Cases } from "./fixture.ts";

/** Opens an empty store that closes (and removes its files) with the returned one. */
export type OpenStore = (options: StoreOptions) => Promise<Store & AsyncDisposable>;

const THEMES: readonly Cases[] = [
  CREATE_CASES,
  UPDATE_CASES,
  DELETE_CASES,
  LIST_CASES,
  WATCH_CASES,
  SLOW_WATCH_CASES,
  COMPACTION_CASES,
  STORE_CASES,
];

/** Registers the suite as tests named `name: case`. */
export function storageConformance(name: string, open: OpenStore): void {
  for (const [title, run] of THEMES.flatMap((cases) => Object.entries(cases))) {
    Deno.test(`${name}: ${title}`, async () => {
      const clock = new ManualClock();
      await using store = await open({ clock, upkeepMs: 0, retention: { minRevisions: 0 } });
      await run({ store, storage: store.tenant("t1"), clock });
    });
  }
}
