/** `orka get`: kubectl's get. This file reads the call; what it asks for is fetched and printed in ../get. */
import { EXIT, OrkaError } from "../../base/mod.ts";
import { openCluster } from "../cluster.ts";
import { checkFlags, type GetRequest, readTargets } from "../get/request.ts";
import type { CliIo } from "../io.ts";
import type { Call } from "../parse.ts";
import { parseFormat } from "../print/format.ts";
import type { Command } from "../verbs.ts";

export const command: Command = async (io, call) => {
  const { flags } = call;
  const raw = flags.text("raw");
  if (raw !== undefined) return await getRaw(io, call, raw);
  const format = await parseFormat(flags.text("output"), {
    template: flags.text("template"),
    readFile: (path) => io.readFile(path),
  });
  checkFlags(call);
  using cluster = await openCluster(io, flags);
  const found = await readTargets(io, {
    cluster,
    args: call.args,
    files: flags.list("filename"),
    recursive: flags.on("recursive"),
    allNamespaces: flags.on("all-namespaces"),
    isSelected: flags.given("selector") || flags.given("field-selector"),
  });
  const request: GetRequest = { io, cluster, flags, format, ...found };
  if (flags.on("watch") || flags.on("watch-only")) {
    const { getWatch } = await import("../get/watch.ts");
    return await getWatch(request);
  }
  if (format.type === "table") {
    const { getTable } = await import("../get/table.ts");
    return await getTable(request);
  }
  const { getObjects } = await import("../get/objects.ts");
  return await getObjects({ ...request, format });
};

/** `--raw PATH`: the server's bytes as they come. */
async function getRaw(io: CliIo, { flags, args }: Call, path: string): Promise<number> {
  if (args.length > 0 || flags.list("filename").length > 0) {
    throw new OrkaError("usage", "arguments may not be passed when --raw is specified");
  }
  if (!path.startsWith("/")) {
    throw new OrkaError("usage", `--raw must be a path that begins with "/": ${path}`);
  }
  using cluster = await openCluster(io, flags);
  const response = await cluster.client.request(path, { signal: io.signal, accept: "application/json, */*" });
  for await (const chunk of response.body ?? []) await io.stdout.write(chunk);
  return EXIT.ok;
}
