/** What proves who asks, made anew when it expires or the server refuses it. Nothing of it is written to disk. */
import { Cancelled, type Clock, OrkaError } from "../base/mod.ts";
import { type Fields, mapField, textField } from "./config_file.ts";
import type { Env } from "./connect_options.ts";
import type { Connection, UserSettings } from "./connection.ts";
import type { Credentials } from "./http_client.ts";

/** A client certificate and its key, PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** Credentials that may also decide the TLS identity, as exec plugins do. */
export interface UserCredentials extends Credentials {
  /** The certificate to connect with; null for none. */
  identity(): Promise<Identity | null>;
}

export interface CredentialOptions {
  readonly clock: Clock;
  readonly env: Env;
  readonly signal?: AbortSignal | undefined;
  /** What an exec plugin says on stderr while it runs: sign-in prompts. */
  readonly onPluginOutput?: ((text: string) => void) | undefined;
}

/** In client-go's order: exec plugin, auth provider, token file, token, basic. */
export function createCredentials(connection: Connection, options: CredentialOptions): UserCredentials {
  const { user } = connection;
  if (user.exec !== null) return new ExecCredentials(connection, options);
  if (user.authProvider !== null) return new ProviderCredentials(user);
  if (user.tokenFile !== "") return new TokenFile(user, options.clock);
  if (user.token !== "") return new FixedHeader(user, `Bearer ${user.token}`);
  if (user.username !== "") {
    return new FixedHeader(user, `Basic ${base64(`${user.username}:${user.password}`)}`);
  }
  return new FixedHeader(user, null);
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

function ownIdentity({ cert, key }: UserSettings): Identity | null {
  return cert !== null && key !== null ? { cert, key } : null;
}

class FixedHeader implements UserCredentials {
  constructor(readonly user: UserSettings, readonly authorization: string | null) {}

  headers(): Promise<Readonly<Record<string, string>>> {
    return Promise.resolve(this.authorization === null ? {} : { authorization: this.authorization });
  }

  refresh(): Promise<boolean> {
    return Promise.resolve(false);
  }

  identity(): Promise<Identity | null> {
    return Promise.resolve(ownIdentity(this.user));
  }
}

/** As long as client-go keeps a token that it read from a file. */
const TOKEN_FILE_MS = 60_000;

/** A token that something else rotates: service accounts. */
class TokenFile implements UserCredentials {
  readonly #clock: Clock;
  #token = "";
  #readMs = -Infinity;

  constructor(readonly user: UserSettings, clock: Clock) {
    this.#clock = clock;
  }

  async headers(): Promise<Readonly<Record<string, string>>> {
    if (this.#clock.monotonic() - this.#readMs >= TOKEN_FILE_MS) await this.#read();
    return { authorization: `Bearer ${this.#token}` };
  }

  async refresh(): Promise<boolean> {
    const before = this.#token;
    await this.#read();
    return this.#token !== before;
  }

  identity(): Promise<Identity | null> {
    return Promise.resolve(ownIdentity(this.user));
  }

  async #read(): Promise<void> {
    try {
      this.#token = (await Deno.readTextFile(this.user.tokenFile)).trim();
      this.#readMs = this.#clock.monotonic();
    } catch (cause) {
      const message = `unable to read token file ${this.user.tokenFile}: ${cause}`;
      throw new OrkaError("kubeconfig", message, { cause });
    }
  }
}

/** A plugin's last answer, until it expires. */
class ExecCredentials implements UserCredentials {
  readonly #connection: Connection;
  readonly #options: CredentialOptions;
  #current: Promise<ExecAnswer> | null = null;
  #running = false;
  readonly #closing = new AbortController();

  constructor(connection: Connection, options: CredentialOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  async headers(): Promise<Readonly<Record<string, string>>> {
    const { token } = await this.#answer();
    return token === "" ? {} : { authorization: `Bearer ${token}` };
  }

  /** A run that is under way was started after what the server refused. */
  refresh(): Promise<boolean> {
    if (!this.#running) this.#current = null;
    return Promise.resolve(true);
  }

  close(): void {
    this.#closing.abort(new Cancelled("the client was closed"));
  }

  async identity(): Promise<Identity | null> {
    return (await this.#answer()).identity ?? ownIdentity(this.#connection.user);
  }

  /** Requests that start together share one run. */
  async #answer(): Promise<ExecAnswer> {
    const current = this.#current;
    if (current !== null) {
      const known = await current;
      if (known.expiresMs > this.#options.clock.now()) return known;
      if (this.#current === current) this.#current = null;
    }
    return await (this.#current ??= this.#run());
  }

  async #run(): Promise<ExecAnswer> {
    this.#running = true;
    try {
      const { runExecPlugin } = await import("./exec_plugin.ts");
      const { signal } = this.#options;
      const ends = [this.#closing.signal, ...(signal ? [signal] : [])];
      return await runExecPlugin(this.#connection, { ...this.#options, signal: AbortSignal.any(ends) });
    } catch (error) {
      this.#current = null;
      throw error;
    } finally {
      this.#running = false;
    }
  }
}

/** What an exec plugin gave. */
export interface ExecAnswer {
  readonly token: string;
  readonly identity: Identity | null;
  /** Epoch ms; Infinity when the plugin named no time. */
  readonly expiresMs: number;
}

/** `auth-provider: oidc` (and what else the field's client knows), by that client, loaded now. */
class ProviderCredentials implements UserCredentials {
  #config: Promise<{ applyToHTTPSOptions(options: object): Promise<void> }> | null = null;

  constructor(readonly user: UserSettings) {}

  async headers(): Promise<Readonly<Record<string, string>>> {
    this.#config ??= this.#load();
    const options: { headers?: Record<string, string> } = { headers: {} };
    try {
      await (await this.#config).applyToHTTPSOptions(options);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new OrkaError("unauthorized", `auth provider "${this.#name()}" failed: ${why}`, { cause });
    }
    const authorization = options.headers?.["Authorization"];
    if (authorization) return { authorization };
    throw new OrkaError("unauthorized", `auth provider "${this.#name()}" gave no token: sign in again`);
  }

  refresh(): Promise<boolean> {
    this.#config = null;
    return Promise.resolve(true);
  }

  identity(): Promise<Identity | null> {
    return Promise.resolve(ownIdentity(this.user));
  }

  #name(): string {
    return textField(this.user.authProvider!, "name");
  }

  async #load() {
    const { KubeConfig } = await import("@kubernetes/client-node");
    const config = new KubeConfig();
    const provider = {
      name: this.#name(),
      config: { ...mapField(this.user.authProvider!, "config") } as Fields,
    };
    config.loadFromOptions({
      clusters: [{ name: "c", server: "https://unused", skipTLSVerify: false }],
      users: [{ name: "u", authProvider: provider }],
      contexts: [{ name: "x", cluster: "c", user: "u" }],
      currentContext: "x",
    });
    return config as { applyToHTTPSOptions(options: object): Promise<void> };
  }
}
