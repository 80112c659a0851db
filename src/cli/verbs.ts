/**
 * The verbs: one table makes parsing, help, completion and docs. A verb's code is loaded when it runs.
 */
import {
  DESCRIBE_FLAGS,
  DISCOVER_FLAGS,
  EVENTS_FLAGS,
  type FlagSpec,
  GET_FLAGS,
  JSON_OUTPUT,
  K1S_FLAGS,
  LS_FLAGS,
  SEARCH_FLAGS,
  STATS_FLAGS,
  VERSION_FLAGS,
  WATCH_VERB_FLAGS,
} from "./flags.ts";
import { CHANGE_VERBS } from "./verbs_change.ts";
import { OPS_VERBS } from "./verbs_ops.ts";
import type { CliIo } from "./io.ts";
import type { Call, FlagValues } from "./parse.ts";
import { SCHEMA } from "./verbs_schema.ts";

/** Runs a verb and says its exit code; throws OrkaError for what went wrong. */
export type Command = (io: CliIo, call: Call) => Promise<number>;

/** What the positional arguments are, for completion. */
export type ArgumentKind = "kinds then names" | "kind/name" | "k1s action" | "verb" | "shell" | "none";

export interface VerbSpec {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** Section of `orka help`. */
  readonly section: "See" | "Follow" | "Change" | "Operate" | "Serve" | "About" | "Shell";
  readonly brief: string;
  /** What follows the verb in its usage line. */
  readonly usage: string;
  /** Paragraphs under the usage line. */
  readonly about: readonly string[];
  /** [what it does, the line]. */
  readonly examples: readonly (readonly [string, string])[];
  readonly flags: readonly FlagSpec[];
  readonly takes: ArgumentKind;
  /** What the first argument is instead, for completion: `rollout status`. */
  readonly actions?: readonly string[];
  /** The arguments are names of this kind, for completion: `drain NODE`. */
  readonly kind?: string;
  readonly hidden?: boolean;
  /** Whether a server will be asked; most verbs always do. */
  readonly asksServer?: (flags: FlagValues) => boolean;
  /** Whether it goes on until it is stopped, and may print nothing for long. */
  readonly follows?: (flags: FlagValues) => boolean;
  readonly load: () => Promise<{ readonly command: Command }>;
}

const GET: VerbSpec = {
  name: "get",
  section: "See",
  brief: "print objects as a table, JSON, YAML and more, as kubectl get does",
  usage: "KIND[,KIND…] [NAME…] | KIND/NAME…",
  about: [
    "Kinds take every spelling that kubectl knows: pods, po, Pod, deployments.v1.apps, v1/Pod, apps/v1/Deployment, pod/web-0, a,b, all.",
    "Rows are printed page by page as the server sends them. Column widths are fixed by the first page of 500 and only grow after it. --sort-by and jsonpath need everything first.",
  ],
  examples: [
    ["Pods of one namespace, with node and IP", "orka get pods -n shop -o wide"],
    ["Two kinds in all namespaces", "orka get deploy,sts -A"],
    ["One object as YAML", "orka get deploy/web -o yaml"],
    ["Names only, for a script", "orka get pods -l app=web -o name"],
    ["Chosen columns", "orka get pods -o custom-columns=NAME:.metadata.name,NODE:.spec.nodeName"],
    ["One JSON object a line, for jq", "orka get events -A -o ndjson | jq .reason"],
    ["What is there, then every change", "orka get pods -w"],
  ],
  flags: GET_FLAGS,
  takes: "kinds then names",
  follows: (flags) => flags.on("watch") || flags.on("watch-only"),
  load: () => import("./commands/get.ts"),
};

const DESCRIBE: VerbSpec = {
  name: "describe",
  section: "See",
  brief: "what a person needs to know of an object: state, conditions, parts, events",
  usage: "KIND [NAME|PREFIX…] | KIND/NAME…",
  about: ["A name that matches no object is taken as a prefix of names, as kubectl does."],
  examples: [
    ["One pod", "orka describe pod web-0"],
    ["All pods of an app", "orka describe pods -l app=web"],
    ["Without its events", "orka describe node/node-1 --show-events=false"],
  ],
  flags: DESCRIBE_FLAGS,
  takes: "kinds then names",
  load: () => import("./commands/describe.ts"),
};

