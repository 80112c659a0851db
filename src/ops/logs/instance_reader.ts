/**
 * The log of one instance of a container (from its start to its exit), over any number of connections.
 *
 * 1. Every whole line goes to the sink once, in the server's order.
 * 2. What stands after the last line break goes to the sink only when the log is known to have ended.
 * 3. A follower that has been quiet for a while asks for the newest line beside it: one that it should have had means
 *    that its connection is dead, though nobody said so.
 */
import { backoffMs, Cancelled, type Clock, OrkaError } from "../../base/mod.ts";
import type { Client } from "../../client/mod.ts";
import { LineCutter } from "./line_cutter.ts";
import type { LogMarkKind, LogSource } from "./log_entry.ts";
import { isPassing, type LogQuery, requestLog } from "./log_request.ts";
import { compareStamps, readStamp, secondsText, type Stamp, stampLength } from "./log_stamp.ts";
import { type Replay, ResumeWindow } from "./resume.ts";

export interface LogSink {
  /** Whole lines with their stamps; the last lacks its line break when not `isWhole`. A promise holds the reader up. */
  block(bytes: Uint8Array, isWhole: boolean): Promise<void> | undefined;
  mark(kind: LogMarkKind, text: string, error?: OrkaError): void;
}

export interface InstanceReaderOptions {
  readonly client: Client;
  readonly source: LogSource;
  readonly sink: LogSink;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly random: () => number;
  /** Where to begin. */
  readonly first: Pick<LogQuery, "tailLines" | "sinceSeconds" | "sinceTime">;
  /**
   * Asked where a connection begins with what does not follow: whether another instance has come in this one's place.
   * The node serves it some time before the pod tells of it. Not given: none is expected.
   */
  readonly isOver?: (() => Promise<boolean>) | undefined;
}

/** The node answers with the log of the instance that came after. Nothing of it was handed on. */
export class InstanceOver extends Error {}

export interface ReadAllOptions {
  readonly previous?: boolean;
  readonly checks?: boolean;
}

interface ConnectionEnd {
  readonly replay: Replay;
  readonly isPrevious: boolean;
  /** What stood after the last line break. */
  readonly rest: Uint8Array | null;
}

interface Handing {
  readonly replay: Replay;
  readonly isSeed: boolean;
  readonly isWhole: boolean;
  readonly isPrevious: boolean;
}

const BACKOFF = { baseMs: 250, maxMs: 15_000 };
/** Tries of a log that is not followed, in a row and without a byte. */
const MOST_TRIES = 5;
/** A node that counts the pieces of a long line as lines would never say what it said before. */
const MOST_DOUBTS = 3;
/** A follower that is quiet for so long looks whether it should be; twice as long each time that it should. */
const QUIET_MS = 30_000;
const LONGEST_QUIET_MS = 4 * 60_000;
/** A line that is already on its way comes within this. */
const GRACE_MS = 2_000;

export class InstanceReader {
  readonly #options: InstanceReaderOptions;
  readonly #window = new ResumeWindow();
  readonly #openedMs: number;
  #attempt = 0;
  #isOut = false;
  /** The last connection was accepted and quiet: the log was empty. */
  #wasEmpty = false;
  /** A connection was ended in good order: what the next one brings may be of another instance. */
  #hasEnded = false;
  #chunks = 0;
  #connected: AbortController | null = null;

  constructor(options: InstanceReaderOptions) {
    this.#options = options;
    this.#openedMs = options.clock.now();
  }

