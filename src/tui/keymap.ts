/**
 * Keys to commands. One table (`keymap_table.ts`) makes dispatch, the help pane, the footer's hints and the docs.
 *
 * A chord is written as people say it: `ctrl-d`, `shift-f` (a capital letter), `shift-left`, `esc`, `/`. A context is
 * a kind of pane; a pane names its contexts, the most specific first. Within one context a binding for the row's
 * kind wins over one for every kind.
 */
import { BINDINGS } from "./keymap_table.ts";

/** Where a binding holds. `prompt` is the open `:` or `/` line; it hides all others. */
export type KeyContext =
  | "prompt"
  | "any"
  | "list"
  | "rows"
  | "text"
  | "yaml"
  | "describe"
  | "object"
  | "contexts"
  | "history"
  | "diff"
  | "logs"
  | "containers"
  | "forwards"
  | "terminal"
  | "drain";

export type KeyGroup =
  | "General"
  | "Moving"
  | "Table"
  | "Objects"
  | "Text"
  | "Actions"
  | "Changes"
  | "Logs"
  | "Prompt";

/** A right on the object under the cursor, or on another kind beside it. */
export interface NeededRight {
  readonly verb: string;
  /** `exec`, `scale`. */
  readonly subresource?: string;
  /** Another kind, as discovery spells it: `pods`. */
  readonly kind?: string;
}

/** What stands between a binding and its deed. */
export interface KeyGate {
  readonly readOnly: boolean;
  /** Why the server would refuse it on what is under the cursor; empty while nothing is known against it. */
  readonly whyRefused?: (binding: Binding) => string;
}

/** One line of the key table. */
export interface Binding {
  readonly id: string;
  readonly keys: readonly string[];
  readonly in: KeyContext;
  /** `pods`, `deployments.apps`: only on rows of these; every kind when absent. */
  readonly kinds?: readonly string[];
  /** A short sentence for the help pane. */
  readonly help: string;
  /** A word for the footer; without it the footer does not show the key. */
  readonly hint?: string;
  readonly group: KeyGroup;
  /** Changes the cluster: greyed while the session is read-only. */
  readonly mutates?: true;
  /** What it takes of the server's rights: greyed where they are known to be missing. */
  readonly right?: NeededRight;
  /** Known, shown greyed, not there yet. */
  readonly planned?: true;
}

export type CommandId = (typeof BINDINGS)[number]["id"];

/** A binding as the session dispatches it. */
export type Key = Binding & { readonly id: CommandId };

/** What a pane is to the keymap: its contexts, the most specific first, and the kind under the cursor. */
export interface KeyScope {
  readonly contexts: readonly KeyContext[];
  /** `pods`, `deployments.apps`; empty where no object is shown. */
  readonly kind: string;
}

const KEYS: readonly Key[] = BINDINGS;

/** `escape`, `ctrl+d`, `G` as the terminal layer spells them to `esc`, `ctrl-d`, `shift-g`. */
export function keyName(chord: string): string {
  if (/^[A-Z]$/.test(chord)) return `shift-${chord.toLowerCase()}`;
  if (chord === "+" || chord === "-") return chord;
  return chord.replace(/\b(ctrl|alt|shift)\+/g, "$1-").replace(/escape$/, "esc");
}

/** The binding that a key runs in a pane, or undefined. */
export function resolveKey(key: string, scope: KeyScope): Key | undefined {
  for (const context of scope.contexts) {
    const here = KEYS.filter((binding) => binding.in === context && binding.keys.includes(key));
    const found = here.find((binding) => binding.kinds?.includes(scope.kind)) ??
      here.find((binding) => binding.kinds === undefined);
    if (found) return found;
  }
  return undefined;
}

/** By contexts and kind: the footer asks with every frame, and the table never changes. */
const active = new Map<string, readonly Key[]>();
/** A person looks at fewer kinds than this; scripts that look at more start over. */
const MOST_SCOPES = 200;

/** Every binding that can run in a pane, in the table's order; shadowed ones left out. */
export function activeKeys(scope: KeyScope): readonly Key[] {
  const name = `${scope.contexts.join()} ${scope.kind}`;
  const known = active.get(name);
  if (known !== undefined) return known;
  if (active.size >= MOST_SCOPES) active.clear();
  const keys = KEYS.filter((binding) =>
    scope.contexts.includes(binding.in) && binding.keys.some((key) => resolveKey(key, scope) === binding)
  );
  active.set(name, keys);
  return keys;
}

/** Whether a binding is shown greyed. */
export function isGreyed(binding: Binding, gate: KeyGate): boolean {
  return binding.planned === true || (binding.mutates === true && gate.readOnly) ||
    refusalOf(binding, gate) !== "";
}

/** Why a greyed binding does nothing, for a notice. */
export function whyGreyed(binding: Binding, gate: KeyGate): string {
  const name = binding.help.replace(/\.$/, "");
  const later = binding.planned ? "not available yet" : "";
  const closed = binding.mutates && gate.readOnly ? "this session is read-only (:write allows changes)" : "";
  return `${name}: ${[later, closed, refusalOf(binding, gate)].filter((why) => why !== "").join("; ")}`;
}

/** Asked only for what could be done otherwise: each answer may cost a review. */
function refusalOf(binding: Binding, gate: KeyGate): string {
  if (binding.planned || (binding.mutates && gate.readOnly) || binding.right === undefined) return "";
  return gate.whyRefused?.(binding) ?? "";
}

const PLACES: Readonly<Record<KeyContext, string>> = {
  prompt: "in a prompt",
  any: "everywhere",
  list: "in tables",
  rows: "on objects in a table",
  text: "in text",
  yaml: "in YAML",
  describe: "in descriptions",
  object: "in an object's view",
  contexts: "in the contexts",
  history: "in a history",
  diff: "in a comparison",
  logs: "in logs",
  containers: "on containers",
  forwards: "on forwarded ports",
  terminal: "in a shell",
  drain: "while a node is drained",
};

/** Where a key that does nothing here would do something, for a notice; empty when nowhere. */
export function whyNotHere(key: string, { contexts }: KeyScope): string {
  const all = KEYS.filter((binding) => binding.in !== "prompt" && binding.keys.includes(key));
  const near = all.filter((binding) => contexts.includes(binding.in));
  const lines = (near.length > 0 ? near : all.slice(0, 1)).map((binding) => {
    const where = binding.kinds === undefined ? PLACES[binding.in] : `on ${binding.kinds.join(", ")}`;
    return `${binding.help.replace(/\.$/, "")}: only ${where}`;
  });
  return [...new Set(lines)].join("; ");
}

/** The key table as Markdown, for the user guide. */
export function keysMarkdown(): string {
  const groups = [...new Set(KEYS.map((key) => key.group))];
  return groups.map((group) => {
    const rows = KEYS.filter((key) => key.group === group).map(markdownRow);
    return `### ${group}\n\n| keys | where | does |\n| --- | --- | --- |\n${rows.join("\n")}\n`;
  }).join("\n");
}

function markdownRow(key: Key): string {
  const keys = key.keys.map((name) => `\`${name.replaceAll("|", "\\|")}\``).join(" ");
  const where = [key.in, ...(key.kinds ?? [])].join(", ");
  return `| ${keys} | ${where} | ${key.help}${key.planned ? " (not yet)" : ""} |`;
}