const EVENTS: VerbSpec = {
  name: "events",
  aliases: ["ev"],
  section: "Follow",
  brief: "events, oldest first, of a namespace or of one object",
  usage: "",
  about: [],
  examples: [
    ["Warnings everywhere", "orka events -A --types Warning"],
    ["Of one object, and what comes", "orka events --for deploy/web -w"],
  ],
  flags: EVENTS_FLAGS,
  takes: "none",
  follows: (flags) => flags.on("watch"),
  load: () => import("./commands/events.ts"),
};

const DISCOVER: VerbSpec = {
  name: "discover",
  aliases: ["api-resources"],
  section: "See",
  brief: "the kinds that the server serves",
  usage: "",
  about: [
    "One a line: group/version • Kind • namespaced|cluster. API groups that do not answer are named on stderr.",
  ],
  examples: [
    ["Every kind", "orka discover"],
    ["The first kind that a CRD made", "orka discover --prefer-crd"],
    ["With plurals, short names and verbs, for a script", "orka discover -o json"],
  ],
  flags: DISCOVER_FLAGS,
  takes: "none",
  load: () => import("./commands/discover.ts"),
};

const API_VERSIONS: VerbSpec = {
  name: "api-versions",
  section: "See",
  brief: "the API versions that the server serves, one group/version a line",
  usage: "",
  about: [],
  examples: [["Is the metrics API there", "orka api-versions | grep metrics.k8s.io"]],
  flags: [],
  takes: "none",
  load: () => import("./commands/api_versions.ts"),
};

const LS: VerbSpec = {
  name: "ls",
  section: "See",
  brief: "a table from the engine's snapshot: NAMESPACE NAME AGE and the printer columns",
  usage: "KIND",
  about: ["The table that the session shows, printed once: listed, watched and sorted by Orka's engine."],
  examples: [
    ["Certificates of a namespace", "orka ls cert-manager.io/v1/Certificate --ns shop"],
    ["As JSON", "orka ls pods -A -o json"],
  ],
  flags: LS_FLAGS,
  takes: "kinds then names",
  load: () => import("./commands/ls.ts"),
};

const SEARCH: VerbSpec = {
  name: "search",
  section: "See",
  brief: "find objects of many kinds by what they are, and by fuzzy text",
  usage: "QUERY…",
  about: [
    "Terms must all hold: k:KIND g:GROUP ns:NAMESPACE name:NAME label:KEY[=VALUE] anno:KEY[=VALUE] field:COLUMN|PATH[=VALUE], with values quoted, several (ns:a,b), globs (name:web*) and - before a term for its opposite; comparisons of columns (restarts>5, age<2h); and words, which rank as in fzf: fuzzy, 'exact, ^prefix, suffix$, !not.",
    "Without k: the everyday kinds are looked at, or those of --kinds. Values of Secrets are never looked at. Nothing found is no error.",
  ],
  examples: [
    ["Applications of a namespace", 'orka search "k:Application ns:prod payments"'],
    ["Pods that keep restarting", "orka search 'k:pods restarts>5 age<2h'"],
    ["For a script", "orka search 'k:deploy label:app=web' -o json | jq .hits"],
    ["Why it ranks so", "orka search payapi --explain"],
  ],
  flags: SEARCH_FLAGS,
  takes: "none",
  load: () => import("./commands/search.ts"),
};

const WATCH_VERB: VerbSpec = {
  name: "watch",
  section: "Follow",
  brief: "follow a kind: + ns/name when one comes or changes, - ns/name when one goes",
  usage: "KIND [NAME] | KIND/NAME",
  about: ["Lost connections are healed and nothing is printed twice for it. Ends on Ctrl-C or at --until."],
  examples: [
    ["Pods of a namespace", "orka watch pods --ns shop"],
    ["Wait for a rollout's first ten changes", "orka watch deploy/web --until 10"],
    ["Wait for a condition", "orka watch pod/web-0 --until condition=Ready"],
    ["For a script", "orka watch pods -A -o json | jq .type"],
  ],
  flags: WATCH_VERB_FLAGS,
  takes: "kinds then names",
  follows: () => true,
  load: () => import("./commands/watch.ts"),
};

