/**
 * A question with something to fill in: lines, fields, answers. Whatever is dangerous is never under the bar first, and
 * no answer but a cancel is taken while a field says what is wrong with it.
 */
import { textWidth } from "../../base/mod.ts";
import {
  type Canvas,
  chord,
  type KeyEvent,
  layer,
  type MouseEvent,
  type Style,
  type TokenName,
} from "../term/mod.ts";
import {
  type ButtonPlace,
  buttonRows,
  buttonsWidth,
  type DialogAnswer,
  drawButtons,
} from "./answer_buttons.ts";
import { centered } from "./layout.ts";
import { Prompt } from "./prompt.ts";
import { lineWidth, type StyledLine, wrapLine } from "./styled_line.ts";

export type FormField =
  | {
    readonly type: "choice";
    readonly id: string;
    readonly label: string;
    readonly options: readonly string[];
    /** The first option unless given. */
    readonly value?: string;
  }
  | {
    readonly type: "text";
    readonly id: string;
    readonly label: string;
    readonly value?: string;
    /** What is wrong with the text; empty while it is fine. */
    readonly check?: (text: string) => string;
  };

export type FormValues = Readonly<Record<string, string>>;

export interface FormOptions {
  readonly title: string;
  readonly lines: readonly (string | StyledLine)[];
  readonly fields?: readonly FormField[] | undefined;
  readonly answers: readonly DialogAnswer[];
  readonly tone?: TokenName | undefined;
  /** Some field has another value. */
  readonly onChange?: ((values: FormValues) => void) | undefined;
}

/** The answer's id with what the fields say; null for a cancel. */
export type FormAnswer = { readonly id: string; readonly values: FormValues } | null;

/** `open`: the form goes on. */
export type FormOutcome = { readonly type: "open" } | { readonly type: "done"; readonly answer: FormAnswer };

interface FieldState {
  readonly field: FormField;
  readonly prompt: Prompt;
  at: number;
}

const MAX_WIDTH = 100;
const MIN_WIDTH = 40;
const OPEN: FormOutcome = { type: "open" };
export const CANCEL = "cancel";

export class Form {
  /** May be set anew while the form is open. */
  lines: readonly (string | StyledLine)[];
  readonly #options: FormOptions;
  readonly #fields: readonly FieldState[];
  #focus: number;
  #top = 0;
  #buttons: readonly ButtonPlace[] = [];
  #fieldRows: { readonly y: number; readonly at: number }[] = [];

  constructor(options: FormOptions) {
    this.#options = options;
    this.lines = options.lines;
    this.#fields = (options.fields ?? []).map(stateOf);
    const typed = this.#fields.findIndex(({ field }) => field.type === "text");
    const safe = options.answers.findIndex((answer) => !answer.isDangerous);
    this.#focus = typed >= 0 ? typed : this.#fields.length + Math.max(0, safe);
  }

