/**
 * The service account of the pod that this runs in.
 * https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
 */
import type { ConnectOptions, Env } from "./connect_options.ts";
import type { Connection } from "./connection.ts";

const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/** The pod's connection, or null outside of a pod. `ORKA_SERVICE_ACCOUNT_DIR` moves the mount, for tests. */
export async function inClusterConnection(
  options: ConnectOptions,
  env: Env,
): Promise<Omit<Connection, "headers"> | null> {
  const host = env("KUBERNETES_SERVICE_HOST") ?? "";
  const port = env("KUBERNETES_SERVICE_PORT") ?? "";
  if (host === "" || port === "" || options.context || options.cluster || options.kubeconfig) return null;
  const dir = env("ORKA_SERVICE_ACCOUNT_DIR") || ACCOUNT;
  const [ca, namespace, token] = await Promise.all(
    ["ca.crt", "namespace", "token"].map((name) => Deno.readTextFile(`${dir}/${name}`).catch(() => null)),
  );
  if (token === null || token === undefined) return null;
  const server = `https://${host.includes(":") ? `[${host}]` : host}:${port}`;
  return {
    target: {
      server,
      context: "",
      cluster: "",
      user: "",
      namespace: options.namespace || namespace?.trim() || "default",
      contexts: [],
    },
    server: {
      server,
      ca: ca ?? null,
      skipVerify: options.insecureSkipTlsVerify ?? false,
      serverName: options.tlsServerName ?? "",
      proxyUrl: "",
    },
    user: {
      name: "",
      exec: null,
      authProvider: null,
      tokenFile: options.token === undefined ? `${dir}/token` : "",
      token: options.token ?? "",
      username: "",
      password: "",
      cert: null,
      key: null,
      dir: "",
    },
  };
}
