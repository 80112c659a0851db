/** What every verb that changes something has at hand. */
import type { ListTypes, ObjectTarget } from "../../apply/mod.ts";
import type { PerformContext } from "../../change/mod.ts";
import type { Resource } from "../../kube/mod.ts";
import type { Memory } from "../../persist/mod.ts";
import { type Cluster, openCluster } from "../cluster.ts";
import { type CliIo, note } from "../io.ts";
import type { FlagValues } from "../parse.ts";

export interface ChangeSession extends Disposable {
  readonly io: CliIo;
  readonly cluster: Cluster;
  readonly flags: FlagValues;
  readonly memory: Memory;
  /** Objects that were named and are not there. They were told; the exit code is 1. */
  readonly missed: ObjectTarget[];
  /** How the kind's lists are matched; guesses where the server tells no schema. Asked once for each kind. */
  lists(resource: Resource): Promise<ListTypes>;
  perform(lists?: ListTypes): PerformContext;
}

/** Connects with the gate as the person's flags, environment and config have it. Throws as `openCluster`. */
export async function openChangeSession(io: CliIo, flags: FlagValues): Promise<ChangeSession> {
  const cluster = await openCluster(io, flags, { changes: true });
  const { client } = cluster;
  const memory = await openCommandMemory(
    io,
    client.target.server,
    (message) => void note(io, `Warning: ${message}`),
  );
  const known = new Map<string, Promise<ListTypes>>();
  return {
    io,
    cluster,
    flags,
    memory,
    missed: [],
    lists(resource) {
      const key = `${resource.group}/${resource.version}/${resource.plural}`;
      const found = known.get(key) ?? loadLists({ io, cluster, memory }, resource);
      known.set(key, found);
      return found;
    },
    perform: (lists) => ({ client, lists, memory, user: client.target.user, signal: io.signal }),
    [Symbol.dispose]() {
      memory.close();
      cluster[Symbol.dispose]();
    },
  };
}

/** A cluster in this process's memory is gone with it, and so is what is remembered of it. */
const IN_PROCESS = "http://in-process";

/** The person's memory; what is wrong with its file is said once, to `warn`. */
export async function openCommandMemory(
  io: Pick<CliIo, "env" | "clock">,
  server: string,
  warn: (message: string) => void,
): Promise<Memory> {
  const { openMemory, stateDirectory } = await import("../../persist/mod.ts");
  return await openMemory({
    directory: server === IN_PROCESS ? null : stateDirectory(io.env),
    clock: io.clock,
    warn,
    keepSecrets: ["1", "true"].includes((io.env("ORKA_KEEP_SECRETS") ?? "").toLowerCase()),
  });
}

async function loadLists(
  { io, cluster, memory }: Pick<ChangeSession, "io" | "cluster" | "memory">,
  resource: Resource,
): Promise<ListTypes> {
  const [{ NO_LIST_TYPES }, { listTypesOf }, { loadSchema }] = await Promise.all([
    import("../../apply/mod.ts"),
    import("../../change/mod.ts"),
    import("../../schema/mod.ts"),
  ]);
  try {
    return listTypesOf(
      await loadSchema(cluster.client, resource, { signal: io.signal, cache: memory.schemas }),
    );
  } catch {
    io.signal.throwIfAborted();
    return NO_LIST_TYPES; // only how a diff reads depends on it
  }
}
