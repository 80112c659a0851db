/**
 * The way of every change from the session: a form that says what is about to happen, with the server's dry run of it
 * under the fields, and after the person's yes the same requests in earnest, remembered.
 */
import { changeLines } from "../../apply/mod.ts";
import { OrkaError } from "../../base/mod.ts";
import { type Change, maskOutcome, type Outcome, performChange, previewChange } from "../../change/mod.ts";
import { groupResource } from "../../kube/mod.ts";
import { openForm } from "../ask_form.ts";
import type { PaneHost } from "../pane.ts";
import {
  CANCEL,
  type Form,
  type FormField,
  type FormValues,
  passChecks,
  type StyledLine,
} from "../widgets/mod.ts";

export interface ChangeRequest {
  /** `Delete 2 pods`. */
  readonly title: string;
  readonly lines?: readonly (string | StyledLine)[];
  readonly fields?: readonly FormField[];
  /** One change an object, as the fields have it. Throws OrkaError for values that make none. */
  readonly changes: (values: FormValues) => readonly Change[] | Promise<readonly Change[]>;
  /** The command line that does the same. */
  readonly command: (values: FormValues) => string;
  /** The button: `Delete`. */
  readonly label: string;
  /** `deleted`, for the notice. */
  readonly done: string;
  /** Takes away what can't be had back by looking away: the safe answer is offered first. */
  readonly destroys?: boolean;
  /** Typed in a protected context before anything destructive. */
  readonly name?: string;
}

export interface ChangeResult {
  /** False: the person gave up, nothing was sent. */
  readonly isAgreed: boolean;
  readonly done: readonly Outcome[];
  readonly failures: readonly { readonly change: Change; readonly error: unknown }[];
}

/** So many objects are tried before the question; more would only repeat them. */
const MOST_PREVIEWS = 10;
/** Requests under way at a time. */
const AT_ONCE = 4;
/** A field is still being typed, ms. */
const TYPING_MS = 150;
const TYPED_NAME = "name to type";
const NOTHING: ChangeResult = { isAgreed: false, done: [], failures: [] };

/** Asks, and does it after a yes. What the server refuses is said in a notice, and in the result. */
export async function runChange(host: PaneHost, request: ChangeRequest): Promise<ChangeResult> {
  if (host.engine === null) {
    host.notify("No connection: nothing can be changed", "warn");
    return NOTHING;
  }
  const preview = new Preview(host, request);
  const isTyped = host.isProtected && request.destroys === true && request.name !== undefined;
  const asked = openForm(host, {
    title: request.title,
    lines: [],
    fields: [...(request.fields ?? []), ...(isTyped ? [nameField(request.name)] : [])],
    answers: [{ id: CANCEL, label: "Cancel", key: "n" }, {
      id: "do",
      label: request.label,
      key: "y",
      isDangerous: request.destroys,
    }],
    ...(request.destroys ? { tone: "error" as const } : {}),
    onChange: (values) => preview.later(values),
  });
  preview.start(asked.form);
  const answer = await asked.answer;
  preview.stop();
  if (answer === null) return NOTHING;
  if (host.readOnly) {
    host.notify("Nothing was changed: the session is read-only (:write allows changes)", "warn");
    return NOTHING;
  }
  return await perform(host, request, answer.values);
}

function nameField(name: string): FormField {
  return {
    type: "text",
    id: TYPED_NAME,
    label: "protected: type",
    check: (text) => text === name ? "" : `This context is protected: type ${name} to go on`,
  };
}

/** The dry runs under the form's fields. */
class Preview {
  readonly #host: PaneHost;
  readonly #request: ChangeRequest;
  #form: Form | null = null;
  #abort = new AbortController();
  #timer: Disposable | null = null;

  constructor(host: PaneHost, request: ChangeRequest) {
    this.#host = host;
    this.#request = request;
  }

  start(form: Form): void {
    this.#form = form;
    this.#run(form.values);
  }

