/** How to reach a cluster, as flags and knobs say it. Plain data: it is posted to Workers. */
export interface ConnectOptions {
  /** Only this file; otherwise KUBECONFIG's list, otherwise ~/.kube/config, otherwise the pod's service account. */
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  readonly cluster?: string | undefined;
  readonly user?: string | undefined;
  readonly namespace?: string | undefined;
  readonly server?: string | undefined;
  readonly token?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation */
  readonly as?: string | undefined;
  readonly asGroups?: readonly string[] | undefined;
  readonly asUid?: string | undefined;
  readonly asExtra?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Files. */
  readonly certificateAuthority?: string | undefined;
  readonly clientCertificate?: string | undefined;
  readonly clientKey?: string | undefined;
  readonly insecureSkipTlsVerify?: boolean | undefined;
  readonly tlsServerName?: string | undefined;
  /** Milliseconds until an answer's headers; 0 waits for ever. 30 s unless given. */
  readonly requestTimeoutMs?: number | undefined;
  /** Where kubectl would keep its caches: ~/.kube/cache unless given. */
  readonly cacheDir?: string | undefined;
  /** Variables that count in place of the process's: KUBECONFIG, HOME, proxies. Those not named are unset. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** Reads one environment variable. */
export type Env = (name: string) => string | undefined;

/** The process's environment; a variable that may not be read counts as unset. */
export function processEnv(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch {
    return undefined;
  }
}

/** The home directory, empty where there is none. */
export function homeDir(env: Env): string {
  return env("HOME") || env("USERPROFILE") || "";
}
