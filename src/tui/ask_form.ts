/** A form over the panes, asked as a question: the promise settles with what the person answered. */
import type { Overlay } from "./overlay.ts";
import type { PaneHost } from "./pane.ts";
import { Form, type FormAnswer, type FormOptions } from "./widgets/mod.ts";

/** An open question. */
export interface AskedForm {
  readonly form: Form;
  /** null: given up, or closed by something else. */
  readonly answer: Promise<FormAnswer>;
}

/** Shows the form. `asked.form.lines` may change while it is open; `host.invalidate()` draws it then. */
export function openForm(host: PaneHost, options: FormOptions): AskedForm {
  const { promise, resolve } = Promise.withResolvers<FormAnswer>();
  const form = new Form(options);
  const settle = (outcome: ReturnType<Form["handleKey"]>) => {
    if (outcome.type === "open") return;
    host.closeOverlay(overlay);
    resolve(outcome.answer);
  };
  const overlay: Overlay = {
    draw: (canvas) => form.draw(canvas),
    key: (event) => settle(form.handleKey(event)),
    mouse: (event) => settle(form.handleMouse(event)),
    paste: (text) => form.paste(text),
    dismiss: () => resolve(null),
  };
  host.openOverlay(overlay);
  return { form, answer: promise };
}

/** The question and its answer at once. */
export function askForm(host: PaneHost, options: FormOptions): Promise<FormAnswer> {
  return openForm(host, options).answer;
}
