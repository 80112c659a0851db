/**
 * The flags: one table makes parsing, help, completion and docs.
 */

/** What a completion proposes for a value. */
export type Completes =
  | "namespace"
  | "context"
  | "cluster"
  | "user"
  | "kind"
  | "output"
  | "file"
  | "none";

export interface FlagSpec {
  /** Long name without dashes. */
  readonly name: string;
  readonly short?: string;
  /** Other long spellings. */
  readonly aliases?: readonly string[];
  /**
   * bool: `--x`, `--x=false`; no separate value. text: the last one given wins. list: repeats and commas add
   * up. texts: repeats add up, commas are kept. count: a whole number. switch: `--x`, whose text is empty, or
   * `--x=text`; no separate value.
   */
  readonly type: "bool" | "text" | "list" | "texts" | "count" | "switch";
  /** Stands for the value in help. */
  readonly value?: string;
  readonly group: FlagGroup;
  readonly about: string;
  readonly completes?: Completes;
  /** Taken, but not shown in help. */
  readonly hidden?: boolean;
  /** A switch that is short for another flag with this value: `--json` for `-o json`. */
  readonly standsFor?: readonly [flag: string, value: string];
}

export type FlagGroup =
  | "Selection"
  | "Output"
  | "Watching"
  | "Command"
  | "Cluster and credentials"
  | "General";

/** Whether the word after the flag is its value. */
export function takesWord({ type }: FlagSpec): boolean {
  return type !== "bool" && type !== "switch";
}

/** The order of help's sections. */
export const FLAG_GROUPS: readonly FlagGroup[] = [
  "Command",
  "Selection",
  "Output",
  "Watching",
  "General",
  "Cluster and credentials",
];

/** `spelling` is `s|long|alias VALUE`. */
export function flag(
  group: FlagGroup,
  spelling: string,
  type: FlagSpec["type"],
  about: string,
  more: Partial<FlagSpec> = {},
): FlagSpec {
  const [names, value] = spelling.split(" ") as [string, string?];
  const words = names.split("|");
  const short = words.find((word) => word.length === 1);
  const [name, ...aliases] = words.filter((word) => word.length > 1);
  return {
    name: name!,
    type,
    group,
    about,
    ...(short === undefined ? {} : { short }),
    ...(aliases.length === 0 ? {} : { aliases }),
    ...(value === undefined ? {} : { value }),
    ...more,
  };
}

/** `flag` of one group, for the verbs that have many of it. */
export function flagsOf(group: FlagGroup) {
  return (spelling: string, type: FlagSpec["type"], about: string, more: Partial<FlagSpec> = {}): FlagSpec =>
    flag(group, spelling, type, about, more);
}

const connection = (spelling: string, type: FlagSpec["type"], about: string, more: Partial<FlagSpec> = {}) =>
  flag("Cluster and credentials", spelling, type, about, more);

/** Taken by every verb, before it or after. */
export const GLOBAL_FLAGS: readonly FlagSpec[] = [
  flag("General", "h|help", "bool", "help for the command"),
  flag("General", "V|version", "bool", "print Orka's version"),
  flag("General", "n|namespace|ns NAME", "text", "the namespace to work in", { completes: "namespace" }),
  flag("General", "context NAME", "text", "the kubeconfig context to use", { completes: "context" }),
  flag("General", "kubeconfig FILE", "text", "the kubeconfig file to read instead of $KUBECONFIG", {
    completes: "file",
  }),
  flag(
    "General",
    "embedded DIR",
    "switch",
    "work on the cluster inside Orka: a demo in memory, or the store in DIR",
    { completes: "file" },
  ),
  flag(
    "General",
    "request-timeout TIME",
    "text",
    "give up on a request after this long, as 5s or 2m; 0 waits for ever",
  ),
  flag(
    "General",
    "v LEVEL",
    "count",
    "log requests to stderr: 6 one line each, 8 and 9 with headers and bodies",
    {
      name: "v",
      short: "v",
    },
  ),
  flag("General", "write", "bool", "allow changes of the cluster; without it they are only tried and shown"),
  connection("cluster NAME", "text", "the kubeconfig cluster to use", { completes: "cluster" }),
  connection("user NAME", "text", "the kubeconfig user to use", { completes: "user" }),
  connection("s|server URL", "text", "address of the API server"),
  connection("token TOKEN", "text", "bearer token for the API server"),
  connection(
    "as NAME",
    "text",
    "the user to impersonate; system:serviceaccount:NS:NAME for a service account",
  ),
  connection("as-group GROUP", "list", "a group to impersonate; repeats"),
  connection("as-uid UID", "text", "the UID to impersonate"),
  connection("as-user-extra KEY=VALUE", "texts", "an extra field to impersonate; repeats"),
  connection("certificate-authority FILE", "text", "CA certificates to trust", { completes: "file" }),
  connection("client-certificate FILE", "text", "client certificate to present", { completes: "file" }),
  connection("client-key FILE", "text", "key of the client certificate", { completes: "file" }),
  connection("insecure-skip-tls-verify", "bool", "trust any server certificate"),
  connection("tls-server-name NAME", "text", "the name to check the server's certificate against"),
  connection("username NAME", "text", "user name for basic authentication"),
  connection("password PASSWORD", "text", "password for basic authentication"),
  connection("disable-compression", "bool", "ask the server for uncompressed answers"),
  connection("cache-dir DIR", "text", "where discovery is cached", { completes: "file" }),
  // Taken so that kubectl's command lines run unchanged; they say nothing to Orka.
  connection("match-server-version", "bool", "", { hidden: true }),
  connection("warnings-as-errors", "bool", "", { hidden: true }),
  connection("kuberc FILE", "text", "", { hidden: true }),
];

