/** What `--prune` wants to hear before it takes everything. */
import { OrkaError } from "../../base/mod.ts";
import type { FlagValues } from "../parse.ts";

/** Throws OrkaError `usage` in kubectl's words. */
export function checkPruneFlags(flags: FlagValues): void {
  if (!flags.on("prune") || flags.on("all") || flags.text("selector")) return;
  throw new OrkaError("usage", "all resources selected for prune without explicitly passing --all", {
    hint: "Or select them with -l.",
  });
}
