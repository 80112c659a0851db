/**
 * What runs pods, for the subresources that need it: logs, exec, attach, port forwarding. Absent by default: then the
 * server answers what the real one answers for a pod whose node can't be reached. A simulated node implements it.
 *
 * Streams are plain web streams, so that a runtime knows nothing of WebSockets: the listener carries them over
 * `v4` and `v5.channel.k8s.io`, a program in this process over a pair of message ports.
 *
 * 1. A runtime is only asked for pods that exist and for containers that they have.
 * 2. `signal` aborts when the client is gone or the server closes; what a runtime has open it closes then.
 * 3. A stream's end says that the process closed it; `exit` says how the process ended.
 */
import type { JsonObject } from "../registry/mod.ts";

export interface LogOptions {
  readonly container: string;
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly sinceSeconds: number | undefined;
  /** Epoch ms. */
  readonly sinceMs: number | undefined;
  readonly tailLines: number | undefined;
  readonly limitBytes: number | undefined;
}

export interface ExecOptions {
  readonly container: string;
  /** Empty for attach. */
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/** What a process reads: its input and the sizes of its terminal. */
export interface ProcessInput {
  /** Ends when the client closes it; empty where no stdin was asked for. */
  readonly stdin: ReadableStream<Uint8Array>;
  readonly sizes: ReadableStream<TerminalSize>;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** A process that has begun. */
export interface RunningProcess {
  readonly stdout?: ReadableStream<Uint8Array> | undefined;
  readonly stderr?: ReadableStream<Uint8Array> | undefined;
  readonly exit: Promise<ProcessExit>;
}

export interface ProcessExit {
  readonly code: number;
  /** Where it never ran; the client is told. */
  readonly error?: string | undefined;
}

/** A port of a pod: bytes in both directions. */
export interface PortConnection {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}

/** Each call may throw an ApiError, which is the answer. */
export interface PodRuntime {
  logs(pod: JsonObject, options: LogOptions, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  exec(pod: JsonObject, options: ExecOptions, io: ProcessInput, signal: AbortSignal): Promise<RunningProcess>;
  attach(
    pod: JsonObject,
    options: ExecOptions,
    io: ProcessInput,
    signal: AbortSignal,
  ): Promise<RunningProcess>;
  portForward(pod: JsonObject, port: number, signal: AbortSignal): Promise<PortConnection>;
}
