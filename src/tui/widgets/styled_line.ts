/** Text with meaning: pieces of a line, each with the token that it is drawn in. */
import type { TokenName } from "../term/mod.ts";

export interface Segment {
  readonly text: string;
  /** A token of the theme; plain text without it. */
  readonly token?: TokenName | undefined;
}

export type StyledLine = readonly Segment[];

/** Gives a line its pieces; together they are the line. Called only for lines that are shown. */
export type Highlighter = (line: string, index: number) => StyledLine;
