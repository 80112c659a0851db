/**
 * An embedded server for the clients of others: TLS on a free port of this machine, objects in memory, a kubeconfig
 * in a directory of its own, and a log of what was asked.
 */
import { ApiServer, createMemoryStore, keptCertificates, kubeconfigText, listen } from "../../src/k1s/mod.ts";

/** One request as it came, and how it was answered. */
export interface LoggedRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly accept: string;
  readonly contentType: string;
  readonly userAgent: string;
  readonly status: number;
  readonly answerType: string;
}

export interface K1sServer extends AsyncDisposable {
  readonly url: string;
  /** Of the file. */
  readonly kubeconfig: string;
  /** For what a test writes; goes away with the server. */
  readonly directory: string;
  readonly server: ApiServer;
  /** In the order of the answers' heads; a watch is there as soon as it begins. */
  readonly requests: readonly LoggedRequest[];
  /** Cuts every connection, as a server that dies does; it listens again on the same port with its objects. */
  reconnect(): Promise<void>;
}

const TOKEN = "0123456789abcdef";

/** Serves until the scope's end. */
export async function startK1sServer(): Promise<K1sServer> {
  await using cleanup = new AsyncDisposableStack();
  const directory = await Deno.makeTempDir({ prefix: "orka-clients-" });
  cleanup.defer(() => Deno.remove(directory, { recursive: true }));
  const certificates = await keptCertificates(`${directory}/certificates`, Date.now());
  const store = createMemoryStore();
  cleanup.defer(() => store.close());
  const server = await ApiServer.open({ storage: store.tenant("default"), caCertificate: certificates.ca });
  cleanup.defer(() => server.close());
  const requests = logged(server);
  let listener = await listen(server, { certificates, token: TOKEN });
  cleanup.defer(() => listener.close());
  const { url, port } = listener;
  const kubeconfig = `${directory}/kubeconfig`;
  await Deno.writeTextFile(
    kubeconfig,
    kubeconfigText({ name: "k1s", server: url, certificates, token: TOKEN }),
  );
  const running = cleanup.move();
  return {
    url,
    kubeconfig,
    directory,
    server,
    requests,
    reconnect: async () => {
      await listener.close();
      listener = await listen(server, { certificates, token: TOKEN, port });
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function logged(server: ApiServer): LoggedRequest[] {
  const log: LoggedRequest[] = [];
  const handle = server.handle.bind(server);
  server.handle = async (request, user) => {
    const { pathname, search } = new URL(request.url);
    const response = await handle(request, user);
    const of = (headers: Headers, name: string) => headers.get(name) ?? "";
    log.push({
      method: request.method,
      target: pathname + search,
      accept: of(request.headers, "accept"),
      contentType: of(request.headers, "content-type"),
      userAgent: of(request.headers, "user-agent"),
      status: response.status,
      answerType: of(response.headers, "content-type"),
    });
    return response;
  };
  return log;
}
