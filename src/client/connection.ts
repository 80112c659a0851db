/** From options and kubeconfig to what a connection needs, nothing of it opened yet. */
import { OrkaError } from "../base/mod.ts";
import { nearMiss } from "../kube/mod.ts";
import type { Target } from "./client.ts";
import { type Fields, flagField, listField, mapField, textField } from "./config_file.ts";
import type { ConnectOptions, Env } from "./connect_options.ts";
import { inClusterConnection } from "./in_cluster.ts";
import { type Entry, type Kubeconfig, loadKubeconfig, resolvePath } from "./kubeconfig.ts";
import { readPem } from "./pem.ts";

/** The server's side of TLS, and the way there. PEM texts. */
export interface ServerSettings {
  readonly server: string;
  readonly ca: string | null;
  readonly skipVerify: boolean;
  /** Checked in place of the URL's host; empty: the host. */
  readonly serverName: string;
  /** Empty: what the environment says. */
  readonly proxyUrl: string;
}

/** The user's side. One of them proves who asks; several may be set, and the first of this order counts. */
export interface UserSettings {
  readonly name: string;
  /** https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins */
  readonly exec: Fields | null;
  readonly authProvider: Fields | null;
  readonly tokenFile: string;
  readonly token: string;
  readonly username: string;
  readonly password: string;
  /** Besides any of those. */
  readonly cert: string | null;
  readonly key: string | null;
  /** Where an exec plugin's relative command starts from. */
  readonly dir: string;
}

export interface Connection {
  readonly target: Target;
  readonly server: ServerSettings;
  readonly user: UserSettings;
  /** Sent with every request: impersonation. */
  readonly headers: readonly (readonly [string, string])[];
}

/** Reads kubeconfigs and the files that they name. Throws `kubeconfig` or `no-context`. */
export async function resolveConnection(options: ConnectOptions, env: Env): Promise<Connection> {
  const config = await loadKubeconfig(env, options.kubeconfig);
  const chosen = config.files.length > 0 || options.server ? null : await inClusterConnection(options, env);
  if (chosen !== null) return { ...chosen, headers: impersonation(options, undefined) };
  const context = chooseContext(config, options);
  const clusterName = options.cluster ?? textField(context?.fields, "cluster");
  const userName = options.user ?? textField(context?.fields, "user");
  const cluster = named(config.clusters, clusterName, { what: "cluster", asked: options.cluster, config });
  const user = named(config.users, userName, { what: "user", asked: options.user, config });
  const server = await serverSettings(cluster, options, { config, user });
  const target: Target = {
    server: server.server,
    context: options.context ?? config.currentContext,
    cluster: clusterName,
    user: userName,
    namespace: options.namespace || textField(context?.fields, "namespace") || "default",
    contexts: [...config.contexts.keys()],
  };
  return {
    target,
    server,
    user: await userSettings(user, userName, options),
    headers: impersonation(options, user?.fields),
  };
}

function chooseContext(config: Kubeconfig, options: ConnectOptions): Entry | undefined {
  const name = options.context ?? config.currentContext;
  if (name === "") {
    if (options.server || options.cluster || config.contexts.size === 0) return undefined;
    const names = [...config.contexts.keys()];
    throw new OrkaError("no-context", `no current context is set in ${config.files.join(", ")}`, {
      hint: `--context chooses one of: ${names.join(", ")}`,
    });
  }
  return named(config.contexts, name, { what: "context", asked: options.context, config });
}

function named(
  entries: ReadonlyMap<string, Entry>,
  name: string,
  about: { what: string; asked: string | undefined; config: Kubeconfig },
): Entry | undefined {
  const found = entries.get(name);
  if (found || name === "") return found;
  const { what, config } = about;
  const near = nearMiss(name, [...entries.keys()]);
  const known = [...entries.keys()].join(", ");
  const hint = near !== undefined
    ? `did you mean "${near}"?`
    : known === ""
    ? undefined
    : `there are: ${known}`;
  const where = config.files.length > 0 ? ` in ${config.files.join(", ")}` : "";
  throw new OrkaError("no-context", `${what} "${name}" does not exist${where}`, { hint });
}

