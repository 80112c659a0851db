/** `orka attach`: joins the process that a container runs. */
import { OrkaError } from "../../base/mod.ts";
import { openExec } from "../../ops/mod.ts";
import { openCluster } from "../cluster.ts";
import { note } from "../io.ts";
import { livePod, needWrites, pickContainer } from "../remote/remote_target.ts";
import { attachTty, runRemote } from "../remote/run_remote.ts";
import type { Command } from "../verbs.ts";

export const command: Command = async (io, { flags, args }) => {
  const [argument, ...more] = args;
  if (argument === undefined || more.length > 0) {
    throw new OrkaError("usage", "exactly one POD or KIND/NAME is expected");
  }
  using cluster = await openCluster(io, flags, { changes: true });
  needWrites(cluster, "attaching to a container");
  const pod = await livePod(io, { cluster, flags, argument });
  const isQuiet = flags.on("quiet");
  const container = await pickContainer(io, pod, { wanted: flags.text("container"), isQuiet });
  const stdin = flags.on("stdin");
  const tty = await attachTty(io, container, { stdin, tty: flags.on("tty") });
  if (stdin && container.stdin !== true) {
    await note(
      io,
      `Warning: container ${container.name} was made without stdin: what is typed reaches nobody`,
    );
  }
  const spec = {
    namespace: cluster.namespace,
    pod: pod.metadata.name,
    container: container.name,
    command: null,
  };
  const greeting = stdin && !isQuiet ? "If you don't see a command prompt, try pressing enter." : undefined;
  return await runRemote(io, { stdin, tty, greeting }, (options) => openExec(cluster.client, spec, options));
};
