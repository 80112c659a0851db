/** The documents of a text as values, each with its place: for those who send what a person typed. */

/** One document of a YAML or JSON text. */
export interface TextDocument {
  readonly index: number;
  /** Line of the text that it begins on, from 1. */
  readonly line: number;
  /** As JSON; undefined where the document is not well-formed. */
  readonly value: unknown;
  /** Why it is not well-formed; line and column from 1. */
  readonly faults: readonly { readonly line: number; readonly column: number; readonly message: string }[];
}

/** Reads YAML as kubectl does; never rejects for what is in the text. Empty documents are left out. */
export async function readDocuments(text: string): Promise<readonly TextDocument[]> {
  const { offsetOf, readYaml } = await import("./yaml_text.ts");
  const yaml = readYaml(text);
  return yaml.documents.map((document) => ({
    index: document.index,
    line: yaml.position(offsetOf(document, [], "value")).line,
    value: document.value,
    faults: document.syntax.map(({ offset, message }) => ({ ...yaml.position(offset), message })),
  }));
}
