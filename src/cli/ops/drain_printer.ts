/** A drain as it goes: kubectl's lines on stdout, what holds it on stderr, and a counting line on a terminal. */
import { safeText } from "../../base/mod.ts";
import type { DrainEvent, DrainPod, DrainProgress } from "../../ops/mod.ts";
import type { CliIo } from "../io.ts";
import { podName } from "./drain_plan_text.ts";

/** When a person is told of finalizers that hold a pod. */
const PATIENCE_MS = 3_000;

export interface DrainPrinterOptions {
  readonly node: string;
  /** One event a line instead. */
  readonly json: boolean;
  /** `deleted` where pods were deleted past their budgets. */
  readonly done: "evicted" | "deleted";
}

export class DrainPrinter {
  readonly #io: CliIo;
  readonly #options: DrainPrinterOptions;
  /** In order: writes of one event never overtake those of another. */
  #tail: Promise<void> = Promise.resolve();
  #status = "";
  readonly #told = new Map<string, string>();
  readonly #endingSince = new Map<string, number>();

  constructor(io: CliIo, options: DrainPrinterOptions) {
    this.#io = io;
    this.#options = options;
  }

  event(event: DrainEvent): void {
    if (this.#options.json) {
      if (event.type !== "progress") this.#out(JSON.stringify(plain(event, this.#options.node)));
      return;
    }
    switch (event.type) {
      case "cordoned":
        return this.#out(`node/${this.#options.node} ${event.changed ? "" : "already "}cordoned`);
      case "evicting":
        return this.#out(
          `${this.#options.done === "evicted" ? "evicting" : "deleting"} pod ${podName(event.pod)}`,
        );
      case "evicted":
        return this.#out(`pod/${event.pod.name} ${this.#options.done}`);
      case "blocked":
        return this.#blocked(event.pod, event);
      case "failed":
        return this.#err(
          `error when evicting pods/"${event.pod.name}" -n "${event.pod.namespace}": ${event.error.message}`,
        );
      case "progress":
        return this.#progress(event.progress);
    }
  }

  /** Everything is out, and the counting line gone. */
  async end(): Promise<void> {
    this.#write(this.#io.stderr, this.#cleared());
    this.#status = "";
    await this.#tail;
  }

  /** Said once for each reason: it is tried every few seconds. */
  #blocked(pod: DrainPod, { error, retryMs }: Extract<DrainEvent, { type: "blocked" }>): void {
    if (this.#told.get(pod.uid) === error.message) return;
    this.#told.set(pod.uid, error.message);
    const retry = `will retry after ${retryMs / 1000}s`;
    this.#err(`error when evicting pods/"${pod.name}" -n "${pod.namespace}" (${retry}): ${error.message}`);
  }

  #progress({ total, evicted, failed, blocked, ending }: DrainProgress): void {
    const nowMs = this.#io.clock.monotonic();
    for (const { pod, finalizers } of ending) {
      const since = this.#endingSince.get(pod.uid) ?? nowMs;
      this.#endingSince.set(pod.uid, since);
      if (
        finalizers.length === 0 || nowMs - since < PATIENCE_MS || this.#told.get(pod.uid) === "finalizers"
      ) continue;
      this.#told.set(pod.uid, "finalizers");
      this.#err(`pod ${podName(pod)} waits for its finalizers: ${finalizers.join(", ")}`);
    }
    const counts = [
      `${evicted} of ${total} pods are gone`,
      ...ending.length > 0 ? [`${ending.length} ending`] : [],
      ...blocked.length > 0 ? [`${blocked.length} held back`] : [],
      ...failed > 0 ? [`${failed} failed`] : [],
    ];
    this.#show(counts.join(", "));
  }

  #show(status: string): void {
    if (!this.#io.stderr.isTerminal || status === this.#status) return;
    this.#status = status;
    this.#write(this.#io.stderr, `\r\x1b[K${status}`);
  }

  #cleared(): string {
    return this.#status === "" ? "" : "\r\x1b[K";
  }

  #out(line: string): void {
    this.#line(this.#io.stdout, line);
  }

  #err(line: string): void {
    this.#line(this.#io.stderr, line);
  }

  #line(output: CliIo["stdout"], line: string): void {
    const status = this.#status;
    if (status !== "") this.#write(this.#io.stderr, this.#cleared());
    this.#write(output, `${safeText(line)}\n`);
    if (status !== "") this.#write(this.#io.stderr, status);
  }

  #write(output: CliIo["stdout"], text: string): void {
    if (text === "") return;
    this.#tail = this.#tail.then(async () => {
      await output.write(text);
      await output.flush();
    });
    this.#tail.catch(() => {}); // `end` tells
  }
}

function plain(event: Exclude<DrainEvent, { type: "progress" }>, node: string): object {
  if (event.type === "cordoned") return { type: event.type, node, changed: event.changed };
  const { namespace, name } = event.pod;
  if (event.type === "evicting" || event.type === "evicted") {
    return { type: event.type, node, namespace, name };
  }
  const { message } = event.error;
  const retry = event.type === "blocked" ? { retryMs: event.retryMs } : {};
  return { type: event.type, node, namespace, name, message, ...retry };
}
