/** The command lines of operations, as dialogs show them. */
import { contextWords, kindWord, quoteWord, scopeWords } from "../command_line.ts";
import type { PaneHost, TargetObject } from "../pane.ts";

/** `orka rollout restart deployments/web deployments/api -n shop --write`; one line a namespace. */
export function opsCommand(
  host: Pick<PaneHost, "namedContext">,
  words: string,
  { objects, flags = [] }: { readonly objects: readonly TargetObject[]; readonly flags?: readonly string[] },
): string {
  const namespaces = [...new Set(objects.map(({ namespace }) => namespace))];
  return namespaces.map((namespace) => {
    const here = objects.filter((object) => object.namespace === namespace);
    const { resource } = here[0]!;
    return [
      "orka",
      words,
      ...here.map(({ name }) => quoteWord(`${kindWord(resource)}/${name}`)),
      ...scopeWords(resource, namespace),
      ...flags.map(quoteWord),
      ...contextWords({ context: host.namedContext }),
      "--write",
    ].join(" ");
  }).join(" && ");
}

/** `Deployment web`, `3 deployments`. */
export function objectsText(objects: readonly TargetObject[]): string {
  const [first] = objects;
  if (first === undefined) return "nothing";
  const { resource, name } = first;
  return objects.length === 1 ? `${resource.kind} ${name}` : `${objects.length} ${resource.plural}`;
}

const MOST_NAMES = 8;

/** What a dialog lists above its fields; one object is in the title already. */
export function namesOf(objects: readonly TargetObject[]): readonly string[] {
  if (objects.length < 2) return [];
  const more = objects.length - MOST_NAMES;
  return [
    ...objects.slice(0, MOST_NAMES).map(({ name }) => name),
    ...(more > 0 ? [`… and ${more} more`] : []),
  ];
}

/** Typed in a protected context: the name, or how many. */
export function nameToType(objects: readonly TargetObject[]): string {
  return objects.length === 1 ? objects[0]!.name : String(objects.length);
}
