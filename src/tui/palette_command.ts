/**
 * What is typed after `:`, as k9s takes it: `pods`, `pod kube-system`, `deploy /web`, `po app=x,env=y`, `po -f web`,
 * `po @context`, `ctx name`, `ns name`, `theme light`, `q`.
 */

export type PaletteCommand =
  | { readonly type: "quit" }
  | { readonly type: "help" }
  | { readonly type: "kinds" }
  | { readonly type: "write" }
  | { readonly type: "forwards" }
  | { readonly type: "search"; readonly query: string }
  | { readonly type: "history" }
  /** null: the newest. */
  | { readonly type: "undo"; readonly id: number | null }
  | { readonly type: "contexts" }
  | { readonly type: "context"; readonly name: string }
  /** null: all namespaces. */
  | { readonly type: "namespace"; readonly name: string | null }
  | { readonly type: "theme"; readonly name: string }
  | ViewCommand
  | { readonly type: "empty" };

export interface ViewCommand {
  readonly type: "view";
  /** Any spelling of a kind. */
  readonly kind: string;
  /** undefined: the current one; null: all. */
  readonly namespace?: string | null;
  readonly labelSelector?: string;
  /** As it would be typed after `/`. */
  readonly filter?: string;
  readonly context?: string;
}

/** A word of the palette that is no kind. */
interface Word {
  readonly names: readonly string[];
  readonly help: string;
  readonly argument?: "context" | "namespace" | "theme";
}

export const PALETTE_WORDS: readonly Word[] = [
  { names: ["ctx", "context", "contexts"], help: "contexts, or switch to one", argument: "context" },
  { names: ["ns"], help: "namespaces, or switch to one", argument: "namespace" },
  { names: ["aliases", "alias", "kinds", "api-resources"], help: "every kind that is served" },
  { names: ["help"], help: "every key" },
  { names: ["search", "find"], help: "objects of every kind, ranked as you type" },
  { names: ["history", "changes"], help: "what Orka changed on this cluster" },
  { names: ["undo"], help: "take back the newest change, or the one with this number" },
  { names: ["theme"], help: "dark or light", argument: "theme" },
  { names: ["pf", "forwards", "portforward"], help: "forwarded ports" },
  { names: ["write"], help: "allow changes, or forbid them again" },
  { names: ["quit", "q", "exit"], help: "leave" },
];

const QUIT = /^(q|q!|quit|exit)$/;
const ALL = new Set(["all", "-", "*"]);
const LABELS = /^[\w./-]+(=|==|!=)[\w.-]*(,[\w./-]+(=|==|!=)[\w.-]*)*$/;

export function parsePalette(line: string): PaletteCommand {
  const [word = "", ...rest] = line.trim().replace(/^:+/, "").trim().split(/\s+/);
  const first = rest[0];
  if (word === "") return { type: "empty" };
  if (QUIT.test(word)) return { type: "quit" };
  if (word === "help" || word === "?" || word === "h") return { type: "help" };
  if (/^(alias(es)?|kinds|api-resources)$/.test(word)) return { type: "kinds" };
  if (word === "write") return { type: "write" };
  if (/^(pf|forwards|port-?forwards?)$/.test(word)) return { type: "forwards" };
  if (word === "search" || word === "find") return { type: "search", query: rest.join(" ") };
  if (word === "undo" && (first === undefined || /^\d+$/.test(first))) {
    return { type: "undo", id: first === undefined ? null : Number(first) };
  }
  if ((word === "history" || word === "changes") && first === undefined) return { type: "history" };
  if (word === "theme") return { type: "theme", name: first ?? "" };
  if (/^(ctx|contexts?)$/.test(word)) {
    return first === undefined ? { type: "contexts" } : { type: "context", name: first };
  }
  if (/^(ns|namespaces?)$/.test(word) && first !== undefined && !/^[/@-]./.test(first)) {
    return { type: "namespace", name: ALL.has(first) ? null : first };
  }
  return viewCommand(word, rest);
}

function viewCommand(kind: string, rest: readonly string[]): ViewCommand {
  let command: ViewCommand = { type: "view", kind };
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at]!;
    if (word.startsWith("/")) return { ...command, filter: [word.slice(1), ...rest.slice(at + 1)].join(" ") };
    if (word === "-f") return { ...command, filter: rest.slice(at).join(" ") };
    if (word === "-l") return { ...command, labelSelector: rest.slice(at + 1).join(" ") };
    if (word === "-n") command = { ...command, namespace: rest[++at] ?? null };
    else if (word === "-A") command = { ...command, namespace: null };
    else if (word.startsWith("@")) command = { ...command, context: word.slice(1) };
    else if (LABELS.test(word)) command = { ...command, labelSelector: word };
    else command = { ...command, namespace: ALL.has(word) ? null : word };
  }
  return command;
}
