import assert from "node:assert/strict";
import { Screen } from "../term/mod.ts";
import { CANCEL, Form, type FormOptions } from "./mod.ts";

const NO_MODIFIERS = { ctrl: false, alt: false, shift: false };

class FormRobot {
  readonly form: Form;
  outcome: ReturnType<Form["handleKey"]> = { type: "open" };

  constructor(options: Partial<FormOptions> = {}) {
    this.form = new Form({
      title: "Delete",
      lines: ["pods/web-0"],
      answers: [{ id: CANCEL, label: "Cancel", key: "n" }, {
        id: "do",
        label: "Do it",
        key: "y",
        isDangerous: true,
      }],
      ...options,
    });
  }

  press(...keys: readonly string[]): this {
    for (const key of keys) {
      const text = key.length === 1 ? { text: key } : {};
      this.outcome = this.form.handleKey({ type: "key", key, ...text, ...NO_MODIFIERS });
    }
    return this;
  }

  get lines(): readonly string[] {
    return this.drawn(46, 12);
  }

  drawn(cols: number, rows: number): readonly string[] {
    const screen = new Screen(cols, rows);
    this.form.draw(screen.begin());
    return screen.lines().map((line) => line.trim()).filter((line) => line !== "");
  }
}

const NAME = {
  type: "text",
  id: "name",
  label: "name",
  check: (text: string) => text === "web" ? "" : "type web",
} as const;
const CHOICE = { type: "choice", id: "how", label: "how", options: ["Background", "Orphan"] } as const;

Deno.test("enter on a fresh form takes the safe answer, escape and its key too", () => {
  for (const key of ["enter", "escape", "n"]) {
    assert.deepEqual(new FormRobot().press(key).outcome, { type: "done", answer: null }, key);
  }
  assert.deepEqual(new FormRobot().press("y").outcome, { type: "done", answer: { id: "do", values: {} } });
  assert.deepEqual(new FormRobot().press("right", "enter").outcome, {
    type: "done",
    answer: { id: "do", values: {} },
  });
});

Deno.test("a field that says what is wrong holds back every answer but the cancel", () => {
  const robot = new FormRobot({ fields: [NAME] });
  robot.press("y", "enter", "enter");
  assert.deepEqual(robot.outcome, { type: "open" });
  assert.equal(robot.form.problem, "type web");
  robot.press("backspace", "w", "e", "b", "enter", "enter");
  assert.deepEqual(robot.outcome, { type: "done", answer: { id: "do", values: { name: "web" } } });
});

Deno.test("keys of answers are letters while a text is typed", () => {
  const robot = new FormRobot({ fields: [{ ...NAME, check: () => "" }] }).press("y", "n");
  assert.deepEqual(robot.outcome, { type: "open" });
  assert.deepEqual(robot.form.values, { name: "yn" });
});

Deno.test("choices turn with the arrows, and tell of it", () => {
  const told: unknown[] = [];
  const robot = new FormRobot({ fields: [CHOICE], onChange: (values) => told.push(values) });
  robot.press("up", "right");
  assert.deepEqual(told, [{ how: "Orphan" }]);
  robot.press("right", "left");
  assert.deepEqual(robot.form.values, { how: "Orphan" });
});

Deno.test("the whole of it is drawn, and what is wrong above the answers", () => {
  const { lines } = new FormRobot({ fields: [CHOICE, NAME] });
  for (const part of ["Delete", "pods/web-0", "‹ Background ›", "type web", "Cancel (n)"]) {
    assert.ok(lines.some((line) => line.includes(part)), `${part}\n${lines.join("\n")}`);
  }
});

Deno.test("lines that have no room are counted, and scrolled to", () => {
  const robot = new FormRobot({ lines: Array.from({ length: 30 }, (_, at) => `line ${at}`) });
  assert.match(robot.lines.join("\n"), /line 0[\s\S]*more: pgdn/);
  robot.press("pagedown", "pagedown", "pagedown", "pagedown", "pagedown", "pagedown");
  assert.match(robot.lines.join("\n"), /line 29/);
});

Deno.test("every answer has a place on a narrow screen, and styled lines are wrapped like others", () => {
  const answers = ["Edit again", "Drop these", "Take over", "Give up"].map((label) => ({
    id: label,
    label,
    key: label.charAt(0).toLowerCase(),
  }));
  const robot = new FormRobot({
    title: "Others own fields",
    lines: [[{ text: ".data.a", token: "warn" }, { text: "  is set by a-manager-of-long-name" }]],
    answers,
  });
  assert.deepEqual(robot.drawn(40, 10), [
    "╭ Others own fields ───────────────────╮",
    "│                                      │",
    "│  .data.a  is set by                  │",
    "│  a-manager-of-long-name              │",
    "│                                      │",
    "│                                      │",
    "│  Edit again (e)      Drop these (d)  │",
    "│    Take over (t)      Give up (g)    │",
    "╰──────────────────────────────────────╯",
  ]);
  const at = (x: number, y: number) =>
    robot.form.handleMouse({ type: "mouse", action: "down", button: 0, x, y, ...NO_MODIFIERS });
  assert.deepEqual(at(27, 7), { type: "done", answer: { id: "Give up", values: {} } });
});

Deno.test("forms survive any size", () => {
  const robot = new FormRobot({
    title: "世".repeat(100),
    lines: ["word ".repeat(99), "x".repeat(5_000), [{ text: "世".repeat(500) }]],
    fields: [CHOICE, NAME],
  });
  for (const [cols, rows] of [[1, 1], [3, 2], [20, 5], [200, 60]] as const) robot.drawn(cols, rows);
});