const K1S: VerbSpec = {
  name: "k1s",
  section: "Serve",
  brief: "a Kubernetes API on this machine, for kubectl and every other client",
  usage: "up|down|status|kubeconfig|reset|export|import|snapshot FILE|restore FILE|compact",
  about: [
    "up serves until Ctrl-C and prints the path of a kubeconfig once it answers; --detach leaves it in the background, and down ends it. It listens on 127.0.0.1 alone.",
    "No kubelet and no controllers run: pods are kept as they are written.",
    "reset deletes the cluster with everything in it. export prints all objects but Events, Secrets included; import writes such a file, and leaves what is there as it is.",
    "snapshot copies the store as it is at one moment, also while it is up: objects, Secrets in clear, history; no certificates. restore makes a store of it, never over another one without --force; clients list anew. compact forgets history, not objects.",
  ],
  examples: [
    ["In the background, and kubectl on it", "kubectl --kubeconfig $(orka k1s up --detach) get namespaces"],
    ["With something to look at, kept nowhere", "orka k1s up --store memory --demo"],
    ["Is it up, for a script", "orka k1s status -o json"],
    ["Make it the current context", "orka k1s kubeconfig --merge"],
    [
      "A copy, and a cluster of it",
      "orka k1s snapshot a.snapshot && orka k1s restore a.snapshot --store ./copy",
    ],
  ],
  flags: K1S_FLAGS,
  takes: "k1s action",
  load: () => import("./commands/k1s.ts"),
};

const STATS: VerbSpec = {
  name: "stats",
  section: "About",
  brief: "settings (ORKA_*), metrics address and memory",
  usage: "",
  about: [],
  examples: [["For a script", "orka stats -o json"]],
  flags: STATS_FLAGS,
  takes: "none",
  asksServer: () => false,
  load: () => import("./commands/stats.ts"),
};

const VERSION: VerbSpec = {
  name: "version",
  section: "About",
  brief: "versions of Orka and of the server",
  usage: "",
  about: [],
  examples: [["Without asking the server", "orka version --client"]],
  flags: VERSION_FLAGS,
  takes: "none",
  asksServer: (flags) => !flags.on("client"),
  load: () => import("./commands/version.ts"),
};

const COMPLETION: VerbSpec = {
  name: "completion",
  section: "Shell",
  brief: "a completion script for bash, zsh or fish",
  usage: "bash|zsh|fish",
  about: [
    "Completes verbs, flags, kinds, namespaces, names and contexts. The cluster is asked for at most a second.",
  ],
  examples: [
    ["bash, in ~/.bashrc", "source <(orka completion bash)"],
    ["zsh, in ~/.zshrc", "source <(orka completion zsh)"],
    ["fish", "orka completion fish > ~/.config/fish/completions/orka.fish"],
  ],
  flags: [],
  takes: "shell",
  asksServer: () => false,
  load: () => import("./commands/completion.ts"),
};

const HELP: VerbSpec = {
  name: "help",
  section: "About",
  brief: "help for Orka or for one command",
  usage: "[COMMAND|options]",
  about: [],
  examples: [],
  flags: [],
  takes: "verb",
  asksServer: () => false,
  load: () => import("./commands/help.ts"),
};

/** Every verb, in the order of help; whose -o takes json takes --json. */
export const VERBS: readonly VerbSpec[] = [
  GET,
  DESCRIBE,
  DISCOVER,
  API_VERSIONS,
  LS,
  SEARCH,
  SCHEMA,
  WATCH_VERB,
  EVENTS,
  ...CHANGE_VERBS,
  ...OPS_VERBS,
  K1S,
  VERSION,
  STATS,
  HELP,
  COMPLETION,
].map(withJson);

function withJson(verb: VerbSpec): VerbSpec {
  const takesJson = verb.flags.some(({ name, about }) =>
    name === "output" && /(?<![-\w])json(?![-\w])/.test(about)
  );
  const hasJson = verb.flags.some(({ name }) => name === "json");
  return takesJson && !hasJson ? { ...verb, flags: [...verb.flags, JSON_OUTPUT] } : verb;
}
