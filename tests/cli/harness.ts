/**
 * The command line in process, on a test server. A line of a test reads like the shell:
 *
 *     const orka = cliOn(server);
 *     (await orka("get", "pods")).stdout("NAME …\n").code(0);
 *
 * The default namespace is the test's own; `NS` is its name, in arguments and in what is expected. On the real
 * server ages of seconds read as `5m`: as old as objects on the embedded one are once a test has let them rest.
 */
import assert from "node:assert/strict";
import { type Clock, type ManualClock, systemClock } from "../../src/base/mod.ts";
import { BufferedOutput, type CliIo, type Output, runCli, type SessionRequest } from "../../src/cli/mod.ts";
import {
  type ConnectOptions,
  createClient,
  discover,
  type Fetch,
  type Target,
} from "../../src/client/mod.ts";
import type { Discovered } from "../../src/engine/mod.ts";
import type { Embedded } from "../support/embedded.ts";
import type { TestServer } from "../support/two_servers.ts";

/** What a command did; every check gives it back, so that checks chain. */
export class Ran {
  constructor(
    readonly line: string,
    readonly out: string,
    readonly err: string,
    readonly exitCode: number,
    readonly connected: readonly ConnectOptions[],
    readonly server: Pick<CliServer, "namespace" | "isReal"> = {},
  ) {}

  stdout(expected: string | RegExp): this {
    return this.#same(this.out, expected, "stdout");
  }

  stderr(expected: string | RegExp): this {
    return this.#same(this.err, expected, "stderr");
  }

  code(expected: number): this {
    assert.equal(this.exitCode, expected, `${this.line}: exit code\n${this.err}`);
    return this;
  }

  #same(text: string, expected: string | RegExp, what: string): this {
    const { isReal, namespace } = this.server;
    const still = (said: string) => isReal ? aged(said) : said;
    const where = `${this.line}: ${what}\n${this.err}`;
    if (typeof expected === "string") {
      assert.equal(still(text), still(withNamespace(expected, namespace)), where);
    } else {
      assert.match(still(text), new RegExp(withNamespace(expected.source, namespace), expected.flags), where);
    }
    return this;
  }
}

/** `NS` as the name of the namespace. */
export function withNamespace(text: string, namespace: string | undefined): string {
  return namespace === undefined ? text : text.replace(/\bNS\b/g, namespace);
}

/**
 * How far a test on the real server sets its clock on where one on the embedded server sets it on five minutes: from ten
 * minutes on ages have no seconds, so a slow moment changes none. `10m` is as wide as the column's header, as `5m` is.
 */
export const AGED_MS = 630_000;

/** Seconds, and those ten minutes, as five minutes, in columns as wide as before. */
function aged(text: string): string {
  const old = (all: string, spaces: string) => spaces === "" ? "5m" : "5m".padEnd(all.length);
  return text.replace(/(?<=^|\s)(?:\d+s|10m)( *)(?=\S|\n)/gm, old);
}

export interface CliOptions {
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  readonly stdin?: string;
  /** What the person types, question by question. */
  readonly answers?: string[];
  /** What happens while the person thinks. */
  readonly onQuestion?: () => Promise<void>;
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** stdin and stdout are terminals. */
  readonly terminal?: boolean;
  readonly target?: Partial<Target>;
  /** Sees stdout's text as it is written. */
  readonly onStdout?: (text: string) => void;
  /** Answers in the server's place where it gives something. */
  readonly fault?: (request: Request) => ResponseInit | null;
  /** What discovery says, from the cache and anew; all that `api` serves unless given. */
  readonly discover?: (options: { readonly refresh: boolean }) => Discovered;
  /** Called when a command that asks the server begins. */
  readonly onPrepare?: () => void;
  readonly session?: (request: SessionRequest) => Promise<number>;
}

export type Cli = (...args: string[]) => Promise<Ran>;

/** What a command line talks to. */
interface CliServer {
  readonly fetch: Fetch;
  readonly namespace?: string;
  readonly isReal?: boolean;
  discover(): Promise<Discovered>;
}

/** A test server, or what stands before one. */
export type Served = Pick<TestServer, "fetch" | "resources" | "namespace" | "clock" | "isReal">;

