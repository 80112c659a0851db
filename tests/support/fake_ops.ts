/** Operations that a test plays: logs that it writes, programs that it is the other end of. */
import { OrkaError } from "../../src/base/mod.ts";
import * as ops from "../../src/ops/mod.ts";
import type { ExecSession, ExecSpec, LogEntry, LogSpec, LogStream } from "../../src/ops/mod.ts";
import { sourceOf } from "./log_lines.ts";

/** One log stream that the session opened. */
class FakeLog implements LogStream {
  readonly sources = [sourceOf()];
  /** What `older` answers next; then nothing. */
  readonly past: LogEntry[][] = [];
  isClosed = false;
  #batches: LogEntry[][] = [];
  #end: { readonly error: Error | null } | null = null;
  #wake = () => {};

  constructor(readonly spec: LogSpec) {}

  write(...entries: LogEntry[]): void {
    this.#batches.push(entries);
    this.#wake();
  }

  end(error: Error | null = null): void {
    this.#end = { error };
    this.#wake();
  }

  older(): Promise<LogEntry[]> {
    return Promise.resolve(this.past.shift() ?? []);
  }

  blocks(): never {
    throw new Error("a pane reads lines");
  }

  close(): void {
    this.isClosed = true;
    this.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<LogEntry[]> {
    for (;;) {
      const batch = this.#batches.shift();
      if (batch !== undefined) yield batch;
      else if (this.#end?.error) throw this.#end.error;
      else if (this.#end !== null) return;
      else await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }
}

const encoder = new TextEncoder();

/** One program that the session began. */
class FakeProgram implements ExecSession {
  readonly stdin: WritableStream<Uint8Array>;
  readonly stdout: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly stderr = new ReadableStream<Uint8Array<ArrayBuffer>>({ start: (one) => one.close() });
  readonly endsStdin = true;
  readonly exit: Promise<{ code: number }>;
  /** What was typed. */
  typed = "";
  readonly sizes: string[] = [];
  #out!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  readonly #exit = Promise.withResolvers<{ code: number }>();
  #isOver = false;

  constructor(readonly spec: ExecSpec) {
    this.stdout = new ReadableStream({ start: (one) => void (this.#out = one) });
    this.stdin = new WritableStream({
      write: (bytes) => void (this.typed += new TextDecoder().decode(bytes)),
    });
    this.exit = this.#exit.promise;
    this.exit.catch(() => {});
  }

  print(text: string): void {
    this.#out.enqueue(encoder.encode(text));
  }

  ends(code: number): void {
    this.#settle(() => this.#exit.resolve({ code }));
  }

  fails(error: Error): void {
    this.#settle(() => this.#exit.reject(error));
  }

  resize({ columns, rows }: { columns: number; rows: number }): void {
    this.sizes.push(`${columns}x${rows}`);
  }

  close(): void {
    this.ends(0);
  }

  #settle(how: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#out.close();
    how();
  }
}

export class FakeOps {
  readonly logs: FakeLog[] = [];
  readonly programs: FakeProgram[] = [];
  /** Programs that no container has. */
  readonly missing = new Set<string>();

  /** As `SessionOptions.ops`; everything that is not played is the real thing. */
  readonly door = () => Promise.resolve({ ...ops, openLogs: this.#openLogs, openExec: this.#openExec });

  /** The newest log stream. */
  get log(): FakeLog {
    return this.logs.at(-1)!;
  }

  get program(): FakeProgram {
    return this.programs.at(-1)!;
  }

  readonly #openLogs: typeof ops.openLogs = (_client, spec, { signal } = {}) => {
    const log = new FakeLog(spec);
    signal?.addEventListener("abort", () => log.close());
    this.logs.push(log);
    return log;
  };

  readonly #openExec: typeof ops.openExec = (_client, spec, { size, signal } = {}) => {
    const program = new FakeProgram(spec);
    if (size) program.resize(size);
    signal?.addEventListener("abort", () => program.close());
    const [name = ""] = spec.command ?? [];
    if (this.missing.has(name)) {
      program.fails(new OrkaError("not-found", `exec: "${name}": executable file not found in $PATH`));
    }
    this.programs.push(program);
    return Promise.resolve(program);
  };
}