export const ALL_NAMESPACES = flag(
  "Selection",
  "A|all-namespaces",
  "bool",
  "look in all namespaces; wins over -n",
);
export const SELECTOR = flag(
  "Selection",
  "l|selector QUERY",
  "text",
  "labels to match: app=web, env!=prod, tier in (a,b), !canary",
);
export const FIELD_SELECTOR = flag(
  "Selection",
  "field-selector QUERY",
  "text",
  "fields to match: status.phase=Running; the server takes few of them per kind",
);
const CHUNK_SIZE = flag(
  "Selection",
  "chunk-size N",
  "count",
  "ask for lists in pages of N objects (default 500); 0 asks for all at once",
);
export const FILENAME = flag(
  "Selection",
  "f|filename FILE",
  "list",
  "the objects named in a manifest; - reads stdin",
  {
    completes: "file",
  },
);
export const RECURSIVE = flag(
  "Selection",
  "R|recursive",
  "bool",
  "read the directory given to -f with all below it",
);
/** Taken to be refused with a word on what to do instead. */
export const KUSTOMIZE = flag("Selection", "k|kustomize DIR", "text", "", {
  completes: "file",
  hidden: true,
});
export const IGNORE_NOT_FOUND = flag(
  "Selection",
  "ignore-not-found",
  "bool",
  "say nothing and exit 0 when a named object does not exist",
);
const WATCH = flag("Watching", "w|watch", "bool", "go on and print every change");

/** `-o`, with the formats of one verb in its help. */
export function outputFlag(formats: string): FlagSpec {
  return flag("Output", "o|output FORMAT", "text", formats, { completes: "output" });
}

/** Of verbs that have `-o` with json. */
export const JSON_OUTPUT = flag("Output", "json", "bool", "short for -o json", {
  standsFor: ["output", "json"],
});

export const SHOW_MANAGED_FIELDS = flag(
  "Output",
  "show-managed-fields",
  "bool",
  "keep metadata.managedFields in json and yaml",
);
export const TEMPLATE = flag("Output", "template TEMPLATE", "text", "the template, for -o jsonpath");
export const MISSING_KEYS = flag(
  "Output",
  "allow-missing-template-keys",
  "bool",
  "false makes an absent field an error in jsonpath (default true)",
);

export const GET_FLAGS: readonly FlagSpec[] = [
  ALL_NAMESPACES,
  SELECTOR,
  FIELD_SELECTOR,
  FILENAME,
  KUSTOMIZE,
  RECURSIVE,
  IGNORE_NOT_FOUND,
  CHUNK_SIZE,
  flag("Selection", "subresource NAME", "text", "the subresource to get: status, scale, …"),
  flag("Selection", "raw PATH", "text", "print the server's answer to a GET of this path, as /healthz"),
  outputFlag(
    "json, yaml, wide, name, ndjson, jsonpath=…, jsonpath-as-json=…, jsonpath-file=…, custom-columns=…, custom-columns-file=…",
  ),
  flag("Output", "no-headers", "bool", "leave the header line out"),
  flag("Output", "show-labels", "bool", "labels as the last column"),
  flag("Output", "L|label-columns NAMES", "list", "these labels as columns; repeats, or commas"),
  flag("Output", "show-kind", "bool", "kind before every name"),
  SHOW_MANAGED_FIELDS,
  flag("Output", "sort-by PATH", "text", "order rows by a JSONPath: .metadata.creationTimestamp"),
  MISSING_KEYS,
  TEMPLATE,
  flag("Output", "server-print", "bool", "", { hidden: true }),
  WATCH,
  flag("Watching", "watch-only", "bool", "print changes only, not what is there"),
  flag("Watching", "output-watch-events", "bool", "print the type of every change: ADDED, MODIFIED, DELETED"),
];

