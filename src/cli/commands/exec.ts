/** `orka exec`: a command in a container, kubectl's way; without a command, a shell that the container has. */
import { OrkaError } from "../../base/mod.ts";
import { findShell, openExec } from "../../ops/mod.ts";
import { openCluster } from "../cluster.ts";
import { livePod, needWrites, pickContainer } from "../remote/remote_target.ts";
import { checkedTty, runRemote } from "../remote/run_remote.ts";
import type { Command } from "../verbs.ts";

export const command: Command = async (io, { flags, args }) => {
  const [argument, ...words] = args;
  if (argument === undefined) {
    throw new OrkaError("usage", "pod, type/name or --filename must be specified", {
      hint: "For example: orka exec web-0 -- ls",
    });
  }
  using cluster = await openCluster(io, flags, { changes: true });
  const { client } = cluster;
  needWrites(cluster, "a command in a container");
  const pod = await livePod(io, { cluster, flags, argument });
  const container = await pickContainer(io, pod, {
    wanted: flags.text("container"),
    isQuiet: flags.on("quiet"),
  });
  const target = { namespace: cluster.namespace, pod: pod.metadata.name, container: container.name };
  const isShell = words.length === 0;
  const stdin = flags.on("stdin", isShell);
  const tty = await checkedTty(io, { stdin, tty: flags.on("tty", isShell && io.stdinIsTerminal) });
  const run = isShell ? [await findShell(client, target, { signal: io.signal })] : words;
  return await runRemote(
    io,
    { stdin, tty },
    (options) => openExec(client, { ...target, command: run }, options),
  );
};
