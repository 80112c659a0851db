/** The verbs that operate what runs: logs, shells, forwards, scale, rollouts, nodes. */
import type { VerbSpec } from "./verbs.ts";
import { REMOTE_VERBS } from "./verbs_remote.ts";
import { IMPERATIVE_VERBS, OPS } from "./verbs_imperative.ts";
import { LOGS } from "./verbs_logs.ts";

/** In the order of help. */
export const OPS_VERBS: readonly VerbSpec[] = [LOGS, ...REMOTE_VERBS, ...IMPERATIVE_VERBS, OPS];
