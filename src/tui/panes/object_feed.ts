/** One object followed while a pane shows it. */
import type { FeedStatus, ObjectRef, ObjectUpdate } from "../../engine/protocol.ts";
import type { KubeObject } from "../../kube/mod.ts";
import type { PaneHost } from "../pane.ts";

export class ObjectFeed {
  object: KubeObject | null = null;
  deleted = false;
  status: FeedStatus | null = null;
  #subscription: Disposable | null = null;

  constructor(readonly host: PaneHost, readonly ref: ObjectRef) {}

  open(events: boolean, onChange: (update: ObjectUpdate) => void): void {
    const { engine } = this.host;
    if (engine === null || this.#subscription !== null) return;
    this.#subscription = engine.openObject(this.ref, { events }, (update) => {
      if (this.#subscription === null) return;
      this.object = update.object ?? this.object;
      // what a view of the kind holds lacks managedFields: no version to compare
      if (update.object !== null && update.status.phase !== "stale") {
        this.host.versions.add(update.object, this.host.clock.now());
      }
      this.deleted = update.deleted;
      this.status = update.status;
      onChange(update);
      this.host.invalidate();
    });
  }

  close(): void {
    this.#subscription?.[Symbol.dispose]();
    this.#subscription = null;
  }
}
