import { OrkaError } from "../base/mod.ts";
import type { ConnectOptions } from "../client/mod.ts";
import { parseGoDuration } from "../kube/mod.ts";
import type { EmbeddedRequest } from "./io.ts";
import type { FlagValues } from "./parse.ts";

/** What the global flags say of the connection; undefined where a flag was not given. */
export function connectOptions(flags: FlagValues): ConnectOptions {
  const text = (name: string) => flags.text(name) || undefined;
  return {
    kubeconfig: text("kubeconfig"),
    context: text("context"),
    cluster: text("cluster"),
    user: text("user"),
    namespace: text("namespace"),
    server: text("server"),
    token: text("token"),
    username: text("username"),
    password: text("password"),
    as: text("as"),
    asGroups: flags.list("as-group"),
    asUid: text("as-uid"),
    asExtra: extras(flags.list("as-user-extra")),
    certificateAuthority: text("certificate-authority"),
    clientCertificate: text("client-certificate"),
    clientKey: text("client-key"),
    insecureSkipTlsVerify: flags.given("insecure-skip-tls-verify")
      ? flags.on("insecure-skip-tls-verify")
      : undefined,
    tlsServerName: text("tls-server-name"),
    requestTimeoutMs: requestTimeoutMs(flags.text("request-timeout")),
    cacheDir: text("cache-dir"),
  };
}

/** What `--embedded` asks for; undefined where it was not given. Throws `usage` beside flags that name a cluster. */
export function embeddedRequest(flags: FlagValues): EmbeddedRequest | undefined {
  const directory = flags.text("embedded");
  if (directory === undefined) return undefined;
  const other = ["kubeconfig", "context", "cluster", "user", "server"].find((name) => flags.text(name));
  if (other === undefined) return { directory: directory === "" ? null : directory };
  throw new OrkaError("usage", `--embedded is a cluster of its own: --${other} names another one`, {
    hint: `Leave one of them out.`,
  });
}

/** kubectl's rule: a Go duration, or a bare number of seconds; 0 waits for ever. undefined: not given. */
export function requestTimeoutMs(value: string | undefined): number | undefined {
  if (value === undefined || value === "") return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : parseGoDuration(value);
  if (ms !== null && ms >= 0) return ms;
  throw new OrkaError("usage", `Invalid timeout value "${value}".`, {
    hint:
      "Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)",
  });
}

function extras(pairs: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const found: Record<string, string[]> = {};
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    if (equals <= 0) throw new OrkaError("usage", `--as-user-extra must be KEY=VALUE: ${pair}`);
    (found[pair.slice(0, equals)] ??= []).push(pair.slice(equals + 1));
  }
  return found;
}
