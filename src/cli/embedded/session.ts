/** The session on a cluster inside this process: no Worker and no socket, the engine reads the handler. */
import { createLogger, readKnobs, systemClock } from "../../base/mod.ts";
import type { SessionOptions } from "../../tui/mod.ts";
import type { EmbeddedRequest } from "../io.ts";
import type { EmbeddedCluster } from "./cluster.ts";
import { DEMO_NAMESPACE, EMBEDDED } from "./names.ts";

export interface EmbeddedSession extends AsyncDisposable {
  readonly options: Pick<SessionOptions, "connect" | "contexts" | "context" | "notice" | "clusterFlags">;
}

export interface EmbeddedSessionOptions {
  /** The kubeconfig files that were looked for; null when the person asked for the embedded cluster. */
  readonly missing: readonly string[] | null;
}

/** Opened when the session first connects; to be disposed after the session. */
export function embeddedSession(
  { directory }: EmbeddedRequest,
  { missing }: EmbeddedSessionOptions,
): EmbeddedSession {
  let opening: Promise<EmbeddedCluster> | undefined;
  const opened = async () => {
    const { EmbeddedCluster } = await import("./cluster.ts");
    return await EmbeddedCluster.open({ directory, lives: true });
  };
  const options: EmbeddedSession["options"] = {
    context: EMBEDDED,
    clusterFlags: directory === null ? "--embedded" : `--embedded=${quoted(directory)}`,
    notice: noticeText(directory, missing),
    async connect() {
      opening ??= opened();
      // A store that can't be opened now is tried again with the next connection.
      const cluster = await opening.catch((error) => {
        opening = undefined;
        throw error;
      });
      const { WriteGate } = await import("../../client/mod.ts");
      const { clientDiscovery, openLocalEngine } = await import("../../engine/mod.ts");
      const knobs = readKnobs((name) => Deno.env.get(name));
      const log = createLogger("engine", { spec: knobs.log, sink: () => {}, clock: systemClock });
      const discovery = clientDiscovery({});
      const writes = new WriteGate({ isOpen: false, hint: ":write allows changes" });
      return openLocalEngine(cluster.client({ writes }), {
        discovery,
        knobs,
        log,
        writes,
        followDiscovery: true,
      });
    },
    contexts: () =>
      Promise.resolve([{
        name: EMBEDDED,
        cluster: EMBEDDED,
        user: EMBEDDED,
        namespace: directory === null ? DEMO_NAMESPACE : "",
      }]),
  };
  return {
    options,
    async [Symbol.asyncDispose]() {
      await (await opening?.catch(() => undefined))?.close();
    },
  };
}

/** Quoted for a POSIX shell where needed. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** What one sees, and why. */
function noticeText(directory: string | null, missing: readonly string[] | null): string {
  if (missing !== null) {
    const where = missing.length === 0 ? "" : ` at ${missing.join(", ")}`;
    return `No kubeconfig${where}: this is a demo on the embedded cluster, inside this process`;
  }
  return directory === null
    ? "The embedded cluster with its demo, inside this process: it ends with the session"
    : `The embedded cluster of ${directory}, inside this process`;
}
