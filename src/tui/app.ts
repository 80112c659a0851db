/**
 * The session without a terminal: events in, drawings out. Keys go to the open prompt, else through the key table to
 * the current pane or the session itself.
 */
import type { Clock } from "../base/mod.ts";
import {
  type CommandId,
  isGreyed,
  type Key,
  keyName,
  type KeyScope,
  resolveKey,
  whyGreyed,
  whyNotHere,
} from "./keymap.ts";
import { runOpsCommand } from "./actions/ops_keys.ts";
import { AppView } from "./app_view.ts";
import { AskedKey } from "./asked_key.ts";
import { openHistory, runChangeCommand, runUndo } from "./change/change_keys.ts";
import { CommandPrompt, type PromptOutcome } from "./command_prompt.ts";
import { Navigator } from "./navigator.ts";
import { type PaletteCommand, parsePalette } from "./palette_command.ts";
import { PaletteObjects } from "./palette_objects.ts";
import { NamespaceNames } from "./namespace_names.ts";
import type { SessionHost, SessionOptions } from "./session_options.ts";
import type { PaletteWorld } from "./suggestions.ts";
import {
  type Canvas,
  chord,
  type InputEvent,
  type KeyEvent,
  type MouseEvent,
  type ThemeName,
} from "./term/mod.ts";
import { Notice } from "./widgets/mod.ts";

/** What the app asks of whoever runs it. */
export interface AppOptions {
  readonly session: SessionOptions;
  readonly host: SessionHost;
  readonly clock: Clock;
  readonly invalidate: () => void;
  readonly repaint: () => void;
  readonly setTheme: (name: ThemeName) => void;
  readonly quit: () => void;
}

const MAX_LINES = 50;
const NOWHERE: KeyScope = { contexts: ["any"], kind: "" };

export class App {
  readonly navigator: Navigator;
  readonly #options: AppOptions;
  readonly #notice: Notice;
  readonly #view: AppView;
  readonly #names: NamespaceNames;
  readonly #objects: PaletteObjects;
  readonly #asked: AskedKey;
  #prompt: CommandPrompt | null = null;
  /** Palette lines run, newest first. */
  #lines: readonly string[] = [];
  #hasHeader = true;
  /** The command line that `$` showed last. */
  #command = "";

