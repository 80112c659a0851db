/** Asking a person before something is done that can't be undone by looking away. */
import { OrkaError } from "../../base/mod.ts";
import type { ChangeSession } from "./change_context.ts";

export interface Question {
  /** `Delete pod "web-0"?` */
  readonly text: string;
  /** What has to be typed in a protected context: the object's name, or the number of objects. */
  readonly name: string;
}

/**
 * Returns when the person agreed: by `--yes`, by an answer on the terminal, or, away from a terminal, by having said
 * `--write`. In a protected context nothing short of the typed name or `--yes` will do. Throws OrkaError `read-only`
 * for a no.
 */
export async function confirm(session: ChangeSession, { text, name }: Question): Promise<void> {
  const { io, cluster, flags } = session;
  if (flags.on("yes")) return;
  const isTerminal = io.stdinIsTerminal && io.stderr.isTerminal;
  const { context } = cluster.client.target;
  if (!isTerminal) {
    if (!cluster.isProtected) return;
    throw new OrkaError("read-only", `nothing was changed: the context "${context}" is protected`, {
      hint: "--yes does it without a question.",
    });
  }
  const asked = cluster.isProtected
    ? `${text} The context "${context}" is protected: type ${name} to go on: `
    : `${text} [y/N] `;
  const answer = (await io.ask(asked) ?? "").trim();
  const agreed = cluster.isProtected ? answer === name : /^y(es)?$/i.test(answer);
  if (!agreed) throw new OrkaError("read-only", "nothing was changed");
}