  get values(): FormValues {
    return Object.fromEntries(this.#fields.map((state) => [state.field.id, valueOf(state)]));
  }

  /** What is wrong with the first field that has something wrong; empty when all is well. */
  get problem(): string {
    return this.#fields.map(problemOf).find((problem) => problem !== "") ?? "";
  }

  handleKey(event: KeyEvent): FormOutcome {
    const key = chord(event);
    if (key === "escape" || key === "ctrl+c") return { type: "done", answer: null };
    const moved = MOVES[key];
    if (moved !== undefined) return this.#move(moved);
    if (key === "pagedown" || key === "pageup") return this.#scroll(key === "pagedown" ? 5 : -5);
    const state = this.#fields[this.#focus];
    if (key === "enter") return state === undefined ? this.#answer() : this.#enter();
    if (state?.field.type === "text") {
      if (state.prompt.handleKey(event) === "changed") this.#changed();
      return OPEN;
    }
    const step = STEPS[key];
    if (step !== undefined) return state === undefined ? this.#move(step) : this.#choose(state, step);
    const direct = this.#options.answers.findIndex((answer) => answer.key === key);
    if (direct < 0) return OPEN;
    this.#focus = this.#fields.length + direct;
    return this.#answer();
  }

  paste(text: string): void {
    const state = this.#fields[this.#focus];
    if (state?.field.type !== "text") return;
    state.prompt.insert(text);
    this.#changed();
  }

  handleMouse({ action, button, x, y }: MouseEvent): FormOutcome {
    if (action === "wheelup" || action === "wheeldown") return this.#scroll(action === "wheelup" ? -1 : 1);
    if (action !== "down" || button !== 0) return OPEN;
    const at = this.#buttons.findIndex((place) => y === place.y && x >= place.x && x < place.x + place.w);
    if (at >= 0) {
      this.#focus = this.#fields.length + at;
      return this.#answer();
    }
    const row = this.#fieldRows.find((field) => field.y === y);
    if (row === undefined) return OPEN;
    this.#focus = row.at;
    const state = this.#fields[row.at]!;
    return state.field.type === "choice" ? this.#choose(state, 1) : OPEN;
  }

  draw(canvas: Canvas): void {
    const { title, tone = "accent", answers } = this.#options;
    const { theme } = canvas;
    const labels = Math.max(0, ...this.#fields.map(({ field }) => textWidth(field.label)));
    const fieldWidths = this.#fields.map((state) => labels + widthOf(state) + 4);
    const natural = Math.max(
      textWidth(title) + 6,
      buttonsWidth(answers) + 4,
      ...this.lines.map((line) => lineWidth(line) + 6),
      ...fieldWidths.map((width) => width + 6),
    );
    const width = Math.min(MAX_WIDTH, canvas.w, Math.max(MIN_WIDTH, natural));
    const rows = this.lines.flatMap((line) => wrapLine(line, width - 6));
    const buttons = buttonRows(answers, width - 2);
    const below = this.#fields.length + (this.#fields.length > 0 ? 1 : 0) + 3 + buttons.length;
    const frame = centered(canvas, width, Math.min(canvas.h, rows.length + below + 2));
    frame.clear(theme.surface);
    const edge = layer(theme.surface, theme[tone]);
    frame.box(title, edge, layer(theme.surface, layer(theme.title, theme[tone])));
    const body = frame.sub(3, frame.h > below + 2 ? 2 : 1, frame.w - 6, Math.max(0, frame.h - below - 1));
    this.#drawLines(body, rows);
    this.#drawFields(frame.sub(3, frame.h - below + 1, frame.w - 6, this.#fields.length), labels);
    const foot = frame.h - 1 - buttons.length;
    this.#drawProblem(frame.sub(3, foot - 1, frame.w - 6, 1));
    this.#buttons = drawButtons(
      frame.sub(1, foot, frame.w - 2, buttons.length),
      buttons,
      (answer) => this.#buttonStyle(answer, canvas),
    );
  }

  #drawLines(body: Canvas, rows: readonly StyledLine[]): void {
    const { theme } = body;
    const room = rows.length > body.h ? Math.max(0, body.h - 1) : body.h;
    this.#top = Math.max(0, Math.min(this.#top, rows.length - room));
    rows.slice(this.#top, this.#top + room).forEach((row, y) => {
      let x = 0;
      for (const { text, token } of row) {
        x += body.text(x, y, text, token ? layer(theme.surface, theme[token]) : theme.surface);
      }
    });
    const left = rows.length - this.#top - room;
    if (rows.length <= body.h) return;
    const more = left > 0 ? `… ${left} more: pgdn` : "pgup: back up";
    body.text(0, room, more, layer(theme.surface, theme.dim));
  }

  #drawFields(canvas: Canvas, labels: number): void {
    const { theme } = canvas;
    this.#fieldRows = [];
    for (const [at, state] of this.#fields.entries()) {
      const isFocused = at === this.#focus;
      const label = layer(theme.surface, isFocused ? theme.accent : theme.dim);
      canvas.text(0, at, state.field.label, label);
      this.#fieldRows.push({ y: canvas.rect.y + at, at });
      const box = canvas.sub(labels + 2, at, Math.max(0, canvas.w - labels - 2), 1);
      if (state.field.type === "text") state.prompt.draw(box, { label: "", isFocused });
      else drawChoice(box, state, isFocused);
    }
  }

  #drawProblem(canvas: Canvas): void {
    const { theme } = canvas;
    canvas.text(0, 0, this.problem, layer(theme.surface, theme.warn));
  }

  #buttonStyle(answer: DialogAnswer, { theme }: Canvas): Style {
    const isBlocked = this.problem !== "" && answer.id !== CANCEL;
    const style = isBlocked ? theme.disabled : answer.isDangerous ? theme.error : theme.hotkey;
    const focused = this.#options.answers[this.#focus - this.#fields.length];
    return answer === focused ? layer(style, theme.selection) : style;
  }

  #move(by: 1 | -1): FormOutcome {
    const all = this.#fields.length + this.#options.answers.length;
    this.#focus = (this.#focus + by + all) % Math.max(1, all);
    return OPEN;
  }

  #scroll(by: number): FormOutcome {
    this.#top = Math.max(0, this.#top + by);
    return OPEN;
  }

  /** From a field on to the next one; from the last one to the answer that acts, never to a dangerous one's deed. */
  #enter(): FormOutcome {
    const isLast = this.#focus === this.#fields.length - 1;
    if (!isLast) return this.#move(1);
    const acting = this.#options.answers.findIndex(({ id }) => id !== CANCEL);
    this.#focus = this.#fields.length + Math.max(0, acting);
    return OPEN;
  }

  #choose(state: FieldState, by: number): FormOutcome {
    if (state.field.type !== "choice") return OPEN;
    const { length } = state.field.options;
    state.at = (state.at + by + length) % Math.max(1, length);
    this.#changed();
    return OPEN;
  }

  #answer(): FormOutcome {
    const answer = this.#options.answers[this.#focus - this.#fields.length];
    if (answer === undefined) return OPEN;
    if (answer.id === CANCEL) return { type: "done", answer: null };
    const wrong = this.#fields.findIndex((state) => problemOf(state) !== "");
    if (wrong >= 0) {
      this.#focus = wrong;
      return OPEN;
    }
    return { type: "done", answer: { id: answer.id, values: this.values } };
  }

  #changed(): void {
    this.#options.onChange?.(this.values);
  }
}

