/** YAML as kubectl reads it, with the place of every value. */
import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type ScalarTag,
  type Tags,
} from "yaml";
import type { PathPart } from "./fields.ts";

/** One document of a text. */
export interface YamlDocument {
  readonly index: number;
  readonly node: Document.Parsed;
  /** As JSON; undefined where the document is not well-formed. */
  readonly value: unknown;
  readonly syntax: readonly { readonly offset: number; readonly message: string }[];
}

export interface YamlText {
  readonly documents: readonly YamlDocument[];
  /** Line and column from 1. */
  position(offset: number): { readonly line: number; readonly column: number };
}

const YES_NO: ScalarTag = {
  identify: () => false,
  default: true,
  tag: "tag:yaml.org,2002:bool",
  test: /^(?:y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$/,
  resolve: (text) => /^(?:y|yes|on)$/i.test(text),
};

const OCTAL: ScalarTag = {
  identify: () => false,
  default: true,
  tag: "tag:yaml.org,2002:int",
  test: /^[-+]?0[0-7_]+$/,
  resolve: (text) => parseInt(text.replace(/_/g, ""), 8),
};

const BINARY_OR_GROUPED: ScalarTag = {
  identify: () => false,
  default: true,
  tag: "tag:yaml.org,2002:int",
  test: /^[-+]?(?:0b[01_]+|[1-9][0-9]*_[0-9_]*)$/,
  resolve: (text) => Number(text.replace(/_/g, "")),
};

/** kubectl's YAML library keeps these of YAML 1.1: `yes`, `0644`, `1_000`, `<<`. Dates stay strings. */
function kubectlTags(tags: Tags): Tags {
  return ["merge", YES_NO, OCTAL, BINARY_OR_GROUPED, ...tags.filter((tag) => tag !== "merge")];
}

/** Aliases may not blow a text up: as kubectl, which refuses such documents too. */
const MAX_ALIASES = 1_000;

/** Reads every document; never throws for what is in the text. Empty documents are left out. */
export function readYaml(text: string): YamlText {
  const counter = new LineCounter();
  const parsed = parseAllDocuments(text, {
    lineCounter: counter,
    customTags: kubectlTags,
    prettyErrors: false,
    logLevel: "silent",
  });
  const documents = (Array.isArray(parsed) ? parsed as Document.Parsed[] : []).map(documentOf)
    .filter(({ node, syntax }) => node.contents !== null || syntax.length > 0);
  return {
    documents,
    position(offset) {
      const { line, col } = counter.linePos(offset);
      return { line: Math.max(line, 1), column: Math.max(col, 1) };
    },
  };
}

function documentOf(node: Document.Parsed, index: number): YamlDocument {
  const syntax = node.errors.map(({ pos, message }) => ({
    offset: pos[0],
    message: message.split("\n")[0]!,
  }));
  if (syntax.length > 0) return { index, node, value: undefined, syntax };
  try {
    return { index, node, value: node.toJS({ maxAliasCount: MAX_ALIASES }), syntax };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { index, node, value: undefined, syntax: [{ offset: node.range[0], message }] };
  }
}

/** Where a value begins, or its key; the nearest place above it when the text doesn't hold it (merge keys). */
export function offsetOf(document: YamlDocument, path: readonly PathPart[], part: "key" | "value"): number {
  let node: unknown = document.node.contents;
  let offset = startOf(node) ?? document.node.range[0];
  for (const [index, step] of path.entries()) {
    const resolved: unknown = isAlias(node) ? node.resolve(document.node) : node;
    let next: unknown = null;
    if (isMap(resolved)) {
      const pair = resolved.items.find(({ key }) =>
        isScalar(key) ? String(key.value) === String(step) : key === step
      );
      if (!isPair(pair)) return offset;
      const isLast = index === path.length - 1;
      const keyAt = startOf(pair.key);
      next = pair.value;
      offset = (isLast && part === "key" ? keyAt : startOf(next) ?? keyAt) ?? offset;
    } else if (isSeq(resolved)) {
      next = resolved.items[Number(step)];
      offset = startOf(next) ?? offset;
    }
    node = next;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  const range = (node as Node | null)?.range;
  return range?.[0];
}
