/** From global flags to a cluster: connection, namespace, kinds. */
import { OrkaError } from "../base/mod.ts";
import { type Client, WriteGate } from "../client/mod.ts";
import type { Discovered } from "../engine/protocol.ts";
import type { Resource } from "../kube/mod.ts";
import { connectOptions, embeddedRequest } from "./connect_options.ts";
import type { ContextRule } from "./context_rules.ts";
import type { CliIo } from "./io.ts";
import type { FlagValues } from "./parse.ts";
import { withWarnings } from "./warnings.ts";

/** What a verb works on. */
export interface Cluster extends Disposable {
  readonly client: Client;
  /** Whether `client` sends changes: `--write`, `ORKA_WRITE` or a rule of the config file opens it. */
  readonly writes: WriteGate;
  /** Before anything destructive the object's name has to be typed. */
  readonly isProtected: boolean;
  /** The namespace that the flags or the context name. */
  readonly namespace: string;
  /** Served resources; from the disk cache where it is fresh, unless `refresh`. */
  discover(options?: { readonly refresh?: boolean }): Promise<Discovered>;
  /** Runs `use` on the served resources, and again on fresh ones when it does not know a kind. */
  resolve<T>(use: (resources: readonly Resource[]) => T): Promise<T>;
}

export interface OpenClusterOptions {
  /** The verb changes things where it is allowed to: the config file's rules are read. */
  readonly changes?: boolean | undefined;
}

/** Connects as the flags say. No request is sent yet. Throws OrkaError `kubeconfig`, `no-context` or `usage`. */
export async function openCluster(
  io: CliIo,
  flags: FlagValues,
  { changes = false }: OpenClusterOptions = {},
): Promise<Cluster> {
  const options = connectOptions(flags);
  const backend = await io.backend.cluster(embeddedRequest(flags));
  const writes = new WriteGate({ isOpen: false });
  const connected = withWarnings(await backend.connect(options, { writes }), io);
  const rule = changes ? await contextRule(io, connected.target.context) : null;
  if (changes && asksToWrite(io, flags, rule?.write ?? false)) writes.open();
  const level = flags.count("v") ?? 0;
  const client = level < 6 ? connected : (await import("./request_log.ts")).logged(connected, { io, level });
  const discover = ({ refresh = false } = {}) =>
    backend.discover(client, { refresh, signal: io.signal, cacheDir: options.cacheDir });
  return {
    client,
    writes,
    isProtected: rule?.protected ?? false,
    namespace: flags.text("namespace") || client.target.namespace || "default",
    discover,
    async resolve(use) {
      const found = await discover();
      try {
        return use(found.resources);
      } catch (error) {
        // The cache may be older than a CRD.
        if (!found.cached || !(error instanceof OrkaError) || error.code !== "unknown-kind") throw error;
        return use((await discover({ refresh: true })).resources);
      }
    },
    [Symbol.dispose]: () => client.close(),
  };
}

/** `--write` and `--write=false` go before `ORKA_WRITE`, and that before the config file. */
export function asksToWrite(io: Pick<CliIo, "env">, flags: FlagValues, ruled: boolean): boolean {
  if (flags.given("write")) return flags.on("write");
  const asked = io.env("ORKA_WRITE") ?? "";
  return asked === "" ? ruled : !["0", "false"].includes(asked.toLowerCase());
}

async function contextRule(io: CliIo, context: string): Promise<ContextRule> {
  const { readContextRules, ruleFor } = await import("./context_rules.ts");
  return ruleFor(await readContextRules(io), context);
}
