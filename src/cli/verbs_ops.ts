/** The verbs that operate what runs: logs, shells, forwards, scale, rollouts, nodes. */
import type { VerbSpec } from "./verbs.ts";

/** In the order of help. */
export const OPS_VERBS: readonly VerbSpec[] = [];
