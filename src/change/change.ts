/** One change of one object, as verbs and panes ask for it, and what came of it. */
import type { FieldChange, ObjectTarget } from "../apply/mod.ts";
import type { KubeObject } from "../kube/mod.ts";

export interface SendOptions {
  /** The server does everything but keep it. */
  readonly dryRun: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * 1. `send` is one request, and can be sent first as a dry run and then in earnest.
 * 2. It may be sent again only where the verb's own retry says so: nothing here sends twice what is no dry run.
 */
export interface Change {
  /** As the person called it: `scale`, `apply`, `edit`, `delete`. */
  readonly verb: string;
  readonly target: ObjectTarget;
  readonly fieldManager: string;
  /** Taken back by `undo`; default true. A restart can't be. */
  readonly canUndo?: boolean | undefined;
  /** The object (or subresource) as it was, where it has been read for this very change; else it is read. */
  readonly before?: KubeObject | null | undefined;
  /** The entry of the audit that this takes back. */
  readonly undoes?: number | undefined;
  /** The object as it is then; null where it is gone. */
  send(options: SendOptions): Promise<KubeObject | null>;
}

/** What a change does, or did. Secrets' values are as they are: mask before showing. */
export interface Outcome {
  readonly before: KubeObject | null;
  readonly after: KubeObject | null;
  /** Without noise. Empty: nothing changes. */
  readonly changes: readonly FieldChange[];
}
