/** What the palette offers while its line is typed: commands, kinds in every spelling, namespaces, contexts, history. */
import { groupResource, type Resource } from "../kube/mod.ts";
import { PALETTE_WORDS } from "./palette_command.ts";

export interface Suggestion {
  /** The whole line after the suggestion is taken. */
  readonly line: string;
  /** What is listed, and a few words beside it. */
  readonly label: string;
  readonly detail: string;
  /** UTF-16 offsets of the label's letters that what is typed matched. */
  readonly matches?: readonly number[];
}

/** What there is to suggest from. */
export interface PaletteWorld {
  readonly resources: readonly Resource[];
  readonly namespaces: readonly string[];
  readonly contexts: readonly string[];
  /** Lines run before, newest first. */
  readonly history: readonly string[];
  /** Objects that the line's text finds, best first. */
  readonly objects?: (line: string) => readonly Suggestion[];
}

interface Candidate {
  readonly word: string;
  readonly aliases: readonly string[];
  readonly detail: string;
}

/** Offered before anything is typed, after what was run before. */
const USUAL: readonly string[] = [
  "pods",
  "deployments",
  "services",
  "nodes",
  "namespaces",
  "events",
  "configmaps",
  "secrets",
  "ctx",
];

const THEMES: readonly Candidate[] = ["dark", "light"].map((word) => ({
  word,
  aliases: [],
  detail: "theme",
}));

/** Best first, at most `limit`. An empty line offers what was run before. */
export function suggest(line: string, world: PaletteWorld, limit = 8): readonly Suggestion[] {
  if (line.trim() === "") {
    const past = world.history.map((ran) => ({ line: ran, label: ran, detail: "before" }));
    const words = firstWords(world);
    const usual = USUAL.flatMap((name) => words.find(({ word }) => word === name) ?? []);
    const rest = usual.filter(({ word }) => !world.history.includes(word));
    return [...past, ...rest.map(({ word, detail }) => ({ line: word, label: word, detail }))].slice(
      0,
      limit,
    );
  }
  const words = line.trimStart().split(/\s+/);
  const typed = words.at(-1) ?? "";
  const head = line.slice(0, line.length - typed.length);
  const candidates = words.length === 1 ? firstWords(world) : argumentsOf(words, world);
  const objects = words.length === 1 ? world.objects?.(line) ?? [] : [];
  const ranked = rank(candidates, typed).map(({ word, detail }) => ({
    line: head + word,
    label: word,
    detail,
  }));
  return [...ranked.slice(0, limit - objects.length), ...objects];
}

function firstWords({ resources }: PaletteWorld): readonly Candidate[] {
  const words = PALETTE_WORDS.map(({ names, help }) => ({
    word: names[0]!,
    aliases: names.slice(1),
    detail: help,
  }));
  return [...kindCandidates(resources), ...words];
}

/** One candidate a kind: preferred versions only, with the group where the bare plural means another. */
function kindCandidates(resources: readonly Resource[]): readonly Candidate[] {
  const taken = new Set<string>();
  return resources.filter((resource) => resource.preferred && resource.verbs.includes("list")).map(
    (resource) => {
      const { plural, singular, kind, shortNames, group, version } = resource;
      const word = taken.has(plural) ? groupResource(resource) : plural;
      taken.add(plural);
      const detail = [shortNames.join(","), group === "" ? version : group].filter((part) => part !== "")
        .join(" · ");
      return { word, aliases: [...shortNames, singular, kind.toLowerCase()], detail };
    },
  );
}

function argumentsOf(words: readonly string[], world: PaletteWorld): readonly Candidate[] {
  const [head = ""] = words;
  const known = PALETTE_WORDS.find(({ names }) => names.includes(head));
  if (known?.argument === "context") return plain(world.contexts, "context");
  if (known?.argument === "theme") return THEMES;
  if (known && known.argument === undefined) return [];
  if (words.at(-1)?.startsWith("@")) return plain(world.contexts.map((name) => `@${name}`), "context");
  if (words.length > 2) return [];
  return [...plain(world.namespaces, "namespace"), { word: "all", aliases: [], detail: "every namespace" }];
}

function plain(words: readonly string[], detail: string): readonly Candidate[] {
  return words.map((word) => ({ word, aliases: [], detail }));
}

/** Exact names before prefixes before parts; shorter words first; the given order otherwise. */
function rank(candidates: readonly Candidate[], typed: string): readonly Candidate[] {
  const wanted = typed.toLowerCase();
  if (wanted === "") return candidates;
  const scored = candidates.map((candidate, at) => ({ candidate, at, score: scoreOf(candidate, wanted) }));
  // letters in order anywhere help only where nothing nearer was found
  const limit = scored.some(({ score }) => score < SCATTERED) ? SCATTERED : Infinity;
  return scored.filter(({ score }) => score < limit)
    .sort((a, b) => a.score - b.score || a.candidate.word.length - b.candidate.word.length || a.at - b.at)
    .map(({ candidate }) => candidate);
}

const SCATTERED = 5;

function scoreOf({ word, aliases }: Candidate, wanted: string): number {
  if (word === wanted) return 0;
  if (aliases.includes(wanted)) return 1;
  if (word.startsWith(wanted)) return 2;
  if (aliases.some((alias) => alias.startsWith(wanted))) return 3;
  if (word.includes(wanted)) return 4;
  return isSubsequence(wanted, word) ? SCATTERED : Infinity;
}

function isSubsequence(wanted: string, word: string): boolean {
  let at = 0;
  for (const letter of word) if (letter === wanted[at]) at++;
  return wanted.length > 1 && at === wanted.length;
}