/** A command line whose every context is `server`. */
export function cliOn(server: Served, options: CliOptions = {}): Cli {
  const { fetch, clock, namespace, isReal } = server;
  const discover = () => Promise.resolve({ resources: server.resources, broken: [], cached: false });
  const target = { namespace, ...options.target };
  return cliOnServer({ fetch, namespace, isReal, discover }, { clock, ...options, target });
}

/** What the command line needs of an embedded server; a test may stand between. */
export interface Behind {
  readonly server: Pick<Embedded["server"], "handler">;
  readonly client: Embedded["client"];
}

/** A command line whose every context is the embedded cluster. */
export function cliOnEmbedded({ server, client }: Behind, options: CliOptions = {}): Cli {
  const signal = options.signal ?? new AbortController().signal;
  return cliOnServer({
    fetch: server.handler,
    discover: () => discover(client, { signal, refresh: true, cacheDir: null }),
  }, options);
}

function cliOnServer(server: CliServer, options: CliOptions): Cli {
  return async (...args) => {
    const out = new Captured(options.terminal ?? false, options.onStdout);
    const err = new Captured(options.terminal ?? false);
    const connected: ConnectOptions[] = [];
    const line = args.map((arg) => withNamespace(arg, server.namespace));
    const code = await runCli(line, fakeIo({ server, options, out: out.output, err: err.output, connected }));
    return new Ran(`orka ${line.join(" ")}`, out.text, err.text, code, connected, server);
  };
}

interface FakeIo {
  readonly server: CliServer;
  readonly options: CliOptions;
  readonly out: Output;
  readonly err: Output;
  readonly connected: ConnectOptions[];
}

function fakeIo({ server, options, out, err, connected }: FakeIo): CliIo {
  const files = options.files ?? {};
  return {
    stdout: out,
    stderr: err,
    stdinIsTerminal: options.terminal ?? false,
    ask: async (question) => {
      err.write(question);
      await options.onQuestion?.();
      return options.answers?.shift() ?? null;
    },
    readStdin: () => Promise.resolve(options.stdin ?? ""),
    readFile: (path) => Promise.resolve(files[path] ?? ""),
    listFiles: (path) => {
      const inside = Object.keys(files).filter((file) => file.startsWith(`${path}/`));
      return Promise.resolve(inside.length === 0 ? null : inside.sort());
    },
    env: (name) => options.env?.[name],
    clock: options.clock ?? systemClock,
    signal: options.signal ?? new AbortController().signal,
    program: "orka",
    backend: {
      prepare: () => options.onPrepare?.(),
      cluster: () =>
        Promise.resolve({
          connect: (asked: ConnectOptions, { writes } = {}) => {
            connected.push(asked);
            const clock = options.clock ?? systemClock;
            return Promise.resolve(
              createClient({
                fetch: faulty(server.fetch, options.fault),
                clock,
                writes,
                target: { namespace: "default", ...options.target },
              }),
            );
          },
          configNames: () =>
            Promise.resolve({ context: options.target?.contexts ?? [], cluster: ["c1"], user: ["u1", "u2"] }),
          discover: (_, asked) =>
            options.discover === undefined ? server.discover() : Promise.resolve(options.discover(asked)),
        }),
      session: options.session ?? (() => Promise.reject(new Error("no session in this test"))),
      residentBytes: () => 64 * 1024 * 1024,
    },
  };
}

function faulty(fetch: Fetch, fault: CliOptions["fault"]): Fetch {
  return (request) => {
    const answer = fault?.(request) ?? null;
    return answer === null ? fetch(request) : Promise.resolve(new Response("", answer));
  };
}

/** The command's end on a manual clock, which runs as long as the command does (two minutes at most). */
export async function settled(clock: ManualClock, run: Promise<Ran>): Promise<Ran> {
  let ran: Ran | null = null;
  run.then((value) => ran = value);
  for (let i = 0; i < 1_200 && ran === null; i++) await clock.advance(100);
  assert.ok(ran !== null, "the command hangs");
  return ran;
}

class Captured {
  text = "";
  readonly output: Output;

  constructor(isTerminal: boolean, onText?: (text: string) => void) {
    const decoder = new TextDecoder();
    this.output = new BufferedOutput(isTerminal, 80, (bytes) => {
      const text = decoder.decode(bytes, { stream: true });
      this.text += text;
      onText?.(text);
      return Promise.resolve();
    });
  }
}
