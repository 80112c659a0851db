/**
 * The command line as kubectl's users write it: flags before or after the verb, `-oyaml`, `-o=yaml`,
 * `-lapp=x`, `-Aw`, `--watch=false`, repeats, `--`.
 */
import { OrkaError } from "../base/mod.ts";
import { nearMiss } from "../kube/mod.ts";
import { type FlagSpec, GLOBAL_FLAGS, takesWord } from "./flags.ts";
import type { VerbSpec } from "./verbs.ts";

/** A parsed command line. */
export interface Call {
  /** null: no verb was given. */
  readonly verb: VerbSpec | null;
  readonly flags: FlagValues;
  readonly args: readonly string[];
}

/** The values of a command line's flags, by the flag's long name. Asking for an undeclared flag is a bug. */
export class FlagValues {
  readonly #specs: ReadonlyMap<string, FlagSpec>;
  readonly #values = new Map<string, string[]>();

  constructor(specs: Iterable<FlagSpec>) {
    this.#specs = new Map([...specs].map((spec) => [spec.name, spec]));
  }

  add(spec: FlagSpec, value: string): void {
    const repeats = spec.type === "list" || spec.type === "texts";
    const before = repeats ? this.#values.get(spec.name) ?? [] : [];
    this.#values.set(spec.name, [...before, ...(spec.type === "list" ? value.split(",") : [value])]);
  }

  given(name: string): boolean {
    return this.#last(name) !== undefined;
  }

  /** A switch; `fallback` when it was not given. */
  on(name: string, fallback = false): boolean {
    const value = this.#last(name);
    return value === undefined ? fallback : value === "true";
  }

  text(name: string): string | undefined {
    return this.#last(name);
  }

  count(name: string): number | undefined {
    const value = this.#last(name);
    return value === undefined ? undefined : Number(value);
  }

  list(name: string): readonly string[] {
    this.#check(name);
    return this.#values.get(name) ?? [];
  }

  #last(name: string): string | undefined {
    this.#check(name);
    return this.#values.get(name)?.at(-1);
  }

  #check(name: string): void {
    if (!this.#specs.has(name)) throw new Error(`flag --${name} is not declared for this verb`);
  }
}

const TRUE_WORDS = new Set(["1", "t", "T", "true", "TRUE", "True"]);
const FALSE_WORDS = new Set(["0", "f", "F", "false", "FALSE", "False"]);

/** Parses a command line; throws OrkaError `usage`, with what was probably meant as its hint. */
export function parseCommandLine(argv: readonly string[], verbs: readonly VerbSpec[]): Call {
  const everyFlag = [...GLOBAL_FLAGS, ...verbs.flatMap((verb) => verb.flags)];
  const at = verbIndex(argv, everyFlag);
  const word = at < 0 ? undefined : argv[at]!;
  const rest = argv.filter((_, index) => index !== at);
  // `orka ops VERB` is `orka VERB`; alone it is a verb that lists them.
  const inner = word === OPS ? rest[verbIndex(rest, everyFlag)] : undefined;
  if (inner !== undefined) {
    refuseOther(inner, verbs);
    return parseCommandLine(rest, operations(verbs));
  }
  const verb = word === undefined ? null : findVerb(word, verbs);
  const specs = verb === null ? [...GLOBAL_FLAGS, ...rootFlags(verbs)] : [...verb.flags, ...GLOBAL_FLAGS];
  return { verb, ...parseFlags(rest, specs, verb?.name ?? "") };
}

const OPS = "ops";

/** The verbs that `orka ops` has before it. */
export function operations(verbs: readonly VerbSpec[]): readonly VerbSpec[] {
  return verbs.filter(({ name, section }) => name !== OPS && (section === "Operate" || name === "delete"));
}

/** Throws OrkaError `usage` for a verb behind `orka ops` that is no operation. */
function refuseOther(word: string, verbs: readonly VerbSpec[]): void {
  const is = (verb: VerbSpec) => verb.name === word || verb.aliases?.includes(word);
  if (!verbs.some(is) || operations(verbs).some(is)) return;
  throw new OrkaError("usage", `${word} is no operation`, { hint: `It is: orka ${word}` });
}

/** `-A`, for the session: `orka -A`. */
function rootFlags(verbs: readonly VerbSpec[]): FlagSpec[] {
  const all = verbs.flatMap((verb) => verb.flags).find((spec) => spec.name === "all-namespaces");
  return all === undefined ? [] : [all];
}

/** Where the verb stands: the first word that is neither a flag nor a flag's value. -1: none. */
export function verbIndex(argv: readonly string[], specs: readonly FlagSpec[]): number {
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i]!;
    if (arg === "--") return i + 1 < argv.length ? i + 1 : -1;
    if (!arg.startsWith("-") || arg === "-") return i;
    if (takesNext(arg, specs)) i++;
  }
  return -1;
}

function takesNext(arg: string, specs: readonly FlagSpec[]): boolean {
  if (arg.startsWith("--")) {
    const spec = arg.includes("=") ? undefined : findLong(arg.slice(2), specs);
    return spec !== undefined && takesWord(spec);
  }
  for (let i = 1; i < arg.length; i++) {
    const spec = specs.find(({ short }) => short === arg[i]);
    if (spec === undefined) return false;
    if (takesWord(spec)) return i === arg.length - 1;
  }
  return false;
}