async function serverSettings(
  cluster: Entry | undefined,
  options: ConnectOptions,
  { config, user }: { config: Kubeconfig; user: Entry | undefined },
): Promise<ServerSettings> {
  const fields = cluster?.fields;
  const server = options.server ?? textField(fields, "server");
  if (server === "") throw noServer(config, cluster);
  // A CA on the command line asks for the check that the kubeconfig leaves out.
  const skipVerify = options.insecureSkipTlsVerify ??
    (options.certificateAuthority ? false : flagField(fields, "insecure-skip-tls-verify"));
  const from = { entry: cluster, what: "certificate-authority", override: options.certificateAuthority };
  const ca = skipVerify ? null : await readPem(from);
  return {
    server: normalServer(server, skipVerify || ca !== null || hasCertificate(user, options)),
    ca,
    skipVerify,
    serverName: options.tlsServerName ?? textField(fields, "tls-server-name"),
    proxyUrl: textField(fields, "proxy-url"),
  };
}

function noServer(config: Kubeconfig, cluster: Entry | undefined): OrkaError {
  if (cluster) return new OrkaError("kubeconfig", `a cluster in ${cluster.file} has no server`);
  const message = config.files.length > 0
    ? `no cluster is configured in ${config.files.join(", ")}`
    : `no cluster is configured: ${
      config.tried.join(", ") || "no home directory, no KUBECONFIG"
    }: no such file`;
  return new OrkaError("kubeconfig", message, {
    hint: "name a kubeconfig with --kubeconfig or KUBECONFIG, or a server with --server; " +
      "--embedded works on a cluster inside Orka",
  });
}

/** As kubectl takes them: without a scheme it is HTTPS where TLS is configured, plain HTTP elsewhere. */
function normalServer(server: string, tls: boolean): string {
  const whole = /^https?:\/\//.test(server) ? server : `${tls ? "https" : "http"}://${server}`;
  const url = URL.parse(whole);
  if (url === null) throw new OrkaError("kubeconfig", `the server "${server}" is no URL`);
  return url.href.replace(/\/+$/, "");
}

function hasCertificate(user: Entry | undefined, options: ConnectOptions): boolean {
  return [
    options.clientCertificate ?? "",
    textField(user?.fields, "client-certificate"),
    textField(user?.fields, "client-certificate-data"),
  ].some((named) => named !== "");
}

async function userSettings(
  user: Entry | undefined,
  name: string,
  options: ConnectOptions,
): Promise<UserSettings> {
  const fields = user?.fields;
  const tokenFile = textField(fields, "tokenFile");
  const overridden = options.token !== undefined || options.username !== undefined;
  const [cert, key] = await Promise.all([
    readPem({ entry: user, what: "client-certificate", override: options.clientCertificate }),
    readPem({ entry: user, what: "client-key", override: options.clientKey }),
  ]);
  if ((cert === null) !== (key === null)) {
    const missing = cert === null ? "client-certificate" : "client-key";
    throw new OrkaError("kubeconfig", `user "${name}" has no ${missing} to go with its other half`);
  }
  return {
    name,
    exec: overridden ? null : mapField(fields, "exec") ?? null,
    authProvider: overridden ? null : mapField(fields, "auth-provider") ?? null,
    tokenFile: overridden || tokenFile === "" ? "" : resolvePath(tokenFile, user!.dir),
    token: options.token ?? (options.username === undefined ? textField(fields, "token") : ""),
    username: options.username ?? (overridden ? "" : textField(fields, "username")),
    password: options.password ?? (overridden ? "" : textField(fields, "password")),
    cert,
    key,
    dir: user?.dir ?? "",
  };
}

function impersonation(options: ConnectOptions, user: Fields | undefined): (readonly [string, string])[] {
  const headers: [string, string][] = [];
  const as = options.as ?? textField(user, "as");
  const groups = options.asGroups?.length ? options.asGroups : listField(user, "as-groups").map(String);
  const uid = options.asUid ?? textField(user, "as-uid");
  const extra = options.asExtra ?? mapField(user, "as-user-extra") ?? {};
  if (as !== "") headers.push(["Impersonate-User", as]);
  for (const group of groups) headers.push(["Impersonate-Group", group]);
  if (uid !== "") headers.push(["Impersonate-Uid", uid]);
  for (const [key, values] of Object.entries(extra)) {
    for (const value of Array.isArray(values) ? values : []) {
      headers.push([`Impersonate-Extra-${encodeURIComponent(key)}`, String(value)]);
    }
  }
  if (as === "" && headers.length > 0) {
    throw new OrkaError("usage", "requesting groups, uid or extra for a user needs the user too", {
      hint: "add --as USER",
    });
  }
  return headers;
}
