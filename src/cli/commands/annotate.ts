/** `orka annotate`: kubectl's annotate. */
import type { CliIo } from "../io.ts";
import type { Call } from "../parse.ts";
import { changeKeys } from "../apply/key_changes.ts";

export function command(io: CliIo, call: Call): Promise<number> {
  return changeKeys(io, { call, field: "annotations" });
}
