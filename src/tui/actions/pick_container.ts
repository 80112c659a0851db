/** Which of several containers: asked in a form. */
import { askForm } from "../ask_form.ts";
import type { PaneHost } from "../pane.ts";
import { CANCEL } from "../widgets/mod.ts";

export interface ContainerChoice {
  readonly title: string;
  readonly names: readonly string[];
  /** The one that is offered. */
  readonly first: string;
}

/** null: the person gave up. */
export async function pickContainer(
  host: PaneHost,
  { title, names, first }: ContainerChoice,
): Promise<string | null> {
  const answer = await askForm(host, {
    title,
    lines: [],
    fields: [{ type: "choice", id: "container", label: "container", options: names, value: first }],
    answers: [{ id: "open", label: "Open" }, { id: CANCEL, label: "Cancel" }],
  });
  return answer?.values["container"] ?? null;
}
