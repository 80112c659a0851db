/** What `orka schema` says of a field, as data (`-o json`) and as text. */
import { apiVersion } from "../../kube/mod.ts";
import {
  type Field,
  fieldsOf,
  insideOf,
  type KindSchema,
  type SchemaNode,
  typeText,
} from "../../schema/mod.ts";

/** A field and, where asked for, what is below it. */
export interface FieldReport {
  readonly path: string;
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly doc: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  /** What is special of it: `map list by name`, `int or string`, … */
  readonly notes: readonly string[];
  readonly fields?: readonly FieldReport[];
}

/** Levels that --recursive goes down in one branch, for schemas deep without end. */
const MAX_LEVELS = 30;

export function fieldReport(
  schema: KindSchema,
  field: Field,
  { levels, above = [] }: { levels: number; above?: readonly string[] },
): FieldReport {
  const { node, raw } = field;
  const inside = insideOf(schema, node);
  const type = typeText(schema, raw);
  const name = definitionOf(raw);
  const isRepeated = name !== undefined && above.includes(name);
  const notes = [...notesOf(node), ...(isRepeated ? ["recursive"] : [])];
  const isOpen = levels > 0 && !isRepeated && above.length < MAX_LEVELS && inside.fields !== undefined;
  const below = { levels: levels - 1, above: [...above, name ?? ""] };
  return {
    path: field.path,
    name: field.name,
    type,
    required: field.required,
    doc: docOf(node, inside),
    ...(node.default === undefined ? {} : { default: node.default }),
    ...(enumOf(node, inside) ?? {}),
    notes,
    ...(isOpen
      ? { fields: fieldsOf(schema, node, field.path).map((f) => fieldReport(schema, f, below)) }
      : {}),
  };
}

function enumOf(node: SchemaNode, inside: SchemaNode): { enum: readonly unknown[] } | undefined {
  const words = node.enum ?? inside.enum;
  return words === undefined ? undefined : { enum: words };
}

/** A list's own words, and its items' where it has none. */
function docOf(node: SchemaNode, inside: SchemaNode): string {
  return node.doc ?? inside.doc ?? "";
}

/** The definition below arrays and maps. */
function definitionOf(node: SchemaNode): string | undefined {
  const inner = node.items ?? node.values;
  return node.ref ?? (inner === undefined ? undefined : definitionOf(inner));
}

function notesOf(node: SchemaNode): string[] {
  const notes: string[] = [];
  if (node.listType === "map") notes.push(`items by ${(node.mapKeys ?? []).join(", ")}`);
  if (node.listType === "set") notes.push("a set");
  if (node.listType === "atomic" || node.mapType === "atomic") notes.push("replaced as a whole");
  if (node.format !== undefined) notes.push(node.format);
  for (const [word, bound] of Object.entries(node.rules ?? {})) {
    if (typeof bound !== "object") notes.push(`${word} ${bound}`);
  }
  if (node.nullable) notes.push("nullable");
  if (node.yamlOnly) notes.push(`YAML only (${node.yamlOnly.join(", ")})`);
  if (node.preserve && node.type !== "any") notes.push("unknown fields kept");
  if (node.embedded) notes.push("a whole object");
  for (const { rule, message } of node.cel ?? []) notes.push(`rule: ${message ?? rule}`);
  return notes;
}

/** Everything as one JSON value. */
export function jsonReport(schema: KindSchema, field: FieldReport): unknown {
  const { resource, source, columns, projected, flags } = schema;
  return {
    apiVersion: apiVersion(resource),
    kind: resource.kind,
    plural: resource.plural,
    namespaced: resource.namespaced,
    source,
    field,
    printerColumns: columns,
    projected,
    flags,
  };
}

