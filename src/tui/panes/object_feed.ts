/** One object followed while a pane shows it. */
import type { FeedStatus, ObjectRef, ObjectUpdate } from "../../engine/protocol.ts";
import { apiVersion, type KubeObject } from "../../kube/mod.ts";
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
      this.object = update.object === null ? this.object : named(update.object, this.ref);
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

/** Items of a list come without their kind: they have the collection's. */
function named(object: KubeObject, { resource }: ObjectRef): KubeObject {
  return object.kind ? object : { ...object, apiVersion: apiVersion(resource), kind: resource.kind };
}
