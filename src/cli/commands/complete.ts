/**
 * `orka __complete WORD…`: proposals for the last word of a command line, one `word<TAB>about` a line, then
 * `:0`, `:1` (no space after it) or `:2` (file names). It asks the cluster for a second at most, prints nothing
 * on stderr and always exits 0: a shell waits for it at every tab.
 */
import { EXIT } from "../../base/mod.ts";
import { connectOptions, embeddedRequest } from "../connect_options.ts";
import { type Completes, FLAG_GROUPS, type FlagSpec, GLOBAL_FLAGS, takesWord } from "../flags.ts";
import type { CliIo } from "../io.ts";
import { type FlagValues, operations, parseFlags, verbIndex } from "../parse.ts";
import { FORMATS } from "../print/format.ts";
import { VERBS, type VerbSpec } from "../verbs.ts";

/** How long the cluster is waited for, ms. */
const PATIENCE_MS = 1_000;

export interface Proposal {
  readonly word: string;
  readonly about?: string;
}

export interface Proposals {
  readonly words: readonly Proposal[];
  readonly directive: 0 | 1 | 2;
}

const K1S_ACTIONS = [
  "up",
  "down",
  "status",
  "kubeconfig",
  "reset",
  "export",
  "import",
  "snapshot",
  "restore",
  "compact",
];

const NOTHING: Proposals = { words: [], directive: 0 };

/** Prints the proposals for `words`; the last of them is the one being typed. */
export async function completeLine(io: CliIo, words: readonly string[]): Promise<number> {
  const late = new AbortController();
  using _timer = io.clock.timer(PATIENCE_MS, () => late.abort());
  const hurried: CliIo = { ...io, signal: AbortSignal.any([io.signal, late.signal]) };
  const { promise, resolve } = Promise.withResolvers<Proposals>();
  late.signal.addEventListener("abort", () => resolve(NOTHING), { once: true });
  const found = await Promise.race([promise, propose(hurried, words).catch(() => NOTHING)]);
  const lines = found.words.map(({ word, about }) => about === undefined ? word : `${word}\t${about}`);
  await io.stdout.write([...lines, `:${found.directive}`, ""].join("\n"));
  await io.stdout.flush();
  return EXIT.ok;
}

/** What may stand where the last word is. */
async function propose(io: CliIo, words: readonly string[]): Promise<Proposals> {
  const current = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const everyFlag = [...GLOBAL_FLAGS, ...VERBS.flatMap((verb) => verb.flags)];
  const at = verbIndex(before, everyFlag);
  const verb = at < 0
    ? null
    : VERBS.find((v) => v.name === before[at] || v.aliases?.includes(before[at]!)) ?? null;
  if (at >= 0 && verb === null) return NOTHING;
  if (verb?.name === "ops" && verbIndex(before.toSpliced(at, 1), everyFlag) >= 0) {
    return await propose(io, words.toSpliced(at, 1));
  }
  const specs = verb === null ? GLOBAL_FLAGS : [...GLOBAL_FLAGS, ...verb.flags];
  const rest = before.filter((_, index) => index !== at);
  const open = openFlag(rest.at(-1), specs);
  const typed = open === undefined ? rest : rest.slice(0, -1);
  const { flags, args } = parseFlags(typed, specs);
  if (open !== undefined) return await flagValues(io, { spec: open, flags, current, prefix: "" });
  if (!rest.includes("--")) {
    const equals = /^--([^=]+)=(.*)$/s.exec(current);
    const spec = equals &&
      specs.find(({ name, aliases }) => name === equals[1] || aliases?.includes(equals[1]!));
    if (spec) return await flagValues(io, { spec, flags, current: equals[2]!, prefix: `--${equals[1]}=` });
    if (current.startsWith("-")) return flagNames(specs, current);
  }
  return verb === null ? matching(verbNames(), current) : await argument(io, { verb, flags, args, current });
}

