/** Field changes as lines that a person reads. */
import { writeYaml } from "../kube/mod.ts";
import { isMap, pathText } from "./field_path.ts";
import type { FieldChange } from "./object_diff.ts";
import { diffText } from "./text_diff.ts";

export interface ChangeLine {
  /** `~`: the field changed. */
  readonly sign: "+" | "-" | "~" | " ";
  readonly text: string;
}

/** `~ spec.replicas: 2 -> 3`; a value of several lines follows its path, indented. */
export function changeLines(changes: readonly FieldChange[]): readonly ChangeLine[] {
  return changes.flatMap(linesOf);
}

function linesOf(change: FieldChange): readonly ChangeLine[] {
  const path = pathText(change.path);
  switch (change.type) {
    case "add":
      return withValue("+", path, change.after);
    case "remove":
      return withValue("-", path, change.before);
    case "replace": {
      const [before, after] = [shortText(change.before), shortText(change.after)];
      if (before !== null && after !== null) return [{ sign: "~", text: `${path}: ${before} -> ${after}` }];
      if (typeof change.before === "string" && typeof change.after === "string") {
        return [{ sign: "~", text: `${path}: |` }, ...textLines(change.before, change.after)];
      }
      return [...withValue("-", path, change.before), ...withValue("+", path, change.after)];
    }
  }
}

function withValue(sign: "+" | "-", path: string, value: unknown): readonly ChangeLine[] {
  const short = shortText(value);
  if (short !== null) return [{ sign, text: `${path}: ${short}` }];
  if (typeof value === "string") return [{ sign, text: `${path}: |` }, ...indented(sign, value)];
  return [{ sign, text: `${path}:` }, ...indented(sign, writeYaml(value))];
}

function indented(sign: "+" | "-", text: string): readonly ChangeLine[] {
  return text.replace(/\n$/, "").split("\n").map((line) => ({ sign, text: `  ${line}` }));
}

/** The lines that differ, with those around them. */
function textLines(before: string, after: string): readonly ChangeLine[] {
  return diffText(before, after).flatMap((hunk, at) => [
    ...(at === 0 ? [] : [{ sign: " " as const, text: "  …" }]),
    ...hunk.lines.map(({ sign, text }) => ({ sign, text: `  ${text}` })),
  ]);
}

const SHORT = 80;

/** On one line where it fits there; null where it does not. */
function shortText(value: unknown): string | null {
  if (isMap(value) || Array.isArray(value)) {
    const isFlat = Object.values(value).every((inner) => typeof inner !== "object" || inner === null);
    const text = isFlat ? JSON.stringify(value) : "";
    return isFlat && text.length <= SHORT / 2 ? text : null;
  }
  const text = writeYaml(value).trimEnd();
  return text.includes("\n") || text.length > SHORT ? null : text;
}
