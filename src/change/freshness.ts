import type { Clock } from "../base/mod.ts";

/** How old what an edit was planned on may be when it is sent. */
export interface EditFreshness {
  readonly clock: Clock;
  readonly maxAgeMs: number;
  /** Called when an edit was held back because its object is another one by then. */
  readonly onStale?: (() => void) | undefined;
}
