/**
 * The demo cluster: objects and steady changes, written through the API as any client would.
 *
 * 1. Loading again writes nothing anew: what is there stays as it is.
 * 2. After `stop` nothing is written and no timer runs.
 */
import type { Clock } from "../../base/mod.ts";
import type { Fetch } from "../../client/mod.ts";
import { type ApiAnswer, askApi } from "./api.ts";
import { DemoChanges } from "./demo_changes.ts";
import { demoObjects } from "./demo_objects.ts";

/** The server's clock, which tells a time of the past while the demo is written: its objects have ages. */
export class BackdatedClock implements Clock {
  #offsetMs = 0;

  constructor(private readonly clock: Clock) {}

  /** `now` says `ms`, and goes on from there; null: the real time. */
  set(ms: number | null): void {
    this.#offsetMs = ms === null ? 0 : ms - this.clock.now();
  }

  now(): number {
    return this.clock.now() + this.#offsetMs;
  }

  monotonic(): number {
    return this.clock.monotonic();
  }

  timer(delayMs: number, fn: () => void): Disposable {
    return this.clock.timer(delayMs, fn);
  }

  sleep(delayMs: number, options?: { signal?: AbortSignal | undefined }): Promise<void> {
    return this.clock.sleep(delayMs, options);
  }
}

export interface DemoOptions {
  readonly clock: Clock;
  /** The server's own, where objects are to have ages. */
  readonly backdate?: BackdatedClock | undefined;
}

/** Writes the demo's objects. Throws the server's words where it refuses one. */
export async function loadDemo(handler: Fetch, { clock, backdate }: DemoOptions): Promise<void> {
  const owners = new Map<string, Record<string, unknown>>();
  try {
    for (const { path, object, status, owner, createdMs } of demoObjects(clock.now())) {
      backdate?.set(createdMs);
      const metadata = object["metadata"] as Record<string, unknown>;
      const name = String(metadata["name"]);
      const reference = owner === undefined ? undefined : owners.get(owner);
      const body = reference
        ? { ...object, metadata: { ...metadata, ownerReferences: [reference] } }
        : object;
      const made = await askApi(handler, "POST", { path, body });
      const answer = made.status === 409 ? await askApi(handler, "GET", { path: `${path}/${name}` }) : made;
      if (!answer.ok) throw new Error(`The demo's ${path}/${name}: ${answer.body.message}`);
      owners.set(`${path}/${name}`, ownerReference(object, answer));
      if (made.ok && status) {
        await askApi(handler, "PATCH", { path: `${path}/${name}/status`, body: { status } });
      }
    }
  } finally {
    backdate?.set(null);
  }
}

function ownerReference({ apiVersion, kind }: Record<string, unknown>, { body }: ApiAnswer) {
  const { name, uid } = body.metadata ?? {};
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}

/** Between changes. */
export const CHANGE_MS = 1_500;

/** Lets things happen, one change every `CHANGE_MS`, until it is stopped. */
export function runDemo(handler: Fetch, { clock }: Pick<DemoOptions, "clock">): { stop(): Promise<void> } {
  const changes = new DemoChanges(handler, clock);
  let timer: Disposable | undefined;
  let running: Promise<void> = Promise.resolve();
  let isOver = false;
  const arm = () => {
    if (isOver) return;
    timer = clock.timer(CHANGE_MS, () => {
      // a change that fails (someone deleted what it is about) is no reason to end the others
      running = changes.next().catch(() => {}).then(arm);
    });
  };
  arm();
  return {
    async stop() {
      isOver = true;
      timer?.[Symbol.dispose]();
      await running;
    },
  };
}
