/** The command lines that show what a view shows: what the session answers to `$`. */
import type { Filter, ObjectRef, Sort, ViewSpec } from "../engine/protocol.ts";
import { groupResource, type Resource } from "../kube/mod.ts";

export interface CommandLineOptions {
  /** Named only when given: the session was asked for it. */
  readonly context?: string | undefined;
}

export interface ViewCommandOptions extends CommandLineOptions {
  readonly filter?: Filter | null;
  readonly sort?: Sort | null;
  readonly wide?: boolean;
}

/** `orka get pods -n web -l app=x -o wide | grep -Ei 'api'`; of a query `orka search 'k:pods restarts>5' -n web` */
export function viewCommand(spec: ViewSpec, options: ViewCommandOptions = {}): string {
  const { filter = null, wide = false } = options;
  if (filter?.type === "query" && !spec.labelSelector && !spec.fieldSelector) {
    return queryCommand(spec, filter.query, options);
  }
  const labels = [spec.labelSelector ?? "", filter?.type === "labels" ? filter.selector : ""].filter((s) =>
    s !== ""
  );
  const words = [
    ...["orka", "get", kindWord(spec.resource)],
    ...scopeWords(spec.resource, spec.namespace),
    ...(labels.length > 0 ? ["-l", quoteWord(labels.join(","))] : []),
    ...(spec.fieldSelector ? ["--field-selector", quoteWord(spec.fieldSelector)] : []),
    ...sortWords(options.sort ?? null),
    ...(wide ? ["-o", "wide"] : []),
    ...contextWords(options),
  ];
  return words.join(" ") + grepSuffix(filter);
}

function queryCommand(spec: ViewSpec, query: string, options: ViewCommandOptions): string {
  return [
    ...["orka", "search", quoteWord(`k:${kindWord(spec.resource)} ${query}`)],
    ...scopeWords(spec.resource, spec.namespace),
    ...contextWords(options),
  ].join(" ");
}

/** `orka describe pod/web-0 -n web`; `verb` may carry flags, e.g. `get -o yaml`. */
export function objectCommand(verb: string, ref: ObjectRef, options: CommandLineOptions = {}): string {
  const [name = verb, ...flags] = verb.split(" ");
  const object = `${kindWord(ref.resource)}/${ref.name}`;
  return [
    "orka",
    name,
    quoteWord(object),
    ...scopeWords(ref.resource, ref.namespace),
    ...flags,
    ...contextWords(options),
  ]
    .join(" ");
}

/** `orka delete pods/web-0 pods/web-1 -n web --write`: several objects, those of the first one's namespace. */
export function objectsCommand(
  verb: string,
  refs: readonly ObjectRef[],
  options: CommandLineOptions = {},
): string {
  const [first] = refs;
  if (first === undefined) return "";
  const [name = verb, ...flags] = verb.split(" ");
  const here = refs.filter(({ namespace }) => namespace === first.namespace);
  const words = [
    ...["orka", name, kindWord(first.resource), ...here.map((ref) => quoteWord(ref.name))],
    ...scopeWords(first.resource, first.namespace),
    ...[...flags, ...contextWords(options), "--write"],
  ];
  const others = new Map(refs.filter((ref) => !here.includes(ref)).map((ref) => [ref.namespace, ref]));
  return words.join(" ") + (others.size > 0 ? `  # and in ${others.size} more namespaces` : "");
}

/** `orka events --for pod/web-0 -n web` */
export function eventsCommand(ref: ObjectRef, options: CommandLineOptions = {}): string {
  const object = quoteWord(`${kindWord(ref.resource)}/${ref.name}`);
  return [
    "orka",
    "events",
    "--for",
    object,
    ...scopeWords(ref.resource, ref.namespace),
    ...contextWords(options),
  ].join(" ");
}

export function kindWord(resource: Resource): string {
  return groupResource(
    resource.group === "apps" || resource.group === "batch" ? { ...resource, group: "" } : resource,
  );
}

export function scopeWords(resource: Resource, namespace: string | null): readonly string[] {
  if (!resource.namespaced) return [];
  return namespace === null || namespace === "" ? ["-A"] : ["-n", namespace];
}

export function contextWords({ context }: CommandLineOptions): readonly string[] {
  return context === undefined || context === "" ? [] : ["--context", quoteWord(context)];
}

/** Only what the objects themselves carry can be sorted by on a command line. */
function sortWords(sort: Sort | null): readonly string[] {
  const path =
    { name: ".metadata.name", age: ".metadata.creationTimestamp", namespace: ".metadata.namespace" }[
      sort?.column.toLowerCase() ?? ""
    ];
  return path === undefined ? [] : ["--sort-by", path];
}

function grepSuffix(filter: Filter | null): string {
  if (filter === null || filter.type === "labels") return "";
  if (filter.type === "query") return `  # of these, as orka search has it: ${filter.query}`;
  if (filter.type === "fuzzy") return ` | fzf -f ${quoteWord(filter.pattern)}`;
  return ` | grep -${filter.inverse ? "v" : ""}Ei ${quoteWord(filter.pattern)}`;
}

/** Quoted for a POSIX shell where needed. */
export function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