/** The flag whose value comes next; undefined when none is waiting for one. */
function openFlag(word: string | undefined, specs: readonly FlagSpec[]): FlagSpec | undefined {
  if (word === undefined || !word.startsWith("-") || word === "-" || word === "--" || word.includes("=")) {
    return undefined;
  }
  const spec = word.startsWith("--")
    ? specs.find(({ name, aliases }) => name === word.slice(2) || aliases?.includes(word.slice(2)))
    : specs.find(({ short }) => short === word.at(-1));
  return spec === undefined || !takesWord(spec) ? undefined : spec;
}

function flagNames(specs: readonly FlagSpec[], current: string): Proposals {
  const shown = FLAG_GROUPS.flatMap((group) => specs.filter((spec) => spec.group === group && !spec.hidden));
  const words = shown.map(({ name, short, about }) => ({
    word: name === short ? `-${name}` : `--${name}`,
    about,
  }));
  return matching(words, current);
}

function verbNames(): Proposal[] {
  return VERBS.filter((verb) => !verb.hidden).map(({ name, brief }) => ({ word: name, about: brief }));
}

function operationNames(): Proposal[] {
  return operations(VERBS).map(({ name, brief }) => ({ word: name, about: brief }));
}

function matching(words: readonly Proposal[], current: string): Proposals {
  return { words: words.filter(({ word }) => word.startsWith(current)), directive: 0 };
}

interface FlagValue {
  readonly spec: FlagSpec;
  readonly flags: FlagValues;
  readonly current: string;
  /** What stands before the value in the same word: `--namespace=`. */
  readonly prefix: string;
}

async function flagValues(io: CliIo, { spec, flags, current, prefix }: FlagValue): Promise<Proposals> {
  if (spec.completes === "file") return { words: [], directive: 2 };
  const words = await valuesOf(io, spec.completes ?? "none", { flags });
  const found = matching(words.map((word) => ({ word: prefix + word })), prefix + current);
  const isOpenEnded = found.words.length === 1 && found.words[0]!.word.endsWith("=");
  return isOpenEnded ? { ...found, directive: 1 } : found;
}

async function valuesOf(
  io: CliIo,
  what: Completes,
  { flags }: { flags: FlagValues },
): Promise<readonly string[]> {
  switch (what) {
    case "context":
    case "cluster":
    case "user":
      return (await (await io.backend.cluster(embeddedRequest(flags))).configNames(connectOptions(flags)))[
        what
      ];
    case "namespace":
      return await (await import("../complete_cluster.ts")).namespaces(io, flags);
    case "output":
      return FORMATS.map((name) => /^(jsonpath|custom-columns)/.test(name) ? `${name}=` : name);
    default:
      return [];
  }
}

interface Argument {
  readonly verb: VerbSpec;
  readonly flags: FlagValues;
  readonly args: readonly string[];
  readonly current: string;
}

async function argument(io: CliIo, { verb, flags, args: given, current }: Argument): Promise<Proposals> {
  const { actions } = verb;
  if (actions !== undefined && given.length === 0) {
    return matching(actions.map((word) => ({ word })), current);
  }
  const args = actions === undefined ? given : given.slice(1);
  switch (verb.takes) {
    case "verb":
      if (verb.name === "ops") return matching(operationNames(), current);
      return args.length > 0 ? NOTHING : matching([...verbNames(), { word: "options" }], current);
    case "shell":
      return args.length > 0 ? NOTHING : matching(["bash", "zsh", "fish"].map((word) => ({ word })), current);
    case "k1s action":
      return args.length > 0 ? NOTHING : matching(K1S_ACTIONS.map((word) => ({ word })), current);
    case "none":
      return NOTHING;
  }
  const cluster = await import("../complete_cluster.ts");
  const isSlashed = args.some((arg) => arg.includes("/"));
  if (verb.kind !== undefined) {
    return await cluster.namesOf(io, { flags, kind: verb.kind, taken: args, current });
  }
  const slash = current.lastIndexOf("/");
  if (slash > 0) return await cluster.slashedNames(io, { flags, current, slash });
  if (args.length > 0 && !isSlashed) {
    return await cluster.namesOf(io, { flags, kind: args[0]!, taken: args.slice(1), current });
  }
  return await cluster.kinds(io, { flags, current });
}
