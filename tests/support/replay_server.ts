/**
 * A server made of recorded streams: lists what the frames played so far have made of the first list, and plays more
 * of them when told. Cuts, expiries, bursts and rubbish are the test's to order.
 */
import type { Fetch } from "../../src/client/mod.ts";
import type { RecordedFrame, RecordedRow, RecordedTable, Stream } from "./recorded.ts";

const encoder = new TextEncoder();

interface Tape {
  readonly stream: Stream;
  readonly rows: Map<string, RecordedRow>;
  version: string;
  next: number;
  watch: ReadableStreamDefaultController<Uint8Array> | null;
  /** Frames played so far, for watches that come back. */
  readonly played: { readonly version: string; readonly line: string }[];
  expired: boolean;
}

export class ReplayServer {
  readonly #tapes = new Map<string, Tape>();
  /** Lists asked for, pages not counted. */
  lists = 0;

  constructor(streams: readonly Stream[]) {
    for (const stream of streams) {
      const rows = stream.pages.flatMap((page) => page.rows);
      this.#tapes.set(stream.path, {
        stream,
        rows: new Map(rows.map((row) => [row.object.metadata.uid!, row])),
        version: stream.pages[0]!.metadata.resourceVersion,
        next: 0,
        watch: null,
        played: [],
        expired: false,
      });
    }
  }

  readonly fetch: Fetch = (request) => {
    const { pathname, searchParams } = new URL(request.url);
    const tape = this.#tapes.get(pathname);
    if (!tape) return Promise.resolve(Response.json({ kind: "Status", code: 404 }, { status: 404 }));
    const watch = searchParams.get("watch") === "true";
    return Promise.resolve(
      watch
        ? new Response(this.#watch(tape, searchParams.get("resourceVersion")!, request.signal))
        : Response.json(this.#list(tape, searchParams)),
    );
  };

  /** True when every stream is watched. */
  get watched(): boolean {
    return [...this.#tapes.values()].every((tape) => tape.watch !== null);
  }

  get done(): boolean {
    return [...this.#tapes.values()].every((tape) => tape.next >= tape.stream.frames.length);
  }

  /** Plays the next frames of every stream as one chunk each; `disturb` may change their lines on the way. */
  play(count: number, disturb: (lines: string[]) => string[] = (lines) => lines): void {
    for (const tape of this.#tapes.values()) {
      const lines: string[] = [];
      for (const end = Math.min(tape.stream.frames.length, tape.next + count); tape.next < end; tape.next++) {
        lines.push(this.#take(tape, tape.stream.frames[tape.next]!));
      }
      this.#send(tape, disturb(lines));
    }
  }

  /** Anything as lines of every watch, e.g. rubbish. */
  write(lines: string[]): void {
    for (const tape of this.#tapes.values()) this.#send(tape, lines);
  }

  /** Ends every watch; `half` of a frame goes out first. */
  cut(half = false): void {
    for (const tape of this.#tapes.values()) {
      if (half) tape.watch?.enqueue(encoder.encode('{"type":"MODIFIED","object":{"kind":"Ta'));
      tape.watch?.close();
      tape.watch = null;
    }
  }

  /** Forgets history: the next watch gets a 410. */
  expire(): void {
    for (const tape of this.#tapes.values()) tape.expired = true;
    this.cut();
  }

  #take(tape: Tape, frame: RecordedFrame): string {
    const table = frame.object;
    for (const row of frame.type === "BOOKMARK" ? [] : table.rows) {
      const uid = row.object.metadata.uid!;
      if (frame.type === "DELETED") tape.rows.delete(uid);
      else tape.rows.set(uid, row);
      tape.version = row.object.metadata.resourceVersion!;
    }
    const line = `${JSON.stringify(frame)}\n`;
    tape.played.push({ version: tape.version, line });
    return line;
  }

  #send(tape: Tape, lines: readonly string[]): void {
    if (lines.length > 0) tape.watch?.enqueue(encoder.encode(lines.join("")));
  }

  #watch(tape: Tape, from: string, signal: AbortSignal): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        if (tape.expired) {
          tape.expired = false;
          const status = {
            kind: "Status",
            apiVersion: "v1",
            status: "Failure",
            code: 410,
            reason: "Expired",
            message: "too old",
          };
          controller.enqueue(encoder.encode(`${JSON.stringify({ type: "ERROR", object: status })}\n`));
          return controller.close();
        }
        tape.watch = controller;
        const close = () => {
          if (tape.watch !== controller) return;
          tape.watch = null;
          controller.error(signal.reason);
        };
        signal.addEventListener("abort", close, { once: true });
        this.#send(tape, tape.played.filter((p) => Number(p.version) > Number(from)).map((p) => p.line));
      },
      cancel: () => void (tape.watch = null),
    });
  }

  #list(tape: Tape, query: URLSearchParams): RecordedTable {
    const from = Number(query.get("continue") ?? 0);
    if (from === 0) this.lists++;
    const rows = [...tape.rows.values()];
    // Small pages, so that every list has several.
    const page = rows.slice(from, from + 3);
    const rest = rows.length - from - page.length;
    return {
      kind: "Table",
      apiVersion: "meta.k8s.io/v1",
      metadata: {
        resourceVersion: tape.version,
        ...rest > 0 ? { continue: String(from + 3), remainingItemCount: rest } : {},
      },
      columnDefinitions: tape.stream.pages[0]!.columnDefinitions!,
      rows: page,
    };
  }
}
