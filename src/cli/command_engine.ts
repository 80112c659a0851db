/** The engine in this process, for verbs that print what it has once. */
import { createLogger, fromWire, readKnobs, type WireError } from "../base/mod.ts";
import { type Engine, openLocalEngine, type SearchOptions, type SearchUpdate } from "../engine/mod.ts";
import type { Cluster } from "./cluster.ts";
import type { CliIo } from "./io.ts";

/** Over the command's own connection, which it does not close. */
export function openCommandEngine(
  io: CliIo,
  cluster: Cluster,
  { keepRaw = true }: { readonly keepRaw?: boolean } = {},
): Engine {
  const knobs = readKnobs(io.env);
  return openLocalEngine(cluster.client, {
    clock: io.clock,
    knobs,
    log: createLogger("cli", {
      spec: knobs.log,
      clock: io.clock,
      sink: (line) => void io.stderr.write(line).catch(() => {}), // stderr has gone: nobody is left to tell
    }),
    keepRaw,
    followDiscovery: false,
    ownsClient: false,
    discovery: { cached: () => Promise.resolve(null), fetch: () => cluster.discover() },
  });
}

/** Whether a kind's feed has said what it will: a scripted verb does not wait for a refused list to be allowed. */
export function isSettled(
  { phase, error }: { readonly phase: string; readonly error: WireError | null },
): boolean {
  return phase === "live" ||
    (error !== null && ["denied", "unauthorized", "failed", "connecting"].includes(phase));
}

/** The answer once every kind has settled. Throws what refused all of them, or the signal's reason. */
export async function searchOnce(
  io: CliIo,
  { cluster, query, options }: {
    readonly cluster: Cluster;
    readonly query: string;
    readonly options: Omit<SearchOptions, "once">;
  },
): Promise<SearchUpdate> {
  await using engine = openCommandEngine(io, cluster);
  const { promise, resolve, reject } = Promise.withResolvers<SearchUpdate>();
  const onAbort = () => reject(io.signal.reason);
  io.signal.addEventListener("abort", onAbort, { once: true });
  if (io.signal.aborted) onAbort();
  const view = engine.openSearch(query, { ...options, once: true }, (update) => {
    if (!update.kinds.every(({ status }) => isSettled(status))) return;
    const refusal = refusedBy(update);
    if (refusal === null) resolve(update);
    else reject(refusal);
  });
  try {
    return await promise;
  } finally {
    io.signal.removeEventListener("abort", onAbort);
    view.close();
  }
}

/** The first kind's refusal, where none was listed. */
function refusedBy({ kinds }: SearchUpdate): Error | null {
  const errors = kinds.flatMap(({ status }) => status.phase === "live" ? [] : [status.error]);
  const [first] = errors;
  return first && errors.length === kinds.length ? fromWire(first) : null;
}
