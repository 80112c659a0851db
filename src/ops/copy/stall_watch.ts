/** Notices that a copy into a container goes nowhere. */
import { type Clock, OrkaError } from "../../base/mod.ts";
import type { ArchiveCounts } from "./local_archive.ts";

/** Between two looks, ms. */
const LOOK_MS = 3_000;
/** Looks without progress, after words, that mean that tar has ended. */
const STILL_LOOKS = 1;
/** And of a tar that took more after its words: they were a warning, and what is slow may be the disk or the line. */
const LIVELY_LOOKS = 20;
/** More than what buffers on the way take: looks that see progress after the words. */
const LIVES_AFTER = 2;

export interface StallWatch extends Disposable {
  /** Rejects (`io`, with tar's words) when it has said something and then takes nothing any more; else never settles. */
  readonly stalled: Promise<never>;
}

/** Nodes may never tell that the tar which stopped reading has ended: then its words and no progress tell it. */
export function stallWatch(
  clock: Clock,
  { counts, said }: { readonly counts: ArchiveCounts; readonly said: () => string },
): StallWatch {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  let seen = { bytes: -1, words: "" };
  let [still, lively] = [0, 0];
  let timer: Disposable;
  const look = () => {
    const now = { bytes: counts.bytes, words: said() };
    const isNew = now.words !== seen.words;
    const moved = now.bytes !== seen.bytes;
    still = moved || isNew ? 0 : still + 1;
    lively = isNew ? 0 : moved ? lively + 1 : lively;
    seen = now;
    const limit = lively >= LIVES_AFTER ? LIVELY_LOOKS : STILL_LOOKS;
    if (now.words !== "" && still >= limit) return reject(new OrkaError("io", now.words));
    timer = clock.timer(LOOK_MS, look);
  };
  timer = clock.timer(LOOK_MS, look);
  return { stalled: promise, [Symbol.dispose]: () => timer[Symbol.dispose]() };
}
