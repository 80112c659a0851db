/** Any object by its fields, as kubectl describes kinds that it has no describer for. */
import type { Context } from "./context.ts";
import type { Page } from "./document.ts";
import { Tree } from "./tree.ts";
import { annotations, pairs, statusOf } from "./values.ts";

const SHOWN_ABOVE = new Set(["managedFields", "name", "namespace", "labels", "annotations"]);

/** Fields sorted by name, labels in words; a status's conditions as a table. */
export function describeGeneric(page: Page, object: Tree, _context: Context): void {
  page.field("Name", object.at("metadata.name").text);
  page.field("Namespace", object.at("metadata.namespace").text);
  page.field("Labels", pairs(object.at("metadata.labels")));
  annotations(page, "Annotations", object.at("metadata.annotations"));
  for (const [name, value] of object.entries) {
    if (name !== "metadata") fieldOf(page, { name, value, indent: 0 });
    else {
      page.heading("Metadata");
      const shown = value.entries.filter(([key]) => !SHOWN_ABOVE.has(key));
      for (const [key, inner] of shown) fieldOf(page, { name: key, value: inner, indent: 2 });
    }
  }
}

interface Field {
  readonly name: string;
  readonly value: Tree;
  readonly indent: number;
}

function fieldOf(page: Page, { name, value, indent }: Field): void {
  const label = humanLabel(name);
  if (Array.isArray(value.value)) {
    page.heading(label, indent);
    if (name === "conditions" && isConditions(value)) return conditionTable(page, value, indent + 2);
    for (const child of value.list) {
      if (isMap(child)) fields(page, child, indent + 2);
      else page.text(goText(child), indent + 2);
    }
  } else if (isMap(value)) {
    page.heading(label, indent);
    fields(page, value, indent + 2);
  } else page.field(label, goText(value), indent);
}

function fields(page: Page, map: Tree, indent: number): void {
  for (const [name, value] of map.entries) fieldOf(page, { name, value, indent });
}

function isMap(tree: Tree): boolean {
  return typeof tree.value === "object" && tree.value !== null && !Array.isArray(tree.value);
}

function isConditions(list: Tree): boolean {
  return list.list.length > 0 &&
    list.list.every((c) => c.at("type").text !== "" && c.at("status").text !== "");
}

function conditionTable(page: Page, list: Tree, indent: number): void {
  page.table(
    ["Type", "Status", "Last Transition Time", "Reason", "Message"],
    list.list.map((c) => [
      c.at("type").text,
      statusOf(c),
      c.at("lastTransitionTime").text,
      c.at("reason").text,
      c.at("message").text,
    ]),
    { indent },
  );
}

/** A scalar, or a list within a list, as Go's %v has it. */
function goText(tree: Tree): string {
  if (!tree.exists) return "<nil>";
  if (Array.isArray(tree.value)) return `[${tree.list.map(goText).join(" ")}]`;
  if (isMap(tree)) return `map[${tree.entries.map(([key, value]) => `${key}:${goText(value)}`).join(" ")}]`;
  return tree.text;
}

const ACRONYMS = new Set(["API", "URL", "UID", "GUID"]);

/** `apiVersion` as `API Version`, `creationTimestamp` as `Creation Timestamp`; names with signs stay. */
function humanLabel(field: string): string {
  if (!/^[\p{L}-]*$/u.test(field)) return field;
  const parts = field.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{Lu}|-+/gu) ?? [field];
  const words: string[] = [];
  for (let i = 0; i < parts.length; i++) {
    // `URLs` splits into UR and Ls: capitals before a capital belong together.
    const joins = /^\p{Lu}{2,}$/u.test(parts[i]!) && /^\p{Lu}/u.test(parts[i + 1] ?? "");
    words.push(joins ? parts[i]! + parts[++i]! : parts[i]!);
  }
  return words.map((word) => {
    const upper = word.toUpperCase();
    if (ACRONYMS.has(upper)) return upper;
    return word === word.toLowerCase() ? word.charAt(0).toUpperCase() + word.slice(1) : word;
  }).join(" ");
}
