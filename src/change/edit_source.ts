/** Where an edited text comes from, and what its documents mean: objects of the cluster, or the person's own manifest. */
import type { ListTypes, ObjectTarget } from "../apply/mod.ts";
import type { Client } from "../client/mod.ts";
import type { Resource } from "../kube/mod.ts";
import type { TextDocument } from "../schema/mod.ts";
import type { EditRequest } from "./edit_request.ts";
import type { Remark } from "./edit_text.ts";

/** What the documents of a text come to. */
export interface Understood {
  readonly requests: readonly EditRequest[];
  /** Why they can't be sent as they are. */
  readonly remarks: readonly Remark[];
  /** Instead of the person's text, where a new version was merged into it and they have to look. */
  readonly text?: string | undefined;
  /** An object that is not there any more. */
  readonly gone?: ObjectTarget | undefined;
}

export interface SourceContext {
  readonly client: Client;
  readonly fieldManager: string;
  /** How the kind's lists are matched, as the server sees them. */
  lists(resource: Resource): Promise<ListTypes>;
  readonly signal?: AbortSignal | undefined;
}

export interface EditSource {
  /** As the editor first shows it. */
  readonly text: string;
  /** Whether a text is worth sending that nobody changed. */
  readonly sendsUnchanged: boolean;
  /** The kind of a document; null where it is none that is served. */
  resource(value: unknown): Promise<Resource | null>;
  understand(documents: readonly TextDocument[], context: SourceContext): Promise<Understood>;
}
