/**
 * The demo cluster: objects and steady changes, written through the API as any client would.
 *
 * 1. Loading again writes nothing anew: what is there stays as it is.
 * 2. After `stop` nothing is written and no timer runs.
 */
import type { Clock } from "../../base/mod.ts";
import type { Fetch } from "../../client/mod.ts";
import { type ApiAnswer, askApi } from "./api.ts";
import type { BackdatedClock } from "./backdated_clock.ts";
import { DemoChanges } from "./demo_changes.ts";
import { endDeletedPods } from "./demo_endings.ts";
import { demoObjects } from "./demo_objects.ts";

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
      running = changes.next().catch(() => {}).then(() => endDeletedPods(handler, clock)).catch(() => {})
        .then(arm);
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
