/**
 * Colours for YAML as Kubernetes tools print it, one line at a time. Not a parser: it needs to know only whether
 * a line is inside a block scalar, which it finds out once per document.
 */
import type { Highlighter, Segment, StyledLine } from "./styled_line.ts";

/** Indent and dashes; key; colon; value. Every part may be missing. */
const LINE =
  /^(\s*(?:- +)*(?:-$)?)(?:("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#:'"&*!|>{}[\],][^:]*(?::[^\s:][^:]*)*):(?=\s|$)(\s*))?(.*)$/;
const BLOCK = /^(?:[&!]\S+\s+)*[|>][+-]?\d?[+-]?\s*(?:#.*)?$/;
const TAIL_COMMENT = /^(.*?)(\s+#.*)$/;
const NUMBER = /^[-+]?(?:\d[\d_]*(?:\.\d*)?(?:[eE][-+]?\d+)?|0x[\da-fA-F]+|0o[0-7]+|\.inf|\.nan)$/;
const BOOL = /^(?:true|false|yes|no|on|off)$/i;
const NULL = /^(?:null|~|<none>|<unset>)$/i;
const QUOTED = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')$/;

/** A longer line (an applied configuration in an annotation) is text from there on. */
const MAX_JUDGED = 4096;

/** A highlighter for these lines. Lines may be appended later; they are looked at when first shown. */
export function yamlHighlighter(lines: readonly string[]): Highlighter {
  /** For each line looked at: true inside a block scalar. */
  const inBlock: boolean[] = [];
  let indent = -1;
  const learn = (upTo: number) => {
    for (let i = inBlock.length; i <= upTo; i++) {
      const line = lines[i] ?? "";
      const at = line.search(/\S/);
      const isInside = indent >= 0 && (at < 0 || at > indent);
      inBlock.push(isInside);
      if (!isInside) indent = opensBlock(line) ? blockIndent(line) : -1;
    }
  };
  return (line, index) => {
    learn(index);
    return inBlock[index] ? [{ text: line, token: "string" }] : highlightYamlLine(line);
  };
}

/** One line that is not inside a block scalar. */
export function highlightYamlLine(line: string): StyledLine {
  if (line.length > MAX_JUDGED) {
    return [...highlightYamlLine(line.slice(0, MAX_JUDGED)), {
      text: line.slice(MAX_JUDGED),
      token: "string",
    }];
  }
  const start = line.search(/\S/);
  if (start < 0) return [{ text: line }];
  if (line[start] === "#") return [{ text: line, token: "comment" }];
  if (/^(?:---|\.\.\.|%)/.test(line)) return [{ text: line, token: "punctuation" }];
  const [, lead = "", key, gap = "", rest = ""] = LINE.exec(line)!;
  const segments: Segment[] = [];
  if (lead) segments.push({ text: lead, token: "punctuation" });
  if (key !== undefined) {
    segments.push({ text: key, token: "key" }, { text: ":" + gap, token: "punctuation" });
  }
  if (rest) segments.push(...valueSegments(rest));
  return segments;
}

function valueSegments(value: string): Segment[] {
  const isQuoted = QUOTED.test(value);
  const tail = isQuoted ? null : TAIL_COMMENT.exec(value);
  if (tail && !/^["']/.test(value)) {
    return [...scalarSegments(tail[1]!), { text: tail[2]!, token: "comment" }];
  }
  return scalarSegments(value);
}

function scalarSegments(value: string): Segment[] {
  const word = value.trimEnd();
  if (BLOCK.test(word)) return [{ text: value, token: "punctuation" }];
  if (NULL.test(word)) return [{ text: value, token: "null" }];
  if (BOOL.test(word)) return [{ text: value, token: "bool" }];
  if (NUMBER.test(word)) return [{ text: value, token: "number" }];
  if (/^[&*!]/.test(word)) return [{ text: value, token: "anchor" }];
  if (/^[{[]/.test(word)) return flowSegments(value);
  return [{ text: value, token: "string" }];
}

/** `{a: 1, b: [x]}`: brackets and commas apart from what is between them. */
function flowSegments(value: string): Segment[] {
  return (value.match(/[{}[\],]+\s*|[^{}[\],]+/g) ?? []).map((part) => {
    const token = /^[{}[\],]/.test(part) ? "punctuation" as const : "string" as const;
    return { text: part, token };
  });
}

function opensBlock(line: string): boolean {
  if (line.length > MAX_JUDGED) return false;
  const [, , , , rest = ""] = LINE.exec(line) ?? [];
  return rest !== "" && BLOCK.test(rest) && !line.trimStart().startsWith("#");
}

/** A block's text is indented further than the line's key: past the dashes, where there are some. */
function blockIndent(line: string): number {
  const lead = LINE.exec(line)?.[1] ?? "";
  const dash = lead.lastIndexOf("-");
  const key = LINE.exec(line)?.[2];
  return key === undefined ? Math.max(0, dash) : lead.length;
}