const MOVES: Readonly<Record<string, 1 | -1>> = { tab: 1, down: 1, "shift+tab": -1, up: -1 };
const STEPS: Readonly<Record<string, 1 | -1>> = { right: 1, l: 1, " ": 1, space: 1, left: -1, h: -1 };

function stateOf(field: FormField): FieldState {
  const prompt = new Prompt();
  prompt.set(field.value ?? "");
  const at = field.type === "choice" ? Math.max(0, field.options.indexOf(field.value ?? "")) : 0;
  if (field.type === "text") prompt.selectAll();
  return { field, prompt, at };
}

function valueOf({ field, prompt, at }: FieldState): string {
  return field.type === "text" ? prompt.value : field.options[at] ?? "";
}

/** Whether every field's text passes its check. */
export function passChecks(fields: readonly FormField[], values: FormValues): boolean {
  return fields.every((field) => field.type !== "text" || !field.check?.(values[field.id] ?? ""));
}

function problemOf(state: FieldState): string {
  return state.field.type === "text" ? state.field.check?.(state.prompt.value) ?? "" : "";
}

function widthOf({ field }: FieldState): number {
  if (field.type === "text") return Math.max(24, textWidth(field.value ?? "") + 4);
  return Math.max(0, ...field.options.map((option) => textWidth(option) + 4));
}

function drawChoice(canvas: Canvas, { field, at }: FieldState, isFocused: boolean): void {
  if (field.type !== "choice") return;
  const { theme } = canvas;
  const style = isFocused ? layer(theme.surface, theme.selection) : theme.surface;
  canvas.text(0, 0, `‹ ${field.options[at] ?? ""} ›`, style);
}
