/**
 * A robot at the keyboard of a session on the fake engine: types, looks, asserts on the emulated screen.
 *
 * `type(":pods<enter>/web<esc>")` presses keys as the key table spells them, `<…>` around those with names.
 * Time is the manual clock's; every step lets what is under way settle.
 */
import assert from "node:assert/strict";
import { ManualClock } from "../../src/base/mod.ts";
import type { Engine } from "../../src/engine/protocol.ts";
import { Session, type SessionOptions } from "../../src/tui/mod.ts";
import { type ColorMode, createTheme, styleSpec } from "../../src/tui/term/mod.ts";
import type { FakeEngine } from "./fake_engine.ts";
import { smallCluster } from "./fake_kinds.ts";
import { VirtualTerminal } from "./vt.ts";

/** Behind the current row. */
const SELECTION = styleSpec(createTheme("dark").selection).bg;

export interface RobotOptions extends Partial<Omit<SessionOptions, "clock">> {
  /** What `connect` answers with unless it is given; a small cluster unless this is. */
  readonly engine?: FakeEngine;
  readonly clock?: ManualClock;
  readonly cols?: number;
  readonly rows?: number;
  readonly mode?: ColorMode;
  /** Changes the file that the session lends to the person's editor. */
  readonly editor?: (path: string) => Promise<void>;
}

export class Robot implements AsyncDisposable {
  readonly vt: VirtualTerminal;
  readonly clock: ManualClock;
  readonly session: Session;
  /** What was done outside the screen: `copy TEXT`, `edit NAME: TEXT`, `stop`. */
  readonly done: string[] = [];
  isOver = false;

  private constructor(readonly engine: FakeEngine, options: RobotOptions) {
    const { cols = 100, rows = 20, mode = "truecolor", engine: _engine, clock, editor, ...rest } = options;
    this.clock = clock ?? new ManualClock();
    this.vt = new VirtualTerminal(cols, rows);
    const entry = (name: string) => ({ name, cluster: "test", user: name, namespace: "" });
    this.session = new Session({
      connect: () => Promise.resolve<Engine>(engine),
      contexts: () => Promise.resolve(engine.target.contexts.map(entry)),
      ...rest,
      clock: this.clock,
    }, {
      io: this.vt,
      mode,
      minFrameMs: 0,
      host: {
        copy: (text) => void this.done.push(`copy ${text}`),
        edit: (text, name) => Promise.resolve(void this.done.push(`edit ${name}: ${text}`)),
        editFile: (path) => editor?.(path) ?? Promise.resolve(void this.done.push(`edit file ${path}`)),
        stop: () => Promise.resolve(this.done.push("stop") > 0),
        lend: (run) => run(),
        save: (text, name) => Promise.resolve((this.done.push(`save ${name}: ${text}`), `/saved/${name}`)),
      },
    });
    this.session.done.then(() => this.isOver = true);
  }

  /** Starts a session and lets it show its first rows. */
  static async start(options: RobotOptions = {}): Promise<Robot> {
    const robot = new Robot(options.engine ?? smallCluster(), options);
    robot.session.start();
    await robot.settle();
    return robot;
  }

  /** Lets everything under way finish, without time passing. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 2; turn++) {
      await this.clock.advance(0);
    }
  }

  async type(keys: string): Promise<this> {
    for (const [, name, char] of keys.matchAll(/<([a-z0-9+\\\-^]+)>|([\s\S])/g)) {
      this.vt.press(name === undefined ? char! : chordOf(name));
      // a lone escape is known as such only after a while
      if (name === "esc") await this.clock.advance(50);
      await this.settle();
    }
    return this;
  }

  async wait(ms: number): Promise<this> {
    await this.clock.advance(ms);
    await this.settle();
    return this;
  }

  /** Lets things happen, in real order and manual time, until a text is on the screen. */
  async until(part: string, { steps = 3000, stepMs = 5 } = {}): Promise<this> {
    for (let step = 0; step < steps && !this.screen.includes(part); step++) await this.clock.advance(stepMs);
    return this.expect(part);
  }

  async click(needle: string, times = 1): Promise<this> {
    const at = this.vt.find(needle);
    assert.ok(at, `nothing to click: ${needle}\n${this.screen}`);
    for (let k = 0; k < times; k++) this.vt.click(at.x, at.y);
    await this.settle();
    return this;
  }

  get screen(): string {
    return this.vt.text();
  }

  get header(): string {
    return this.vt.lines()[0]!;
  }

  get crumbs(): string {
    return this.vt.lines()[1]!;
  }

  get footer(): string {
    return this.vt.lines().at(-1)!;
  }

  /** Every part is somewhere on the screen. */
  expect(...parts: readonly string[]): this {
    for (const part of parts) {
      assert.ok(this.screen.includes(part), `not on the screen: ${part}\n${this.screen}`);
    }
    return this;
  }

  expectNot(...parts: readonly string[]): this {
    for (const part of parts) {
      assert.ok(!this.screen.includes(part), `on the screen: ${part}\n${this.screen}`);
    }
    return this;
  }

  /** Names in the order of the rows that hold them, as the table shows them. */
  names(pattern: RegExp): readonly string[] {
    return this.vt.lines().flatMap((line) => pattern.exec(line)?.[0] ?? []);
  }

  /** The text of the row under the cursor, found by its background. */
  get selected(): string {
    const bar = this.vt.lines().findIndex((_, y) => this.vt.cell(2, y).bg === SELECTION);
    return bar < 0 ? "" : this.vt.lines()[bar]!.trim();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.session.close();
    await this.settle();
    this.vt[Symbol.dispose]();
  }
}

/** `ctrl-d`, `shift-f`, `esc` as the key table has them, to the emulator's chords. */
function chordOf(name: string): string {
  const letter = /^shift-([a-z])$/.exec(name)?.[1];
  if (letter !== undefined) return letter.toUpperCase();
  return name.replace(/^esc$/, "escape").replace(/\b(ctrl|alt|shift)-/g, "$1+");
}
