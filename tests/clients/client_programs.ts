/** The clients that `build` installs, for tests: where they are, and running them. */
import { startK1sServer } from "../support/k1s_server.ts";
import type { K1sServer } from "../support/k1s_server.ts";

const DIRECTORY = Deno.env.get("ORKA_CLIENTS_DIR") ??
  `${Deno.env.get("HOME") ?? ""}/.cache/orka-ci/clients`;

function pathOf(program: string): string | null {
  try {
    const path = `${DIRECTORY}/${program}`;
    Deno.statSync(path);
    return path;
  } catch {
    return null;
  }
}

/** A test with a program of `build`, on a server of its own; skipped, with its reason, where there is none. */
export function programTest(
  name: string,
  program: string,
  fn: (path: string, server: K1sServer) => Promise<void>,
): void {
  const path = pathOf(program);
  Deno.test({
    name: path ? name : `${name} (skipped: tests/clients/build has not made ${program})`,
    ignore: path === null,
    fn: async () => {
      await using server = await startK1sServer();
      await fn(path!, server);
    },
  });
}

/** Past it a program is killed. */
const LIMIT_MS = 60_000;

/** A program that is talked to by lines. */
export class LineProgram implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #timer: ReturnType<typeof setTimeout>;
  #text = "";
  /** All that it printed. */
  readonly printed: string[] = [];

  constructor(path: string, args: readonly string[]) {
    const streams = { stdin: "piped", stdout: "piped", stderr: "null" } as const;
    this.#child = new Deno.Command(path, { args: [...args], ...streams }).spawn();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    this.#input = this.#child.stdin.getWriter();
    this.#timer = setTimeout(() => this.#child.kill("SIGKILL"), LIMIT_MS);
  }

  async say(line: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(`${line}\n`));
  }

  /** The next line; throws when it ends before. */
  async next(): Promise<string> {
    while (!this.#text.includes("\n")) {
      const { value, done } = await this.#lines.read();
      if (done) throw new Error(`the program ended; it printed:\n${this.printed.join("\n")}`);
      this.#text += value;
    }
    const end = this.#text.indexOf("\n");
    const line = this.#text.slice(0, end);
    this.#text = this.#text.slice(end + 1);
    this.printed.push(line);
    return line;
  }

  /** Its exit code after SIGTERM. */
  async stop(): Promise<number> {
    this.#child.kill("SIGTERM");
    return (await this.#child.status).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer);
    await this.#input.close().catch(() => {});
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // it has ended
    }
    await this.#child.status;
    await this.#lines.cancel();
  }
}

/** Requests of a program in this process, as the administrator. */
export class Requests {
  readonly #server: K1sServer;

  constructor(server: K1sServer) {
    this.#server = server;
  }

  async get(path: string): Promise<Json> {
    return await (await this.#server.server.handler(new Request(`http://k1s${path}`))).json();
  }

  async post(path: string, object: object): Promise<void> {
    await this.#send("POST", path, { body: JSON.stringify(object), type: "application/json" });
  }

  async patch(path: string, patch: object): Promise<void> {
    await this.#send("PATCH", path, { body: JSON.stringify(patch), type: "application/merge-patch+json" });
  }

  async delete(path: string): Promise<void> {
    await this.#send("DELETE", path);
  }

  async #send(method: string, path: string, { body = "", type = "application/json" } = {}): Promise<void> {
    const init = { method, headers: { "content-type": type }, ...(body === "" ? {} : { body }) };
    const answer = await this.#server.server.handler(new Request(`http://k1s${path}`, init));
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${text}`);
  }

  /** The custom kind of the helm chart, which the programs work on. */
  async installCups(): Promise<void> {
    const file = new URL("./helm/chart/crds/cups.yaml", import.meta.url);
    const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    await this.#send("POST", path, { body: await Deno.readTextFile(file), type: "application/yaml" });
  }
}

/** What a test reads of an answer. */
export interface Json {
  readonly metadata: {
    readonly resourceVersion: string;
    readonly finalizers?: readonly string[];
    readonly ownerReferences?: readonly { readonly kind: string; readonly controller?: boolean }[];
  };
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, string>>;
  readonly items: readonly (Json & { readonly reason?: string })[];
  readonly code?: number;
}