/** The page that a person reads; `width` in columns. */
export function textReport(schema: KindSchema, field: FieldReport, width: number): string {
  const { resource } = schema;
  const scope = resource.namespaced ? "namespaced" : "cluster-scoped";
  const lines = [`KIND     ${resource.kind} (${apiVersion(resource)}), ${scope}`];
  if (field.path !== "") lines.push(`FIELD    ${field.path} <${field.type}>${marks(field)}`);
  if (field.doc !== "") lines.push("", ...wrap(field.doc, "  ", width));
  lines.push(...detailLines(field, "  ", width));
  if (field.fields !== undefined && field.fields.length > 0) {
    lines.push("", "FIELDS", ...treeLines(field.fields, "  ", { width, isTree: isTree(field) }));
  }
  if (field.path === "") lines.push(...kindLines(schema, width));
  return `${lines.join("\n")}\n`;
}

function isTree({ fields = [] }: FieldReport): boolean {
  return fields.some((inner) => inner.fields !== undefined);
}

interface Shape {
  readonly width: number;
  /** Names and types alone: a whole tree with docs is too long to read. */
  readonly isTree: boolean;
}

function treeLines(fields: readonly FieldReport[], indent: string, shape: Shape): string[] {
  return fields.flatMap((field) => {
    const head = `${indent}${field.name} <${field.type}>${marks(field)}`;
    if (!shape.isTree) {
      const doc = field.doc === "" ? [] : wrap(firstSentences(field.doc), `${indent}    `, shape.width);
      return [head, ...doc, ...detailLines(field, `${indent}    `, shape.width)];
    }
    const choice = field.enum === undefined ? "" : ` [${words(field.enum)}]`;
    return [head + choice, ...treeLines(field.fields ?? [], `${indent}  `, shape)];
  });
}

function marks({ required, default: value, notes }: FieldReport): string {
  const fallback = value === undefined ? "" : `  = ${JSON.stringify(value)}`;
  return `${required ? "  required" : ""}${fallback}${notes.includes("recursive") ? "  (recursive)" : ""}`;
}

function detailLines({ enum: choice, notes }: FieldReport, indent: string, width: number): string[] {
  return [
    ...(choice === undefined ? [] : wrap(`one of: ${words(choice)}`, indent, width)),
    ...(notes.length === 0 ? [] : wrap(`(${notes.join("; ")})`, indent, width)),
  ];
}

function words(choice: readonly unknown[]): string {
  return choice.map((word) => String(word) || '""').join(", ");
}

function kindLines({ columns, projected, flags }: KindSchema, width: number): string[] {
  const lines: string[] = [];
  if (columns.length > 0) {
    lines.push("", "PRINTER COLUMNS");
    for (const { name, jsonPath, priority, type } of columns) {
      lines.push(
        `  ${name} <${type}>${jsonPath === "" ? "" : `  ${jsonPath}`}${priority > 0 ? "  (wide)" : ""}`,
      );
    }
  }
  if (projected.length > 0) {
    lines.push(
      "",
      "PROJECTED FIELDS",
      ...projected.map(({ name, path, type }) => `  ${name} <${type}>  ${path}`),
    );
  }
  const used = Object.entries(flags).filter(([, count]) =>
    typeof count === "number" ? count > 0 : count.length > 0
  );
  const text = used.map(([name, count]) => `${name} ${Array.isArray(count) ? count.length : count}`).join(
    ", ",
  );
  return [...lines, "", "FLAGS", ...wrap(text, "  ", width)];
}

/** The first paragraph; all of it stands under the field's own page. */
function firstSentences(doc: string): string {
  return doc.split(/\n\s*\n/)[0]!.trim();
}

/** Breaks paragraphs at spaces. */
function wrap(text: string, indent: string, width: number): string[] {
  const room = Math.max(30, width - indent.length);
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.split(/\s+/).filter((part) => part !== "")) {
      if (line !== "" && line.length + 1 + word.length > room) {
        lines.push(indent + line);
        line = word;
      } else line = line === "" ? word : `${line} ${word}`;
    }
    lines.push(line === "" ? "" : indent + line);
  }
  while (lines.at(-1) === "") lines.pop();
  return lines;
}