/** kubectl's commands that Orka has not, and what does the same. */
const INSTEAD: Readonly<Record<string, string>> = {
  alpha: "kubectl alpha has what is tried out there.",
  autoscale: "A HorizontalPodAutoscaler is a manifest: orka create -f FILE, orka explain hpa.spec.",
  certificate: "kubectl certificate approves and denies requests.",
  "cluster-info": "orka version tells of the server, orka get --raw /livez?verbose of its health.",
  config: "--context, --namespace and --kubeconfig choose for one command; kubectl config changes the file.",
  expose: "orka create service clusterip NAME --tcp=PORT:TARGET makes a Service of the pods with app=NAME.",
  kustomize: "Pipe it: kubectl kustomize DIR | orka apply -f -",
  options: "orka help options lists the flags that every command takes.",
  plugin: "Orka runs no plugins.",
  proxy: "orka port-forward leads to a pod, orka get --raw PATH asks the server.",
  run: "orka create deployment NAME --image=IMAGE makes pods, orka debug a container with a shell.",
};

export function findVerb(word: string, verbs: readonly VerbSpec[]): VerbSpec {
  const found = verbs.find((verb) => verb.name === word || verb.aliases?.includes(word));
  if (found) return found;
  const shown = verbs.filter((verb) => !verb.hidden).flatMap((verb) => [verb.name, ...verb.aliases ?? []]);
  const instead = INSTEAD[word];
  if (instead !== undefined) {
    throw new OrkaError("usage", `unknown command "${word}" for "orka"`, { hint: instead });
  }
  throw usage(`unknown command "${word}" for "orka"`, nearMiss(word, shown), "orka help lists all commands.");
}

/** Reads flags and arguments; `verb` names the command in hints. */
export function parseFlags(
  argv: readonly string[],
  specs: readonly FlagSpec[],
  verb = "",
): { flags: FlagValues; args: readonly string[] } {
  const flags = new FlagValues(specs);
  const args: string[] = [];
  const cursor = { argv, next: 0 };
  while (cursor.next < argv.length) {
    const arg = argv[cursor.next++]!;
    if (arg === "--") {
      args.push(...argv.slice(cursor.next));
      break;
    }
    if (arg.startsWith("--")) readLong(arg, { specs, flags, cursor, verb });
    else if (arg.startsWith("-") && arg !== "-") readShorts(arg, { specs, flags, cursor, verb });
    else args.push(arg);
  }
  return { flags, args };
}

interface Reading {
  readonly specs: readonly FlagSpec[];
  readonly flags: FlagValues;
  readonly cursor: { readonly argv: readonly string[]; next: number };
  readonly verb: string;
}

function readLong(arg: string, reading: Reading): void {
  const equals = arg.indexOf("=");
  const name = equals < 0 ? arg.slice(2) : arg.slice(2, equals);
  const spec = findLong(name, reading.specs);
  if (spec === undefined) {
    const near = nearMiss(name, longNames(reading.specs));
    throw usage(`unknown flag: --${name}`, near && `--${near}`, helpLine(reading.verb));
  }
  if (equals >= 0) return set(spec, arg.slice(equals + 1), reading);
  if (takesWord(spec)) return set(spec, following(`--${name}`, reading), reading);
  set(spec, spec.type === "bool" ? "true" : "", reading);
}

/** pflag's rule: switches in a row, then one flag that takes all that is left. */
function readShorts(arg: string, reading: Reading): void {
  for (let i = 1; i < arg.length; i++) {
    const letter = arg[i]!;
    const spec = reading.specs.find(({ short }) => short === letter);
    if (spec === undefined) {
      const meant = findLong(arg.slice(1).split("=")[0]!, reading.specs);
      throw usage(
        `unknown shorthand flag: '${letter}' in ${arg}`,
        meant && `--${meant.name}`,
        helpLine(reading.verb),
      );
    }
    const rest = arg.slice(i + 1);
    if (rest.startsWith("=")) return set(spec, rest.slice(1), reading);
    if (spec.type !== "bool") return set(spec, rest || following(`-${letter}`, reading), reading);
    set(spec, "true", reading);
  }
}

function following(flag: string, { cursor, verb }: Reading): string {
  const value = cursor.argv[cursor.next++];
  if (value === undefined) {
    const help = flag === "-v" ? `-v is how much to log; orka --version prints the version.` : helpLine(verb);
    throw usage(`flag needs an argument: ${flag}`, undefined, help);
  }
  return value;
}

function set(spec: FlagSpec, value: string, { flags, specs, verb }: Reading): void {
  const bad = (wanted: string) =>
    usage(`invalid argument "${value}" for "--${spec.name}": ${wanted}`, undefined, helpLine(verb));
  if (spec.type === "bool") {
    if (!TRUE_WORDS.has(value) && !FALSE_WORDS.has(value)) throw bad("expected true or false");
    const isOn = TRUE_WORDS.has(value);
    const meant = specs.find(({ name }) => name === spec.standsFor?.[0]);
    if (isOn && meant !== undefined) flags.add(meant, spec.standsFor![1]);
    return flags.add(spec, String(isOn));
  }
  if (spec.type === "count" && !/^\d{1,15}$/.test(value)) throw bad("expected a whole number");
  flags.add(spec, value);
}

function findLong(name: string, specs: readonly FlagSpec[]): FlagSpec | undefined {
  return specs.find((spec) => spec.name === name || spec.aliases?.includes(name));
}

function longNames(specs: readonly FlagSpec[]): string[] {
  return specs.filter((spec) => !spec.hidden).flatMap((spec) => [spec.name, ...spec.aliases ?? []]);
}

function helpLine(verb: string): string {
  return verb === "" ? "orka help shows what there is." : `orka ${verb} --help lists its flags.`;
}

function usage(message: string, near: string | undefined, help: string): OrkaError {
  return new OrkaError("usage", message, {
    hint: near === undefined ? help : `Did you mean "${near}"? ${help}`,
  });
}
