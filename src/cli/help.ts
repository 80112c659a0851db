import { FLAG_GROUPS, type FlagSpec, GLOBAL_FLAGS } from "./flags.ts";
import type { VerbSpec } from "./verbs.ts";

const SECTIONS: readonly VerbSpec["section"][] = [
  "See",
  "Follow",
  "Change",
  "Operate",
  "Serve",
  "About",
  "Shell",
];
const WIDEST = 100;

/** What `orka help` says. */
export function rootHelp(verbs: readonly VerbSpec[], columns: number): string {
  const width = Math.min(columns, WIDEST);
  const lines = [
    "Orka: the Kubernetes IDE for the terminal.",
    "",
    "Usage:",
    "  orka                    open the session: a full screen on the current context",
    "  orka -n shop | -A       … in one namespace, or in all",
    "  orka --embedded         … on a demo cluster inside Orka",
    "  orka COMMAND [flags]    run one command",
  ];
  for (const section of SECTIONS) {
    const shown = verbs.filter((verb) => verb.section === section && !verb.hidden);
    if (shown.length === 0) continue;
    lines.push("", `${section}:`, ...rows(shown.map((verb) => [verb.name, verb.brief]), width));
  }
  lines.push(
    "",
    "Start with:",
    "  orka get pods -A          as kubectl would",
    "  orka describe pod web-0   an object in words",
    "  orka COMMAND --help       a command's flags and examples",
    "  orka help options         flags that every command takes",
  );
  return `${lines.join("\n")}\n`;
}

/** What `orka VERB --help` says. */
export function verbHelp(verb: VerbSpec, columns: number): string {
  const width = Math.min(columns, WIDEST);
  const line = ["orka", verb.name, verb.usage, "[flags]"].filter((part) => part !== "").join(" ");
  const lines = [`${capital(verb.brief)}.`, "", "Usage:", `  ${line}`];
  if (verb.aliases) lines.push("", `Also: ${verb.aliases.map((alias) => `orka ${alias}`).join(", ")}`);
  for (const paragraph of verb.about) lines.push("", ...wrap(paragraph, width));
  if (verb.examples.length > 0) lines.push("", "Examples:");
  for (const [about, example] of verb.examples) lines.push(`  # ${about}`, `  ${example}`);
  const common = GLOBAL_FLAGS.filter((spec) => spec.group === "General");
  lines.push(...flagSections([...verb.flags, ...common], width));
  lines.push("", "orka help options lists the flags for clusters and credentials.");
  return `${lines.join("\n")}\n`;
}

/** What `orka help options` says. */
export function optionsHelp(columns: number): string {
  const lines = ["Flags that every command takes, before it or after:"];
  return `${[...lines, ...flagSections(GLOBAL_FLAGS, Math.min(columns, WIDEST))].join("\n")}\n`;
}

function flagSections(specs: readonly FlagSpec[], width: number): string[] {
  return FLAG_GROUPS.flatMap((group) => {
    const shown = specs.filter((spec) => spec.group === group && !spec.hidden);
    if (shown.length === 0) return [];
    return ["", `${group}:`, ...rows(shown.map((spec) => [spelling(spec), spec.about]), width)];
  });
}

function spelling(spec: FlagSpec): string {
  const short = spec.short === undefined ? "    " : `-${spec.short}, `;
  const long = [spec.name, ...spec.aliases ?? []].map((name) => `--${name}`).join(", ");
  const form = spec.value === undefined ? "" : `=${spec.value}`;
  const value = spec.type === "switch" ? `[${form}]` : form;
  return spec.name === spec.short ? `-${spec.short}${value}` : `${short}${long}${value}`;
}

/** Two columns; what is too wide for the left one stands on a line of its own. */
function rows(pairs: readonly (readonly [string, string])[], width: number): string[] {
  const left = Math.min(30, Math.max(...pairs.map(([name]) => name.length)));
  const indent = " ".repeat(left + 5);
  return pairs.flatMap(([name, about]) => {
    const text = wrap(about, Math.max(20, width - left - 5));
    const head = name.length > left
      ? [`  ${name}`]
      : [`  ${name.padEnd(left)}   ${text.shift() ?? ""}`.trimEnd()];
    return [...head, ...text.map((line) => indent + line)];
  });
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
