/** What a log stream carries: lines, and marks of what happened between them, each in its place. */
import type { OrkaError } from "../../base/mod.ts";
import { levelOf, type LogFields, type LogLevel, readFields } from "./log_fields.ts";

/** One container of one pod, through all its restarts. The same object for every entry of it. */
export interface LogSource {
  /** `namespace/pod/container`, unique within a stream. */
  readonly id: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly role: "container" | "init" | "ephemeral";
  /** Every container of the pod, this one too, as kubectl lists them: `web`, `setup (init)`, `shell (ephem)`. */
  readonly containers: readonly string[];
  /** From the pod's name alone, so that a pod keeps its colour from run to run; take it modulo the palette's size. */
  readonly hue: number;
}

const decoder = new TextDecoder();
const ascii = new TextDecoder("latin1");

/**
 * One line as the container wrote it. Text, level and fields are worked out when they are first asked for.
 *
 * 1. `bytes` are the container's own, without line break; `text` has U+FFFD where they are not UTF-8.
 * 2. Neither is safe for a terminal: escapes and controls are in it. See `safeText`.
 */
export class LogLine {
  readonly type = "line";
  readonly #stampBytes: number;
  #text: string | undefined;
  #fields: LogFields | null | undefined;
  #level: LogLevel | null | undefined;

  /** `raw` begins with the server's time in `stampBytes` bytes and a space; without it when 0. */
  constructor(
    readonly source: LogSource,
    /** Epoch ms by the node's clock, with fractions; of the line before where the server gave none. */
    readonly ms: number,
    /** With the server's time before it. */
    readonly raw: Uint8Array,
    { stampBytes, isWhole = true }: { readonly stampBytes: number; readonly isWhole?: boolean },
  ) {
    this.#stampBytes = stampBytes;
    this.isWhole = isWhole;
  }

  /** False for a last line that the container or a byte limit left without its line break. */
  readonly isWhole: boolean;

  /** The server's own time, up to nanoseconds: `2026-08-01T10:00:00.123456789Z`; empty where it gave none. */
  get stamp(): string {
    return ascii.decode(this.raw.subarray(0, this.#stampBytes));
  }

  get bytes(): Uint8Array {
    return this.#stampBytes === 0 ? this.raw : this.raw.subarray(this.#stampBytes + 1);
  }

  get pod(): string {
    return this.source.pod;
  }

  get container(): string {
    return this.source.container;
  }

  get text(): string {
    if (this.#text === undefined) {
      const text = decoder.decode(this.bytes);
      this.#text = text.endsWith("\r") ? text.slice(0, -1) : text;
    }
    return this.#text;
  }

  /** What a JSON or logfmt line says, in its order; null for other lines. */
  get fields(): LogFields | null {
    return this.#fields === undefined ? this.#fields = readFields(this.text) : this.#fields;
  }

  /** From the fields, or a word that a plain line carries where levels stand. */
  get level(): LogLevel | null {
    return this.#level === undefined ? this.#level = levelOf(this.text, this.fields) : this.#level;
  }
}

/**
 * What happened to a source, or to the stream.
 *
 * joined: a container's log is being read from here on. waiting: it has none yet, and why. restarted: a new
 * instance follows; what ended the one before. ended: it ran to its end. left: its pod is gone or was evicted.
 * reconnecting: the connection went; lines go on where they stopped. reconnected: they do. dropped: `count` lines
 * were lost here, because nobody read them and memory and disk were full. gap: lines may be missing here (a log that
 * was rotated while nobody was connected, restarts between two looks). failed: given up, and why.
 */
export type LogMarkKind =
  | "joined"
  | "waiting"
  | "restarted"
  | "ended"
  | "left"
  | "reconnecting"
  | "reconnected"
  | "dropped"
  | "gap"
  | "failed";

export interface LogMark {
  readonly type: "mark";
  readonly kind: LogMarkKind;
  /** null: the whole stream. */
  readonly source: LogSource | null;
  /** Epoch ms by this machine's clock. */
  readonly ms: number;
  /** For a person: `exit code 1 (Error)`, `ContainerCreating`, `Evicted: The node was low on resource: memory.` */
  readonly text: string;
  /** Lines, of `dropped`. */
  readonly count?: number;
  /** Of `failed` and `reconnecting`. */
  readonly error?: OrkaError;
}

export type LogEntry = LogLine | LogMark;

/** FNV-1a of a pod's name. */
function hueOf(pod: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < pod.length; i++) hash = Math.imul(hash ^ pod.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

export function logSource(
  facts: Pick<LogSource, "namespace" | "pod" | "container" | "role" | "containers">,
): LogSource {
  return { id: `${facts.namespace}/${facts.pod}/${facts.container}`, hue: hueOf(facts.pod), ...facts };
}
