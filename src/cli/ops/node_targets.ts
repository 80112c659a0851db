/** The nodes that a verb of nodes is about: by name, by labels, or all. */
import { OrkaError } from "../../base/mod.ts";
import { nodeTarget, readNodes } from "../../ops/mod.ts";
import { type LiveTarget, namedTargets, type TargetSession } from "../change/targets.ts";

/** `node-1`, `node/node-1`. Throws OrkaError `usage` when none is named, or names and a selector are. */
export async function nodeTargets(
  session: TargetSession,
  { args, verb }: { readonly args: readonly string[]; readonly verb: string },
): Promise<readonly LiveTarget[]> {
  const { flags, io, cluster: { client } } = session;
  const isSelected = flags.text("selector") !== undefined || (verb !== "drain" && flags.on("all"));
  if (args.length === 0 && !isSelected) {
    throw new OrkaError("usage", `${verb} takes the names of nodes, or -l SELECTOR`, {
      hint: `orka ${verb} --help shows examples.`,
    });
  }
  if (args.length > 0 && isSelected) {
    throw new OrkaError("usage", "cannot specify both a node name and a --selector option");
  }
  const names = args.map((arg) => arg.replace(/^nodes?\//, ""));
  const odd = names.find((name) => name.includes("/"));
  if (odd !== undefined) throw new OrkaError("usage", `${odd} is no node: ${verb} is of nodes alone`);
  if (names.length > 0) return await namedTargets(session, names.map(nodeTarget), { goOn: verb !== "drain" });
  const nodes = await readNodes(client, { names, labelSelector: flags.text("selector"), signal: io.signal });
  if (nodes.length === 0) throw new OrkaError("not-found", "No resources found");
  return nodes.map((object) => ({ ...nodeTarget(object.metadata.name), object }));
}