  later(values: FormValues): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = this.#host.clock.timer(TYPING_MS, () => this.#run(values));
  }

  stop(): void {
    this.#timer?.[Symbol.dispose]();
    this.#abort.abort();
  }

  #run(values: FormValues): void {
    this.#abort.abort();
    const { signal } = this.#abort = new AbortController();
    // what was typed is no answer yet: the form says why, and the answer to what stood there before is gone
    if (!passChecks(this.#request.fields ?? [], values)) return this.#show(null, []);
    this.#show(values, [[{ text: "asking the server what would happen …", token: "dim" }]]);
    this.#lines(values, signal).then((lines) => {
      if (!signal.aborted) this.#show(values, lines);
    });
  }

  async #lines(values: FormValues, signal: AbortSignal): Promise<readonly StyledLine[]> {
    try {
      const changes = await this.#request.changes(values);
      if (changes.length === 0) return [[{ text: "nothing would change", token: "dim" }]];
      const tried = changes.slice(0, MOST_PREVIEWS);
      const lines = await inTurn(tried, (change) => this.#try(change, signal));
      const more = changes.length - tried.length;
      return [
        ...lines.flat(),
        ...(more > 0 ? [[{ text: `… and ${more} more, not tried`, token: "dim" }] as const] : []),
      ];
    } catch (error) {
      return [[{ text: `✗ ${messageOf(error)}`, token: "error" }]];
    }
  }

  async #try(change: Change, signal: AbortSignal): Promise<readonly StyledLine[]> {
    const name = nameOf(change);
    const { engine } = this.#host;
    if (engine === null) return [[{ text: `✗ ${name}: no connection`, token: "error" }]];
    try {
      const outcome = maskOutcome(await previewChange(change, { client: engine.client, signal }), change);
      return outcomeLines(name, outcome);
    } catch (error) {
      return [[{ text: `✗ ${name}: ${messageOf(error)}`, token: "error" }]];
    }
  }

  /** Without values there is no command line. */
  #show(values: FormValues | null, result: readonly StyledLine[]): void {
    const { lines = [], command } = this.#request;
    if (this.#form === null) return;
    const words = values === null ? "" : this.#host.commandLine(command(values));
    const line: StyledLine[] = words === "" ? [] : [[], [{ text: `$ ${words}`, token: "dim" }]];
    this.#form.lines = [...lines, ...(lines.length > 0 ? [[]] : []), ...result, ...line];
    this.#host.invalidate();
  }
}

/** What a dry run answered, in a few lines. Secrets are masked already. */
function outcomeLines(name: string, { before, after, changes }: Outcome): readonly StyledLine[] {
  const said = (text: string): StyledLine => [{ text: "✓ ", token: "ok" }, { text: `${name} ${text}` }];
  if (after === null) return [said("would be deleted")];
  if (before === null) return [said("would be created")];
  if (changes.length === 0) return [said("would not change")];
  const tokens = { "+": "added", "-": "removed", "~": "changed", " ": "dim" } as const;
  const lines = changeLines(changes).map(({ sign, text }): StyledLine => [
    { text: `  ${sign} ${text}`, token: tokens[sign] },
  ]);
  return [said("would change:"), ...lines];
}

async function perform(host: PaneHost, request: ChangeRequest, values: FormValues): Promise<ChangeResult> {
  const changes = await request.changes(values);
  if (changes.length === 0) {
    host.notify("Nothing was changed: all of it is so already", "info");
    return NOTHING;
  }
  const failures: { change: Change; error: unknown }[] = [];
  const done: Outcome[] = [];
  await inTurn(changes, async (change) => {
    try {
      done.push(await performOne(host, change));
    } catch (error) {
      failures.push({ change, error });
    }
  });
  say(host, request, { changes, failures });
  return { isAgreed: true, done, failures };
}

/** One change in earnest, remembered. Throws the server's refusal. */
export async function performOne(host: PaneHost, change: Change): Promise<Outcome> {
  const { engine } = host;
  if (engine === null) throw new OrkaError("unreachable", "there is no connection");
  const memory = await host.memory();
  try {
    return await performChange(change, { client: engine.client, memory, user: engine.target.user });
  } catch (error) {
    if (error instanceof OrkaError && error.code === "forbidden") host.forgetRights();
    throw error;
  }
}

function say(
  host: PaneHost,
  { done }: ChangeRequest,
  { changes, failures }: { changes: readonly Change[]; failures: ChangeResult["failures"] },
): void {
  const [first] = failures;
  const [only] = changes;
  const what = changes.length === 1 ? nameOf(only!) : `${changes.length} ${kindsOf(changes)}`;
  if (first === undefined) return host.notify(`${what} ${done}`, "ok");
  const reason = `${nameOf(first.change)}: ${messageOf(first.error)}`;
  if (changes.length === 1) return host.notify(reason, "error");
  host.notify(`${changes.length - failures.length} of ${what} ${done}; ${reason}`, "error");
}

function kindsOf(changes: readonly Change[]): string {
  const kinds = new Set(changes.map(({ target: { resource } }) => resource.plural));
  return kinds.size === 1 ? [...kinds][0]! : "objects";
}

function nameOf({ target: { resource, name } }: Change): string {
  return `${groupResource(resource)}/${name}`;
}

/** In a person's words, with what may help. */
export function messageOf(error: unknown): string {
  const hint = error instanceof OrkaError && error.hint ? ` (${error.hint})` : "";
  return (error instanceof Error ? error.message : String(error)) + hint;
}

/** Every item in order of the list, a few at a time. */
async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const at = next++;
      results[at] = await work(items[at]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  return results;
}