export const WATCH_VERB_FLAGS: readonly FlagSpec[] = [
  ALL_NAMESPACES,
  SELECTOR,
  FIELD_SELECTOR,
  flag(
    "Watching",
    "until WHEN",
    "text",
    "stop after so many lines (100), so long (30s), or at delete, a condition (condition=Ready) or a value (jsonpath=.status.phase=Running)",
  ),
  flag("Watching", "watch-only", "bool", "do not print what is there at the start"),
  outputFlag("json: one {type, object} a line"),
];

export const EVENTS_FLAGS: readonly FlagSpec[] = [
  ALL_NAMESPACES,
  flag("Selection", "for KIND/NAME", "text", "only events about this object"),
  flag("Selection", "types TYPES", "list", "only these types: Normal, Warning"),
  CHUNK_SIZE,
  flag("Output", "no-headers", "bool", "leave the header line out"),
  outputFlag("json or yaml"),
  WATCH,
];

export const DESCRIBE_FLAGS: readonly FlagSpec[] = [
  ALL_NAMESPACES,
  SELECTOR,
  FILENAME,
  KUSTOMIZE,
  RECURSIVE,
  CHUNK_SIZE,
  flag("Output", "show-events", "bool", "events of the object at the end (default true)"),
  { ...outputFlag(""), hidden: true }, // it is asked for often enough to be told of get
];

export const DISCOVER_FLAGS: readonly FlagSpec[] = [
  flag("Selection", "prefer-crd", "bool", "only the first resource that a CustomResourceDefinition made"),
  flag("Selection", "api-group GROUP", "text", "only resources of this group"),
  flag("Selection", "namespaced", "bool", "only namespaced resources; =false only the others"),
  flag("Selection", "cached", "bool", "trust what the cache on disk says, and do not ask the server"),
  outputFlag("json, wide (with short names and verbs) or name"),
];

export const LS_FLAGS: readonly FlagSpec[] = [
  ALL_NAMESPACES,
  SELECTOR,
  FIELD_SELECTOR,
  flag("Output", "no-headers", "bool", "leave the header line out"),
  outputFlag("json, ndjson, wide or name"),
];

export const SEARCH_FLAGS: readonly FlagSpec[] = [
  ALL_NAMESPACES,
  flag("Selection", "kinds KINDS", "list", "the kinds to look at when the query names none with k:", {
    completes: "kind",
  }),
  flag("Selection", "limit N", "count", "hits to print, best first (default 50)"),
  flag("Selection", "max-candidates N", "count", "objects to score at most; the rest is counted on stderr"),
  flag("Selection", "min-score N", "count", "leave out hits that score less"),
  flag("Output", "explain", "bool", "how each hit came to its score"),
  flag("Output", "no-headers", "bool", "leave the header line out"),
  outputFlag("json, wide (with group and score), name or table"),
];

export const VERSION_FLAGS: readonly FlagSpec[] = [
  flag("Command", "client", "bool", "only this program's version; asks no server"),
  outputFlag("json or yaml"),
];

export const STATS_FLAGS: readonly FlagSpec[] = [outputFlag("json")];

export const K1S_FLAGS: readonly FlagSpec[] = [
  flag(
    "Command",
    "store DIR",
    "text",
    "where the cluster is kept, or memory (default $XDG_STATE_HOME/orka/k1s, ~/.local/state/orka/k1s)",
    { completes: "file" },
  ),
  flag(
    "Command",
    "port N",
    "count",
    "up: the port on 127.0.0.1 (default the one of last time, or a free one)",
  ),
  flag("Command", "socket PATH", "text", "up: a unix socket besides the port, for its owner alone", {
    completes: "file",
  }),
  flag("Command", "http", "bool", "up: plain HTTP, where everybody on this machine is the administrator"),
  flag("Command", "demo", "bool", "up: objects to look at, with steady changes"),
  flag("Command", "d|detach", "bool", "up: in the background, until k1s down"),
  flag("Command", "merge", "bool", "kubeconfig: add it to your own, as the current context"),
  flag("Command", "f|filename FILE", "list", "import: what export printed; - reads stdin", {
    completes: "file",
  }),
  flag("Command", "force", "bool", "restore: replace the cluster that is in the directory"),
  flag("Command", "revision N", "count", "compact: forget history up to this one (default the newest)"),
  flag("Command", "older-than DUR", "text", "compact: forget history older than that: 10m, 2h, 1d"),
  outputFlag("status: json; export: yaml (default) or ndjson"),
];
