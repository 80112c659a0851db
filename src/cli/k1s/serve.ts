/** The embedded cluster on a port of this machine, in the foreground. */
import { type Clock, OrkaError } from "../../base/mod.ts";
import {
  ApiServer,
  createMemoryStore,
  keptCertificates,
  keptSigningKey,
  kubeconfigText,
  openSqliteStore,
} from "../../k1s/mod.ts";
import { Listener } from "../../k1s/http/listener.ts";
import { BackdatedClock } from "../embedded/backdated_clock.ts";
import type { StoreDirectory } from "./store_directory.ts";

export interface ServeOptions {
  readonly directory: StoreDirectory;
  /** Objects are kept in memory and end with the process. */
  readonly inMemory: boolean;
  /** undefined: the one of last time, or any free one. */
  readonly port: number | undefined;
  /** A unix socket to listen on besides the port. */
  readonly socket?: string | undefined;
  readonly http: boolean;
  readonly demo: boolean;
  readonly clock: Clock;
}

const TOKEN_BYTES = 24;

/** Between looks at what other processes on the store left half done. */
const SWEEP_MS = 5_000;

/**
 * Serves until it is disposed; resolves when it answers and the kubeconfig is written. Errors: `already-exists` (it is
 * up), `io` (port taken, directory), those of the store.
 */
export async function serve(options: ServeOptions): Promise<AsyncDisposable & { readonly url: string }> {
  const { directory, inMemory, clock } = options;
  await directory.create();
  await using cleanup = new AsyncDisposableStack();
  await directory.refuseServed();
  const certificates = options.http ? undefined : await keptCertificates(directory.certificates, clock.now());
  const store = inMemory ? createMemoryStore({ clock }) : await openSqliteStore(directory.path, { clock });
  cleanup.defer(() => store.close());
  const serverClock = new BackdatedClock(clock);
  const server = await ApiServer.open({
    storage: store.tenant("default"),
    clock: serverClock,
    caCertificate: certificates?.ca,
    sweepMs: SWEEP_MS,
    // tokens outlive the process
    signingKey: await keptSigningKey(directory.certificates),
  });
  cleanup.defer(() => server.close());
  const token = certificates ? await keptToken(directory) : undefined;
  const listener = await listen(server, { ...options, certificates, token });
  // watches end before the connections do
  cleanup.defer(() => listener.close());
  if (options.socket !== undefined) {
    const local = await listenLocally(server, options.socket);
    cleanup.defer(() => local.close());
  }
  cleanup.defer(() => server.close());
  const { url } = listener;
  await directory.claim({ url, store: inMemory ? "memory" : directory.path, startedMs: clock.now() });
  cleanup.defer(() => directory.forget());
  await directory.write("kubeconfig", kubeconfigText({ name: "k1s", server: url, certificates, token }));
  if (options.demo) {
    const { loadDemo, runDemo } = await import("../embedded/demo.ts");
    await loadDemo(server.handler, { clock, backdate: serverClock });
    const demo = runDemo(server.handler, { clock });
    cleanup.defer(() => demo.stop());
  }
  const running = cleanup.move();
  return { url, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

type ListenOptions = Parameters<typeof Listener.listen>[1] & ServeOptions;

/** The port asked for; else the one of last time, so that kubeconfigs stay true; else any. */
async function listen(server: ApiServer, options: ListenOptions): Promise<Listener> {
  const { directory, port, certificates, token } = options;
  const at = (port: number) => Listener.listen(server, { port, certificates, token });
  if (port !== undefined && port !== 0) {
    return await at(port).catch((cause) => {
      const why = (cause as { code?: string }).code === "EADDRINUSE" ? "it is in use" : String(cause);
      throw new OrkaError("io", `cannot listen on port ${port}: ${why}`, { cause });
    });
  }
  const last = port === 0 ? 0 : Number(await directory.read("port") ?? 0);
  const listener = last > 0 ? await at(last).catch(() => at(0)) : await at(0);
  await directory.write("port", String(listener.port));
  return listener;
}

/** A socket file that a killed process left is in nobody's way. Errors: `io`. */
async function listenLocally(server: ApiServer, path: string): Promise<Listener> {
  const isServed = await Deno.connect({ transport: "unix", path }).then((connection) => {
    connection.close();
    return true;
  }, () => false);
  if (isServed) throw new OrkaError("io", `cannot listen on ${path}: another process does`);
  const file = await Deno.lstat(path).catch(() => undefined);
  if (file?.isSocket === true) await Deno.remove(path);
  return await Listener.listen(server, { socket: path }).catch((cause) => {
    throw new OrkaError("io", `cannot listen on ${path}: ${String(cause)}`, { cause });
  });
}

async function keptToken(directory: StoreDirectory): Promise<string> {
  const kept = await directory.read("token");
  if (kept) return kept;
  const token = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)).toHex();
  await directory.write("token", token);
  return token;
}