  constructor(options: AppOptions) {
    const { session, host, clock, invalidate } = options;
    this.#options = options;
    this.#notice = new Notice({ clock, onChange: invalidate });
    this.navigator = new Navigator({
      session,
      host,
      clock,
      invalidate,
      repaint: options.repaint,
      notify: (text, level) => this.#notice.say(text, level),
    });
    this.#names = new NamespaceNames(clock, () => {
      this.#prompt?.refresh();
      invalidate();
    });
    this.#objects = new PaletteObjects(() => {
      this.#prompt?.refresh();
      invalidate();
    });
    this.#asked = new AskedKey({
      clock,
      current: () => this.navigator.current,
      onSlow: () => this.#notice.say("Asking the server whether you may do that …"),
    });
    this.#view = new AppView({ navigator: this.navigator, notice: this.#notice, clock, invalidate });
  }

  async start(): Promise<void> {
    const { notice } = this.#options.session;
    if (notice !== undefined) this.#notice.say(notice);
    await this.navigator.start();
  }

  async close(): Promise<void> {
    this.#asked.giveUp();
    this.#objects.close();
    this.#notice[Symbol.dispose]();
    this.#view[Symbol.dispose]();
    await this.navigator.close();
  }

  draw(canvas: Canvas): void {
    this.#view.draw(canvas, { prompt: this.#prompt, header: this.#hasHeader });
  }

  event(event: InputEvent): void {
    if (event.type === "key") {
      this.#asked.giveUp();
      this.#key(event);
    } else if (event.type === "mouse") this.#mouse(event);
    else if (event.type === "paste") this.#paste(event.text);
    else return;
    this.#options.invalidate();
  }

  #key(event: KeyEvent): void {
    if (this.#prompt !== null) return this.#promptOutcome(this.#prompt.key(event));
    if (this.navigator.overlay !== null) return this.navigator.overlay.key(event);
    if (this.navigator.current?.key?.(event)) return this.#notice.dismiss();
    const key = keyName(chord(event));
    const binding = resolveKey(key, this.navigator.current?.scope ?? NOWHERE);
    if (this.#notice.level === "error" || binding?.id !== "command") this.#notice.dismiss();
    if (binding === undefined) return this.#explain(key);
    if (this.#isRefused(binding)) return;
    const settled = this.navigator.settleRight(binding);
    if (settled === null) return this.#run(binding, key);
    this.navigator.spawn(() =>
      this.#asked.wait(settled, () => {
        this.#notice.dismiss();
        if (!this.#isRefused(binding)) this.#run(binding, key);
      })
    );
  }

  /** Says why a greyed key does nothing. */
  #isRefused(binding: Key): boolean {
    const isRefused = isGreyed(binding, this.navigator);
    if (isRefused) this.#notice.say(whyGreyed(binding, this.navigator), "warn");
    return isRefused;
  }

  #paste(text: string): void {
    if (this.#prompt !== null) return this.#prompt.paste(text);
    if (this.navigator.overlay !== null) return this.navigator.overlay.paste?.(text);
    this.navigator.current?.paste?.(text);
  }

  /** A key that does something elsewhere says where. */
  #explain(key: string): void {
    const why = whyNotHere(key, this.navigator.current?.scope ?? NOWHERE);
    if (why !== "") this.#notice.say(why, "info");
  }

  #run({ id }: Key, key: string): void {
    if (id === "refresh") this.navigator.rediscover();
    if (this.navigator.current?.run(id, key)) return;
    if (runChangeCommand(this.navigator, id, this.navigator.current)) return;
    if (runOpsCommand(this.navigator, id, this.navigator.current)) return;
    if (this.#runPlace(id, key)) return;
    this.#runSession(id);
  }

  /** Commands about where the session is. */
  #runPlace(id: CommandId, key: string): boolean {
    const { navigator } = this;
    switch (id) {
      case "back":
        if (!navigator.history.up()) this.#notice.say("This is the first view. ctrl-c or :q quits", "info");
        return true;
      case "history.back":
        return this.#orSay(navigator.history.back(), "Nothing before this in history");
      case "history.forward":
        return this.#orSay(navigator.history.forward(), "Nothing after this in history");
      case "history.last":
        return this.#orSay(navigator.history.last(), "No view before this one");
      case "namespace":
        this.#switchNamespace(Number(key));
        return true;
      case "kinds":
        navigator.openKinds();
        return true;
      case "help":
        navigator.openHelp();
        return true;
      default:
        return false;
    }
  }

  #runSession(id: CommandId): void {
    switch (id) {
      case "palette":
        return this.#openPalette();
      case "find":
        return this.#openSearch("");
      case "filter":
      case "search":
        return this.#openLine();
      case "command":
        return this.#showCommand();
      case "refresh":
        return this.navigator.connection.retry();
      case "header":
        this.#hasHeader = !this.#hasHeader;
        return;
      case "redraw":
        return this.#options.repaint();
      case "suspend":
        return this.navigator.spawn(async () => {
          if (!await this.#options.host.stop()) {
            this.#notice.say("No shell could wake the session again", "warn");
          }
        });
      case "quit":
        return this.#options.quit();
    }
  }

  #orSay(isDone: boolean, text: string): true {
    if (!isDone) this.#notice.say(text, "info");
    return true;
  }

  #switchNamespace(digit: number): void {
    const name = this.navigator.scope.recent.ofDigit(digit);
    if (name === undefined) this.#notice.say(`No namespace on ${digit} yet: go to one with :ns NAME`, "info");
    else this.navigator.switchNamespace(name);
  }

  #openPalette(): void {
    this.#names.load(this.navigator.engine);
    this.#prompt = new CommandPrompt(null, () => this.#world());
  }

  /** The search, ready to be typed in; what it was asked already stays to be read. */
  #openSearch(query: string): void {
    this.navigator.openSearch(query);
    if (query === "") this.#openLine();
  }

  #openLine(): void {
    const line = this.navigator.current?.line;
    if (line) this.#prompt = new CommandPrompt(line, () => this.#world());
  }

  #world(): PaletteWorld {
    const { navigator } = this;
    return {
      resources: navigator.kinds.all,
      namespaces: [...new Set([...navigator.scope.recent.names, ...this.#names.names])],
      contexts: navigator.engine?.target.contexts ?? [],
      history: this.#lines,
      objects: (line) =>
        this.#objects.suggestions(line, {
          engine: navigator.engine,
          kinds: navigator.kinds.seen,
          namespace: navigator.scope.name ?? null,
        }),
    };
  }

  #promptOutcome(outcome: PromptOutcome): void {
    if (outcome.type !== "open" && outcome.type !== "move") this.#objects.close();
    switch (outcome.type) {
      case "open":
        return;
      case "closed":
        this.#prompt = null;
        return;
      case "quit":
        return this.#options.quit();
      case "move":
        this.navigator.current?.run(outcome.by, outcome.by);
        return;
      case "run":
        this.#prompt = null;
        this.#runLine(outcome.line, outcome.guess);
    }
  }

  /** `guess` is the line with its first suggestion taken, used where the line itself names nothing. */
  #runLine(line: string, guess: string): void {
    const command = parsePalette(line);
    const isUnknown = command.type === "view"
      ? !this.navigator.kinds.knows(command.kind)
      : command.type === "context" && !this.#world().contexts.includes(command.name);
    const chosen = isUnknown && guess !== line ? parsePalette(guess) : command;
    try {
      this.#runPalette(chosen);
      const ran = (chosen === command ? line : guess).trim();
      if (ran !== "") {
        this.#lines = [ran, ...this.#lines.filter((other) => other !== ran)].slice(0, MAX_LINES);
      }
    } catch (error) {
      this.navigator.fail(error);
    }
  }

  #runPalette(command: PaletteCommand): void {
    const { navigator } = this;
    switch (command.type) {
      case "empty":
        return;
      case "quit":
        return this.#options.quit();
      case "help":
        return navigator.openHelp();
      case "kinds":
        return navigator.openKinds();
      case "contexts":
        return navigator.openContexts();
      case "context":
        return navigator.switchContext(command.name);
      case "namespace":
        return navigator.switchNamespace(command.name);
      case "theme":
        return this.#setTheme(command.name);
      case "forwards":
        return navigator.openForwards();
      case "write":
        return navigator.toggleWrites();
      case "search":
        return this.#openSearch(command.query);
      case "history":
        return openHistory(navigator, null);
      case "undo":
        return runUndo(navigator, command.id);
      case "view":
        return navigator.commands.enter(command);
    }
  }

  #setTheme(name: string): void {
    if (name === "dark" || name === "light") this.#options.setTheme(name);
    else if (name === "") this.#notice.say("Themes: :theme dark, :theme light", "info");
    else this.#notice.say(`There is no theme "${name}": :theme dark, :theme light`, "warn");
  }

  #showCommand(): void {
    const command = this.navigator.commandLine(this.navigator.current?.command() ?? "");
    if (command === "") return;
    if (command === this.#command && this.#notice.text === `$ ${command}`) {
      return this.navigator.copy(command, "the command line");
    }
    this.#command = command;
    this.#notice.say(`$ ${command}`, "info");
  }

  #mouse(event: MouseEvent): void {
    if (this.#prompt === null && this.navigator.overlay !== null) return this.navigator.overlay.mouse(event);
    const place = this.#view.placeOf(event);
    if (this.#prompt?.isPalette && place.type !== "crumb") {
      return this.#promptOutcome(this.#prompt.mouse(event));
    }
    if (place.type === "crumb" && event.action === "down") {
      return void this.navigator.history.cut(place.length);
    }
    if (place.type === "body") this.navigator.current?.mouse(event);
  }
}
