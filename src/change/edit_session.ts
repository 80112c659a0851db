/**
 * An edit from its text to its requests, and every decision in between; no files, no editor, no questions. A verb or a
 * pane shows `text` in an editor, gives what comes back to `read`, and does what the step says:
 *
 * ```text
 * text -> editor -> read -> unchanged | again (edit the new text) | gone
 *                        -> conflict -> takeOver | dropFields | edit again
 *                        -> ready -> a person's yes -> refreshed (a step again?) -> performChange of every edit -> failed -> (a step again)
 * ```
 */
import {
  type FieldConflict,
  fieldConflicts,
  type ListTypes,
  NO_LIST_TYPES,
  type ObjectTarget,
  readObject,
} from "../apply/mod.ts";
import { isCancelled, OrkaError } from "../base/mod.ts";
import type { Client } from "../client/mod.ts";
import { apiVersion, type Resource } from "../kube/mod.ts";
import {
  type KindSchema,
  loadSchema,
  type Problem,
  readDocuments,
  type SchemaStore,
  type TextDocument,
  type Validator,
} from "../schema/mod.ts";
import type { Change, Outcome } from "./change.ts";
import { editChange, type EditRequest, type RemovedField, withoutConflicts } from "./edit_request.ts";
import type { EditSource } from "./edit_source.ts";
import { problemRemark, type Remark, remarkText, withoutRemarks, withRemarks } from "./edit_text.ts";
import type { EditFreshness } from "./freshness.ts";
import { previewChange } from "./run_change.ts";
import { listTypesOf } from "./schema_lists.ts";

/** One object's edit that the server would take. */
export interface PlannedEdit {
  readonly change: Change;
  /** By the server's dry run; Secrets' values are as they are: `maskOutcome` before showing. */
  readonly outcome: Outcome;
  /** Fields that it takes out though others set them. */
  readonly removed: readonly RemovedField[];
}

export type EditStep =
  /** Nothing to send. */
  | { readonly type: "unchanged" }
  /** The text can't be sent: `text` is the one to edit next; `reasons` count lines in the one that was read. */
  | { readonly type: "again"; readonly text: string; readonly reasons: readonly string[] }
  /** Others own fields that the edit sets: `takeOver`, `dropFields`, or edit `text` again. */
  | {
    readonly type: "conflict";
    readonly target: ObjectTarget;
    readonly conflicts: readonly FieldConflict[];
    readonly text: string;
  }
  /** The object was deleted meanwhile. */
  | { readonly type: "gone"; readonly target: ObjectTarget }
  | {
    readonly type: "ready";
    readonly edits: readonly PlannedEdit[];
    /** What the schema leaves to the server, and what was not checked. */
    readonly warnings: readonly string[];
  };

export interface EditSessionOptions {
  readonly client: Client;
  readonly source: EditSource;
  /** null: only the server checks. */
  readonly validator: Validator | null;
  readonly schemas?: SchemaStore | undefined;
  /** `orka` unless given. */
  readonly fieldManager?: string | undefined;
  /** undefined: `refreshed` takes everything for fresh. */
  readonly freshness?: EditFreshness | undefined;
  /** As the memory calls it; `edit` unless given. */
  readonly verb?: string | undefined;
  /** Of requests whose call gives none. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * 1. Nothing is changed here: what is sent are reads and dry runs. The changes of `ready` do the rest, by the caller.
 * 2. A step's text is all that the person typed, or that with the cluster's new version merged into it; keep it in a
 *    file until the edit is done.
 * 3. Errors that the text can't mend (no connection, no right) are thrown as they are.
 */
export class EditSession {
  readonly #options: EditSessionOptions;
  readonly #schemas = new Map<string, Promise<KindSchema | null>>();
  #body: string;
  /** Orka's lines above it in the text that was read last. */
  #above = 0;
  #requests: readonly EditRequest[] = [];
  /** When their objects were read, ms of the monotonic clock. */
  #readMs = 0;
  #conflict: { readonly request: EditRequest; readonly conflicts: readonly FieldConflict[] } | null = null;
  #warnings: readonly string[] = [];
  /** Faults that the text had before it was edited: they are nobody's now. */
  #known: ReadonlySet<string> | null = null;

  constructor(options: EditSessionOptions) {
    this.#options = options;
    this.#body = options.source.text;
  }

