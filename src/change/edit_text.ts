/**
 * What a person sees in the editor: the objects as YAML or JSON, and above them Orka's own lines, which say what is
 * wrong and go away when the text is read. Lines of the person's are never touched.
 */
import type { KubeObject } from "../kube/mod.ts";
import { writeJson, writeYaml } from "../kube/mod.ts";
import type { Problem } from "../schema/mod.ts";

export type TextFormat = "yaml" | "json";

/** Begins every line of Orka's own; a `#` alone may be the person's comment. */
const MARK = "#|";

/** The objects as they are edited, one document each. */
export function objectsText(objects: readonly KubeObject[], format: TextFormat): string {
  return objects.map((object) => objectText(object, format)).join("---\n");
}

/** Line breaks to kubectl's YAML and none to today's: between the two a value would come back with other blanks. */
const OLD_BREAKS = /[\u2028\u2029]/;

/** JSON is YAML too, and the way out where YAML is ambiguous. */
function objectText(object: KubeObject, format: TextFormat): string {
  const yaml = format === "yaml" ? writeYaml(object) : "";
  return yaml === "" || OLD_BREAKS.test(yaml) ? `${writeJson(object)}\n` : yaml;
}

/** Something to be told above the text. `line` is the text's own, from 1. */
export interface Remark {
  readonly message: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/** The text under Orka's lines; the remarks' lines are counted in what comes of it. */
export function withRemarks(body: string, remarks: readonly Remark[]): string {
  const intro = [
    "Edit, save and leave. Without a change, or with an empty text, nothing is done.",
    `Lines that begin with ${MARK} are Orka's own and go away.`,
  ];
  const lines = remarks.length === 0 ? intro : [...intro, "", ...remarkLines(remarks, intro.length + 1)];
  return lines.map((line) => `${MARK} ${line}`.trimEnd() + "\n").join("") + body;
}

function remarkLines(remarks: readonly Remark[], above: number): string[] {
  const texts = remarks.map(({ message }) => message.split("\n"));
  const height = above + texts.reduce((sum, lines) => sum + lines.length, 0);
  return remarks.flatMap((remark, at) => {
    const [first = "", ...rest] = texts[at]!;
    return [remarkText({ ...remark, message: first }, height), ...rest.map((line) => `  ${line}`)];
  });
}

/** `line 12, column 5: message`; `above`: lines that stand over the text. */
export function remarkText({ message, line, column }: Remark, above = 0): string {
  if (line === undefined) return message;
  return `line ${line + above}${column === undefined ? "" : `, column ${column}`}: ${message}`;
}

/** The person's text without Orka's lines above it. */
export function withoutRemarks(text: string): string {
  let at = 0;
  while (text.startsWith(MARK, at)) {
    const end = text.indexOf("\n", at);
    if (end < 0) return "";
    at = end + 1;
  }
  return text.slice(at);
}

/** `line 12, column 5: spec.replica: unknown field "replica" (did you mean "replicas"?)`, in parts. */
export function problemRemark({ path, line, column, message, hint }: Problem): Remark {
  const where = path === "" ? "" : `${path}: `;
  return { line, column, message: `${where}${message}${hint === undefined ? "" : ` (${hint})`}` };
}
