/**
 * Fields worth a column of a kind whose author chose none: three to six scalars under spec and status.
 *
 * A leaf's worth is a sum: what its name says (a phase tells more than a uid), an enum or a required value, where it
 * stands (shallow before deep, status before spec), its type. Lists are passed by, but for `status.conditions`, whose
 * Ready is what authors print most. At most two fields of one parent and four of one half are taken, so that what is
 * wanted and what is both show. Measured against the authors' own columns: docs/schema.md.
 */
import { childNode, insideOf, resolveNode } from "./fields.ts";
import type { FieldType, KindSchema, ProjectedField, SchemaNode } from "./node.ts";

const MIN_FIELDS = 3;
const MAX_FIELDS = 6;

/** A leaf below this is left out once there are three. */
const ENOUGH = 5;

const MAX_DEPTH = 4;
const MAX_OF_PARENT = 2;
const MAX_OF_HALF = 4;

const SCALARS = new Set<FieldType>(["string", "integer", "number", "boolean", "int-or-string", "quantity"]);

/** Words of a leaf's name and what they add. The first rule that matches counts. */
const NAMES: readonly (readonly [RegExp, number])[] = [
  [/^(phase|state|health|ready|healthstatus|syncstatus)$/i, 9],
  [/^(status)$/i, 7],
  [/^(url|host|hostname|address|endpoint|domain|dnsname|schedule|action|mode)$/i, 7],
  [/^(replicas|readyreplicas|availablereplicas|size|version|revision|chart|image)$/i, 6],
  [/^(secretname|project|repo|repourl|reason|suspend|paused|location|resolution|provider|type|class)$/i, 5],
  [/(classname|version|schedule|state|phase)$/i, 4],
  [/^(interval|path|branch|bucketname|bucket|username|commonname|target|tag|priority|notafter)$/i, 3],
  [/^(name|kind)$/i, 2],
  [
    /(generation|transitiontime|heartbeat|probetime|timestamp|resourceversion|uid|checksum|digest|size|hash)$/i,
    -6,
  ],
  [/(message|description|comment|podmetadata|lastsync|token|password|certificate|cabundle|key)$/i, -5],
  [/(timeout|seconds|limit|retries|policy|period|percent|grace|threshold|apiversion|namespace)$/i, -3],
];

interface Leaf extends ProjectedField {
  readonly score: number;
  readonly half: string;
  readonly parent: string;
  readonly order: number;
}

type Types = Pick<KindSchema, "root" | "types">;

/** The fields to show, those of spec before those of status; fewer than three only where there are no more. */
export function projectFields(schema: Types): ProjectedField[] {
  const root = resolveNode(schema, schema.root);
  const leaves: Leaf[] = [];
  for (const half of ["spec", "status"]) {
    const node = childNode(schema, root, half);
    if (node !== null && node.type === "object") {
      collect(schema, node, { half, names: [half], leaves, must: true });
    }
  }
  return chosen(leaves).map(({ name, path, type }) => ({ name, path, type }));
}

interface Walk {
  readonly half: string;
  readonly names: readonly string[];
  readonly leaves: Leaf[];
  /** Whether every object on the way is required. */
  readonly must: boolean;
}

function collect(schema: Types, node: SchemaNode, { half, names, leaves, must }: Walk): void {
  const { fields = {}, required = [] } = node;
  for (const name of Object.keys(fields)) {
    const child = resolveNode(schema, fields[name]!);
    const path = [...names, name];
    // required inside of what is optional is still optional
    const isRequired = must && required.includes(name);
    if (SCALARS.has(child.type)) {
      const score = worth(child, { name, depth: path.length - 1, half, required: isRequired });
      const parent = names.join(".");
      leaves.push({
        name: header(path),
        path: jsonPath(path),
        type: child.type,
        score,
        half,
        parent,
        order: leaves.length,
      });
    } else if (half === "status" && name === "conditions" && names.length === 1) {
      if (hasConditions(schema, child)) leaves.push(readyLeaf(leaves.length));
    } else if (child.type === "object" && path.length <= MAX_DEPTH && child.embedded !== true) {
      collect(schema, child, { half, names: path, leaves, must: isRequired });
    }
  }
}

function worth(
  node: SchemaNode,
  { name, depth, half, required }: { name: string; depth: number; half: string; required: boolean },
): number {
  const named = NAMES.find(([pattern]) => pattern.test(name))?.[1] ?? 0;
  const kind = node.enum !== undefined && node.enum.length > 1 ? 2 : 0;
  const must = required && half === "spec" ? 2 : 0;
  const typed = node.type === "boolean" ? -1 : node.format === "date-time" ? -1 : 0;
  // status tells what is; a deep leaf is a detail, more so in spec
  const place = half === "status" ? 3 - 1.5 * (depth - 1) : 2 - 3 * (depth - 1) + (required ? depth - 1 : 0);
  return named + kind + must + typed + place;
}

function hasConditions(schema: Types, node: SchemaNode): boolean {
  const { fields } = insideOf(schema, node);
  return fields?.type !== undefined && fields.status !== undefined;
}

function readyLeaf(order: number): Leaf {
  return {
    name: "Ready",
    path: '.status.conditions[?(@.type=="Ready")].status',
    type: "string",
    score: 11,
    half: "status",
    parent: "status",
    order,
  };
}

function chosen(leaves: readonly Leaf[]): Leaf[] {
  const ranked = [...leaves].sort((a, b) => b.score - a.score || a.order - b.order);
  const taken: Leaf[] = [];
  for (const leaf of ranked) {
    if (taken.length === MAX_FIELDS || (taken.length >= MIN_FIELDS && leaf.score < ENOUGH)) break;
    if (taken.filter(({ half }) => half === leaf.half).length >= MAX_OF_HALF) continue;
    const deep = leaf.parent !== leaf.half;
    if (deep && taken.filter(({ parent }) => parent === leaf.parent).length >= MAX_OF_PARENT) continue;
    taken.push(leaf);
  }
  // a kind whose few scalars stand together still gets its three
  for (const leaf of ranked) {
    if (taken.length >= MIN_FIELDS) break;
    if (!taken.includes(leaf)) taken.push(leaf);
  }
  return taken.sort((a, b) => Number(a.half !== "spec") - Number(b.half !== "spec") || b.score - a.score);
}

/** `spec.issuerRef.name` -> `Issuer Ref Name`, `status.phase` -> `Phase`. */
function header(path: readonly string[]): string {
  const words = path.slice(1).slice(-2).flatMap((name) => name.split(/(?<=[a-z0-9])(?=[A-Z])|[-_]/));
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(" ");
}

function jsonPath(path: readonly string[]): string {
  return path.map((name) => /^[A-Za-z_][\w-]*$/.test(name) ? `.${name}` : `['${name}']`).join("");
}