  /** What the editor is to show first. */
  get text(): string {
    return withRemarks(this.#body, []);
  }

  /** Whether a text is another than the one that was read last, Orka's own lines aside. */
  differs(text: string): boolean {
    return withoutRemarks(text) !== this.#body;
  }

  /** The edited text: parsed, validated, planned, tried on the server. Rejects as invariant 3 says. */
  async read(text: string): Promise<EditStep> {
    const { source } = this.#options;
    const body = withoutRemarks(text);
    this.#above = text.slice(0, text.length - body.length).split("\n").length - 1;
    this.#conflict = null;
    this.#warnings = [];
    const documents = await readDocuments(body);
    if (documents.length === 0) return { type: "unchanged" };
    if (body === source.text && !source.sendsUnchanged) return { type: "unchanged" };
    this.#body = body;
    const faults = documents.flatMap(({ faults }) => faults);
    if (faults.length > 0) return this.#again(faults);
    const remarks = await this.#validate(body, documents);
    if (remarks.length > 0) return this.#again(remarks);
    return await this.#plan(documents, 1);
  }

  /** After `conflict`: the fields become ours. */
  takeOver(): Promise<EditStep> {
    return this.#decided((request) => ({ ...request, force: true }));
  }

  /** After `conflict`: what others own stays as they have it. */
  dropFields(): Promise<EditStep> {
    return this.#decided(withoutConflicts);
  }

  /**
   * After an edit of `ready` was refused in earnest: what to do next. Those that went through before it are seen to be
   * done. Throws the error where editing doesn't help.
   */
  async failed(error: unknown, { change }: Pick<PlannedEdit, "change">): Promise<EditStep> {
    const request = this.#requests.find(({ target }) => target === change.target);
    if (request === undefined) throw error;
    return await this.#refused(error, request, () => this.read(this.#body));
  }

  /**
   * After a person's yes to `ready`: null when what they saw is fresh enough, or still so; else the step anew, on the
   * objects as they are now. Throws where those can't be read: nothing is to be sent then.
   */
  async refreshed(): Promise<EditStep | null> {
    const { freshness } = this.#options;
    if (freshness === undefined) return null;
    const nowMs = freshness.clock.monotonic();
    if (nowMs - this.#readMs <= freshness.maxAgeMs) return null;
    const changed = await Promise.all(this.#requests.map((request) => this.#isChanged(request)));
    if (!changed.includes(true)) {
      this.#readMs = nowMs;
      return null;
    }
    freshness.onStale?.();
    return await this.#plan(await readDocuments(this.#body), 1);
  }

  async #isChanged({ target, before }: EditRequest): Promise<boolean> {
    const { client, signal } = this.#options;
    const live = await readObject(client, target, { signal });
    return live?.metadata.uid !== before?.metadata.uid ||
      live?.metadata.resourceVersion !== before?.metadata.resourceVersion;
  }

  #again(remarks: readonly Remark[]): EditStep {
    const reasons = remarks.map((remark) => remarkText(remark, this.#above));
    return { type: "again", text: withRemarks(this.#body, remarks), reasons };
  }

  /** What the schemas say against the text; what they only doubt is kept for `ready`. */
  async #validate(body: string, documents: readonly TextDocument[]): Promise<readonly Remark[]> {
    const { validator, source, signal } = this.#options;
    if (validator === null) return [];
    const schemas = await this.#schemasOf(documents);
    const { problems, more } = await validator.validate(body, { schemas, signal });
    if (problems.length === 0) return [];
    // What an object has though its schema forbids it is the server's business; a manifest's faults are its author's.
    if (!source.sendsUnchanged) {
      this.#known ??= new Set(
        (await validator.validate(source.text, { schemas, signal })).problems.map(keyOf),
      );
    }
    const fresh = problems.filter((problem) => !this.#known?.has(keyOf(problem)));
    const isRefused = ({ kind, severity }: Problem) =>
      severity === "error" && (!source.sendsUnchanged || CERTAIN.has(kind));
    const errors = fresh.filter(isRefused).map(problemRemark);
    this.#warnings = fresh.filter(({ severity }) => severity === "warning")
      .map((problem) => remarkText(problemRemark(problem)));
    return more > 0 && errors.length > 0 ? [...errors, { message: `and ${more} more` }] : errors;
  }

  async #plan(documents: readonly TextDocument[], attempt: number): Promise<EditStep> {
    const { client, source, fieldManager = "orka", signal } = this.#options;
    const lists = (resource: Resource) => this.#lists(resource);
    this.#readMs = this.#options.freshness?.clock.monotonic() ?? 0;
    const { requests, remarks, text, gone } = await source.understand(documents, {
      client,
      fieldManager,
      lists,
      signal,
    });
    if (gone !== undefined) return { type: "gone", target: gone };
    if (text !== undefined) this.#body = text;
    if (remarks.length > 0) return this.#again(remarks);
    this.#requests = requests;
    return await this.#preview(attempt);
  }

  async #decided(
    decide: (request: EditRequest, conflicts: readonly FieldConflict[]) => EditRequest | null,
  ): Promise<EditStep> {
    const asked = this.#conflict;
    if (asked === null) throw new Error("there is no conflict to decide");
    this.#conflict = null;
    this.#requests = this.#requests.flatMap((request) => {
      if (request !== asked.request) return [request];
      const decided = decide(request, asked.conflicts);
      return decided === null ? [] : [decided];
    });
    return await this.#preview(1);
  }

