/** A log's lines as text, to copy, to save, to open elsewhere. */
import { askForm } from "../../ask_form.ts";
import type { PaneHost } from "../../pane.ts";
import { CANCEL, countText } from "../../widgets/mod.ts";
import type { LogBuffer } from "./log_buffer.ts";
import type { LogFormat } from "./log_format.ts";

/** Terminals refuse longer texts for the clipboard (xterm and tmux take some 75 KB in base64). */
const COPY_CHARS = 50_000;

export class LogText {
  readonly #buffer: LogBuffer;
  readonly #format: LogFormat;

  constructor(buffer: LogBuffer, format: LogFormat) {
    this.#buffer = buffer;
    this.#format = format;
  }

  /** Every shown line as it is shown. */
  all(): string {
    return this.#from(0).join("\n") + (this.#buffer.length > 0 ? "\n" : "");
  }

  /** The last lines that a clipboard takes, and how many they are. */
  forClipboard(): { readonly text: string; readonly count: number } {
    let chars = 0;
    let from = this.#buffer.length;
    while (from > 0) {
      const entry = this.#buffer.entry(from - 1)!;
      chars += this.#format.text(entry).length + 1;
      if (chars > COPY_CHARS) break;
      from--;
    }
    return { text: this.#from(from).join("\n"), count: this.#buffer.length - from };
  }

  #from(index: number): string[] {
    const lines: string[] = [];
    for (let at = index; at < this.#buffer.length; at++) lines.push(this.#buffer.line(at));
    return lines;
  }
}

export function copyLines(host: PaneHost, text: LogText): void {
  const { text: lines, count } = text.forClipboard();
  if (count === 0) return host.notify("There is nothing to copy", "info");
  host.copy(lines, `the last ${countText(count)} lines`);
}

/** Which fields columns show; null when the person gave up. Empty: all of them, the usual ones first. */
export async function askFields(
  host: PaneHost,
  fields: readonly string[],
): Promise<readonly string[] | null> {
  const answer = await askForm(host, {
    title: "Columns of structured lines",
    lines: ["Names of fields, as level,msg,user.id. Empty shows level and message, then the rest by name."],
    fields: [{ type: "text", id: "fields", label: "fields", value: fields.join(",") }],
    answers: [{ id: "show", label: "Show" }, { id: CANCEL, label: "Cancel" }],
  });
  if (answer === null) return null;
  return (answer.values["fields"] ?? "").split(/[\s,]+/).filter((name) => name !== "");
}