  /**
   * Reads what there is, to the end. `checks`: asks for the newest line then, and reads on where it was not among
   * them, since a connection between server and node may end in good order before its time. Throws OrkaError,
   * InstanceOver unless it is `previous` that is read, or the signal's reason.
   */
  async readAll({ previous = false, checks = false }: ReadAllOptions = {}): Promise<void> {
    for (let [tries, doubts] = [0, 0];;) {
      const before = this.#chunks;
      try {
        const end = await this.#connection({ previous });
        const isDoubtful = !end.replay.isDone || (checks && !await this.#hasNewest(end, previous));
        if (!isDoubtful || doubts++ >= MOST_DOUBTS) return await this.#handRest(end);
        await this.#pause(null);
      } catch (error) {
        if (!isPassing(error, { hasWorked: this.#chunks > 0 })) throw error;
        tries = this.#chunks > before ? 0 : tries + 1;
        if (tries >= MOST_TRIES) throw error;
        await this.#pause(error);
      }
    }
  }

  /**
   * Follows until the server says that the log has ended, or the connection goes: whoever knows the pod decides what is
   * next. Throws OrkaError for a refusal, InstanceOver, or the signal's reason.
   */
  async follow(): Promise<"ended" | "cut"> {
    try {
      await this.#connection({ follow: true });
      this.#hasEnded = true;
      return "ended";
    } catch (error) {
      if (!isPassing(error, { hasWorked: this.#chunks > 0 })) throw error;
      await this.#pause(error);
      return "cut";
    }
  }

  /** The connection has nothing to wait for any more: `follow` gives "cut". */
  cut(): void {
    this.#connected?.abort(new OrkaError("timeout", "the log has ended, and its connection did not"));
  }

  /** Before a next try where the server ended what goes on: an ever longer wait while nothing comes. */
  async pause(): Promise<void> {
    await this.#pause(null);
  }

  async #pause(error: OrkaError | null): Promise<void> {
    const { clock, random, sink, signal } = this.#options;
    if (error !== null && this.#attempt > 0 && !this.#isOut) {
      this.#isOut = true;
      sink.mark("reconnecting", error.message, error);
    }
    const delayMs = this.#attempt === 0 ? 0 : backoffMs(this.#attempt - 1, { ...BACKOFF, random });
    this.#attempt++;
    const asked = (error?.retryAfterSeconds ?? 0) * 1000;
    if (Math.max(delayMs, asked) > 0) await clock.sleep(Math.max(delayMs, asked), { signal });
  }

  async #connection(query: Pick<LogQuery, "follow" | "previous">): Promise<ConnectionEnd> {
    const { client, source, signal, clock } = this.#options;
    const connection = this.#connected = new AbortController();
    const onAbort = () => connection.abort(signal.reason);
    signal.throwIfAborted();
    signal.addEventListener("abort", onAbort, { once: true });
    const replay = this.#window.replay();
    const cutter = new LineCutter();
    const began = { ms: clock.monotonic(), chunks: this.#chunks, isOpen: false };
    const isSeed = this.#seeds(query);
    const isPrevious = query.previous === true;
    using _watch = query.follow ? this.#watchQuiet(connection) : null;
    try {
      await requestLog(client, source, {
        query: { ...query, ...this.#from(isSeed) },
        signal: connection.signal,
        clock,
        onOpen: () => {
          began.isOpen = true;
          this.#opened();
        },
        onChunk: (chunk) => {
          this.#chunks++;
          const block = cutter.push(chunk);
          return block === null
            ? undefined
            : this.#hand(block.bytes, { replay, isSeed, isWhole: block.isWhole, isPrevious });
        },
      });
      return { replay, rest: cutter.rest()?.bytes ?? null, isPrevious };
    } finally {
      signal.removeEventListener("abort", onAbort);
      this.#wasEmpty = began.isOpen && this.#chunks === began.chunks && clock.monotonic() - began.ms > 1_000;
      connection.abort(new Cancelled());
    }
  }

  async #handRest({ replay, rest, isPrevious }: ConnectionEnd): Promise<void> {
    if (rest !== null) {
      await this.#hand(rest, { replay, isSeed: false, isWhole: false, isPrevious });
    }
  }

  async #hasNewest({ rest }: ConnectionEnd, previous: boolean): Promise<boolean> {
    const newest = await this.#newestLine({ previous, signal: this.#options.signal });
    if (newest === null) return rest === null;
    if (rest !== null) {
      return rest.length === newest.bytes.length && rest.every((byte, at) => byte === newest.bytes[at]);
    }
    const known = this.#window.newest;
    return known !== null && compareStamps(newest.stamp, known) <= 0;
  }

  #opened(): void {
    if (this.#isOut) this.#options.sink.mark("reconnected", "");
    this.#isOut = false;
  }

  /** `tailLines: 0` asks for the last line too: what comes after it can then be told whenever the connection goes. */
  #seeds(query: Pick<LogQuery, "follow" | "previous">): boolean {
    return query.follow === true && this.#options.first.tailLines === 0 && this.#window.isEmpty &&
      !this.#wasEmpty;
  }

  #from(isSeed: boolean): LogQuery {
    const { sinceTime } = this.#window;
    if (sinceTime !== null) return { sinceTime };
    const { first } = this.#options;
    if (isSeed) return { ...first, tailLines: 1 };
    if (!this.#wasEmpty) return first;
    // It was empty then, so that all of it is new. The node's `since` would count from now.
    const sinceMs = first.sinceSeconds === undefined ? null : this.#openedMs - first.sinceSeconds * 1000;
    if (sinceMs !== null) return { sinceTime: secondsText(Math.floor(sinceMs / 1000)) };
    return first.sinceTime === undefined ? {} : { sinceTime: first.sinceTime };
  }

  #hand(bytes: Uint8Array, how: Handing): Promise<void> | undefined {
    const { replay } = how;
    const hadGap = replay.hasGap;
    const fresh = replay.isDone ? bytes : replay.fresh(bytes);
    const isGap = replay.hasGap && !hadGap;
    const isFirst = this.#window.isEmpty;
    const { isOver } = this.#options;
    const isDoubtful = isGap || (isFirst && this.#hasEnded);
    if (how.isPrevious || !isDoubtful || isOver === undefined) return this.#pass(fresh, how, isGap);
    return isOver().then((isSo) => {
      if (isSo) throw new InstanceOver();
      return this.#pass(fresh, how, isGap);
    });
  }

  #pass(fresh: Uint8Array | null, how: Handing, isGap: boolean): Promise<void> | undefined {
    const { sink } = this.#options;
    if (isGap) sink.mark("gap", "the node rotated the log meanwhile; lines may be missing");
    if (fresh === null) return undefined;
    this.#attempt = 0;
    const isFirst = this.#window.isEmpty;
    if (how.isWhole) this.#window.note(fresh);
    if (how.isSeed && isFirst) fresh = fresh.subarray(fresh.indexOf(10) + 1);
    return fresh.length === 0 ? undefined : sink.block(fresh, how.isWhole);
  }

  /** Cuts a connection that has missed a line. */
  #watchQuiet(connection: AbortController): Disposable {
    const { clock } = this.#options;
    let timer: Disposable | null = null;
    let seen = this.#chunks;
    let before: Stamp | null = null;
    let quietMs = QUIET_MS;
    const look = async () => {
      const chunks = this.#chunks;
      quietMs = chunks === seen ? Math.min(quietMs * 2, LONGEST_QUIET_MS) : QUIET_MS;
      if (chunks === seen) {
        const newest = (await this.#newestLine({ signal: connection.signal }))?.stamp ?? null;
        const known = this.#window.newest ?? before;
        before = newest ?? before;
        if (newest !== null && known !== null && compareStamps(newest, known) > 0) {
          await clock.sleep(GRACE_MS, { signal: connection.signal });
          if (this.#chunks === chunks) {
            connection.abort(new OrkaError("timeout", "the connection went quiet while the log went on"));
          }
        }
      }
      seen = this.#chunks;
      arm();
    };
    const arm = () => {
      if (connection.signal.aborted) return;
      timer = clock.timer(quietMs, () => void look().catch(() => arm()));
    };
    arm();
    return { [Symbol.dispose]: () => timer?.[Symbol.dispose]() };
  }

  async #newestLine(
    { previous = false, signal }: { readonly previous?: boolean; readonly signal: AbortSignal },
  ): Promise<{ readonly bytes: Uint8Array; readonly stamp: Stamp } | null> {
    const { client, source, clock } = this.#options;
    const cutter = new LineCutter();
    let bytes = new Uint8Array(0);
    await requestLog(client, source, {
      query: { tailLines: 1, previous },
      signal,
      clock,
      onChunk: (chunk) => void (bytes = new Uint8Array(cutter.push(chunk)?.bytes ?? bytes)),
    });
    const rest = cutter.rest()?.bytes ?? bytes;
    const length = stampLength(rest, 0);
    return length === 0 ? null : { bytes: rest, stamp: readStamp(rest, 0, length) };
  }
}
