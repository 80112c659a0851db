/**
 * The demo's node: its containers write logs, hold a toy shell and answer on every port. Nothing is kept: which lines
 * there are follows from the clock and from when the container started, so that two looks at a log agree.
 */
import type { Clock } from "../../base/mod.ts";
import {
  ApiError,
  type ExecOptions,
  type LogOptions,
  type PodRuntime,
  type PortConnection,
  type ProcessInput,
  type RunningProcess,
} from "../../k1s/mod.ts";
import { programOf } from "./demo_lines.ts";
import { demoPort } from "./demo_ports.ts";
import { type DemoContainer, runInDemo } from "./demo_shell.ts";
import { type ServedLog, serveLog } from "./serve_log.ts";

/** Older lines have been rotated away, in steps of so many lines. */
const KEPT_MS = 30 * 60_000;
const ROTATION_LINES = 500;
/** What an instance that has ended wrote. */
const ENDED_LINES = 20;

type Pod = Parameters<PodRuntime["logs"]>[0];

interface ContainerStatus {
  readonly name?: string;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

interface ContainerState {
  readonly running?: { readonly startedAt?: string };
  readonly terminated?: { readonly startedAt?: string; readonly finishedAt?: string };
  readonly waiting?: { readonly reason?: string };
}

export class DemoRuntime implements PodRuntime {
  constructor(private readonly clock: Clock) {}

  logs(pod: Pod, options: LogOptions, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const { clock } = this;
    const log = demoLog(pod, { ...options, clock });
    return Promise.resolve(serveLog(log, options, { nowMs: clock.now(), signal }));
  }

  exec(pod: Pod, options: ExecOptions, input: ProcessInput): Promise<RunningProcess> {
    return Promise.resolve(runInDemo(placeOf(pod, options.container), options, input));
  }

  attach(pod: Pod, options: ExecOptions, input: ProcessInput): Promise<RunningProcess> {
    return this.exec(pod, { ...options, command: ["sh"] }, input);
  }

  portForward(pod: Pod, port: number): Promise<PortConnection> {
    return Promise.resolve(demoPort(placeOf(pod, "").pod, port));
  }
}

function placeOf(pod: Pod, container: string): DemoContainer {
  const { metadata, spec } = pod as unknown as {
    readonly metadata: { readonly name: string; readonly namespace: string };
    readonly spec?: { readonly containers?: readonly { readonly name: string; readonly image?: string }[] };
  };
  const found = spec?.containers?.find(({ name }) => name === container);
  return { namespace: metadata.namespace, pod: metadata.name, container, image: found?.image ?? "" };
}

interface DemoLogOptions extends Pick<LogOptions, "container" | "previous"> {
  readonly clock: Clock;
}

/** Throws 400, in the node's words, where the container has no such log. */
function demoLog(pod: Pod, { container, previous, clock }: DemoLogOptions): ServedLog {
  const { metadata, status } = pod as unknown as {
    readonly metadata: { readonly name: string };
    readonly status?: { readonly containerStatuses?: readonly ContainerStatus[] };
  };
  const found = status?.containerStatuses?.find(({ name }) => name === container);
  const { running, terminated, waiting } = found?.state ?? {};
  const ended = found?.lastState?.terminated;
  const who = `container ${JSON.stringify(container)} in pod ${JSON.stringify(metadata.name)}`;
  const refuse = (message: string) => new ApiError(400, "BadRequest", message);
  if (previous && ended === undefined) throw refuse(`previous terminated ${who} not found`);
  if (!previous && running !== undefined) {
    return runningLog(startMs(running.startedAt), { pod: metadata.name, container, clock });
  }
  const over = previous ? ended : terminated ?? ended;
  if (over !== undefined) {
    return endedLog(startMs(over.startedAt), { container, crashes: over === ended });
  }
  throw refuse(`${who} is waiting to start: ${waiting?.reason ?? "ContainerCreating"}`);
}

function startMs(text: string | undefined): number {
  return text === undefined ? 0 : Date.parse(text);
}

function runningLog(
  startedMs: number,
  { pod, container, clock }: Pick<DemoLogOptions, "container" | "clock"> & { readonly pod: string },
): ServedLog {
  const { everyMs, write } = programOf(container, { crashes: false });
  // Pods of a workload do not say the same at the same time.
  const own = [...pod].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 10_007, 7);
  const msOf = (at: number) => startedMs + (at + 1) * everyMs + ((at + own) * 7919) % Math.ceil(everyMs / 2);
  const count = () => {
    const latest = Math.max(0, Math.floor((clock.now() - startedMs) / everyMs));
    let lines = Math.max(0, latest - 2);
    while (msOf(lines) <= clock.now()) lines++;
    return lines;
  };
  const oldest = Math.floor((clock.now() - startedMs - KEPT_MS) / everyMs / ROTATION_LINES) * ROTATION_LINES;
  return {
    first: Math.max(0, oldest),
    count,
    line: (at) => ({ ms: msOf(at), nanos: (at * 7_919) % 1_000_000, text: write(at + own, msOf(at)) }),
    isOver: () => false,
    more: (signal) => clock.sleep(Math.max(1, msOf(count()) - clock.now()), { signal }),
  };
}

function endedLog(
  startedMs: number,
  { container, crashes }: { readonly container: string; readonly crashes: boolean },
): ServedLog {
  const { everyMs, write } = programOf(container, { crashes });
  const msOf = (at: number) => startedMs + at * everyMs;
  return {
    first: 0,
    count: () => ENDED_LINES,
    line: (at) => ({ ms: msOf(at), nanos: (at * 7_919) % 1_000_000, text: write(at, msOf(at)) }),
    isOver: () => true,
    more: () => Promise.resolve(),
  };
}
