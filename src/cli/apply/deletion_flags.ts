/** `--cascade`, `--grace-period` and `--timeout` of the verbs that delete on the way. */
import type { DeleteOptions } from "../../apply/mod.ts";
import { OrkaError } from "../../base/mod.ts";
import { parseGoDuration } from "../../kube/mod.ts";
import type { FlagValues } from "../parse.ts";

const PROPAGATION: Readonly<Record<string, NonNullable<DeleteOptions["propagation"]>>> = {
  "": "Background",
  "true": "Background",
  "background": "Background",
  "foreground": "Foreground",
  "false": "Orphan",
  "orphan": "Orphan",
};

/** Throws OrkaError `usage`, in kubectl's words. */
export function deletion(flags: FlagValues): Pick<DeleteOptions, "propagation" | "graceSeconds"> {
  const cascade = flags.text("cascade") ?? "background";
  const propagation = PROPAGATION[cascade];
  if (propagation === undefined) {
    throw new OrkaError(
      "usage",
      `invalid cascade value (${cascade}). Must be "background", "foreground", or "orphan"`,
    );
  }
  const grace = Number(flags.text("grace-period") ?? -1);
  if (!Number.isInteger(grace)) {
    throw new OrkaError("usage", `invalid argument "${flags.text("grace-period")}" for "--grace-period"`);
  }
  return { propagation, graceSeconds: grace < 0 ? undefined : grace };
}

/** Milliseconds; `fallback` where it was not given. */
export function timeoutMs(flags: FlagValues, fallback = 0): number {
  const text = flags.text("timeout");
  if (text === undefined) return fallback;
  const sign = text.startsWith("-") ? -1 : 1;
  const size = text.replace(/^-/, "");
  const ms = /^\d+$/.test(size) ? Number(size) * 1000 : parseGoDuration(size);
  if (ms === null) throw new OrkaError("usage", `invalid argument "${text}" for "--timeout"`);
  return sign * ms;
}
