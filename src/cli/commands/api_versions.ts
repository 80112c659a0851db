import { EXIT, OrkaError } from "../../base/mod.ts";
import { apiVersion } from "../../kube/mod.ts";
import { openCluster } from "../cluster.ts";
import type { Command } from "../verbs.ts";

/** `orka api-versions`: every group/version, sorted, those that do not answer among them. */
export const command: Command = async (io, { flags, args }) => {
  if (args.length > 0) throw new OrkaError("usage", `unexpected arguments: ${args.join(" ")}`);
  using cluster = await openCluster(io, flags);
  const { resources, broken } = await cluster.discover({ refresh: true });
  const versions = new Set([...resources.map(apiVersion), ...broken.map(({ groupVersion }) => groupVersion)]);
  await io.stdout.write([...versions].sort().map((version) => `${version}\n`).join(""));
  return EXIT.ok;
};