  async #preview(attempt: number): Promise<EditStep> {
    if (this.#requests.length === 0) return { type: "unchanged" };
    const { client, fieldManager = "orka", verb = "edit", validator, signal } = this.#options;
    const edits: PlannedEdit[] = [];
    for (const request of this.#requests) {
      const change = editChange(request, { client, fieldManager, verb, strict: validator !== null });
      try {
        const lists = await this.#lists(request.target.resource);
        const outcome = await previewChange(change, { client, lists, signal });
        const removed = request.plan.type === "patch" ? request.plan.removed : [];
        edits.push({ change, outcome, removed });
      } catch (error) {
        return await this.#refused(error, request, async () => {
          if (attempt >= ATTEMPTS) throw error;
          return await this.#plan(await readDocuments(this.#body), attempt + 1);
        });
      }
    }
    return { type: "ready", edits, warnings: this.#warnings };
  }

  /** `onStale`: the object has changed since it was read. */
  async #refused(
    error: unknown,
    request: EditRequest,
    onStale: () => Promise<EditStep>,
  ): Promise<EditStep> {
    const { target } = request;
    const { fieldManager = "orka" } = this.#options;
    const claims = fieldConflicts(error);
    const conflicts = claims.filter(({ manager }) => manager !== fieldManager);
    if (claims.length > 0 && conflicts.length === 0) {
      // What we once wrote by other means than an apply is ours all the same.
      this.#requests = this.#requests.map((each) => each === request ? { ...each, force: true } : each);
      return await this.#preview(1);
    }
    if (conflicts.length > 0) {
      this.#conflict = { request, conflicts };
      const remarks = conflicts.map(({ field, message }) => ({ message: `${field}: ${message}` }));
      return { type: "conflict", target, conflicts, text: withRemarks(this.#body, remarks) };
    }
    if (!(error instanceof OrkaError)) throw error;
    if (error.code === "conflict") return await onStale();
    const isGone = error.status === 404 && request.before !== null;
    if (isGone) return { type: "gone", target };
    if (error.code !== "invalid") throw error;
    return this.#again(refusalRemarks(error));
  }

  async #lists(resource: Resource): Promise<ListTypes> {
    const schema = await this.#schema(resource);
    return schema === null ? NO_LIST_TYPES : listTypesOf(schema);
  }

  /** Asked once for each kind; null where the server tells none. */
  #schema(resource: Resource): Promise<KindSchema | null> {
    const { client, schemas: cache, signal } = this.#options;
    const key = `${apiVersion(resource)}/${resource.kind}`;
    const found = this.#schemas.get(key) ??
      loadSchema(client, resource, { cache, signal }).catch((error) => {
        if (isCancelled(error) || !(error instanceof OrkaError)) throw error;
        return null;
      });
    this.#schemas.set(key, found);
    return found;
  }

  async #schemasOf(documents: readonly TextDocument[]): Promise<KindSchema[]> {
    const { source } = this.#options;
    const resources = await Promise.all(documents.map(({ value }) => source.resource(value)));
    const found = await Promise.all(
      resources.map((resource) => resource === null ? null : this.#schema(resource)),
    );
    return [...new Set(found)].filter((schema) => schema !== null);
  }
}

/** How often a new version is merged in before the object is said to change too fast. */
const ATTEMPTS = 3;

/** What is wrong with a part of an object too: a manifest need not have all that the object has to have. */
const CERTAIN: ReadonlySet<Problem["kind"]> = new Set([
  "syntax",
  "not-an-object",
  "unknown-field",
  "wrong-type",
]);

function keyOf({ kind, path, message }: Problem): string {
  return JSON.stringify([kind, path, message]);
}

/** Field by field where the server told them. */
function refusalRemarks({ message, causes }: OrkaError): Remark[] {
  if (causes.length === 0) return [{ message }];
  return causes.map((cause) => ({
    message: cause.field ? `${cause.field}: ${cause.message}` : cause.message,
  }));
}
