/**
 * A node being drained: what was cordoned, evicted, held back, and what is left.
 *
 * 1. The drain goes on while other panes are shown, and ends with the session; history leads back to it.
 * 2. Stopping it leaves the node cordoned and evicted pods evicted; a new drain goes on from there.
 */
import { AbortScope } from "../../base/mod.ts";
import type { DrainEvent, DrainOptions, DrainProgress, DrainResult } from "../../ops/mod.ts";
import { drainReason } from "../actions/drain_words.ts";
import type { CommandId, KeyScope } from "../keymap.ts";
import type { Frame, Pane, PaneHost, PaneLine, PaneSummary } from "../pane.ts";
import type { Canvas, MouseEvent, TokenName } from "../term/mod.ts";
import { LineStore } from "../widgets/mod.ts";
import { TextBody } from "./text_body.ts";

export interface DrainPaneOptions {
  readonly node: string;
  readonly options: DrainOptions;
  /** Each pod's own unless given. */
  readonly graceSeconds: number | undefined;
  readonly command: string;
}

const OUTCOMES: Readonly<Record<DrainResult["outcome"], string>> = {
  drained: "drained",
  refused: "not drained: new pods are in the way",
  failed: "not drained: evictions were refused",
  timeout: "not drained in time",
  aborted: "stopped: the node stays cordoned",
  "node-gone": "the node is gone",
};

export class DrainPane implements Pane {
  readonly line: PaneLine;
  readonly #host: PaneHost;
  readonly #options: DrainPaneOptions;
  readonly #body: TextBody;
  readonly #lines = new LineStore({ capacity: 10_000 });
  readonly #tokens: TokenName[] = [];
  readonly #abort = new AbortController();
  #state: "new" | "running" | "over" = "new";
  #progress: DrainProgress | null = null;
  #outcome = "";

  constructor(host: PaneHost, options: DrainPaneOptions) {
    this.#host = host;
    this.#options = options;
    this.#body = new TextBody(host, { follow: true });
    this.line = this.#body.line;
    this.#body.view.show(this.#lines, {
      highlighter: (text, index) => [{ text, token: this.#tokens[index] }],
    });
  }

  get scope(): KeyScope {
    return { contexts: ["drain", "text", "any"], kind: "nodes" };
  }

  summary(): PaneSummary {
    const { evicted = 0, total = 0, blocked = [], ending = [] } = this.#progress ?? {};
    const counts = this.#progress === null
      ? ""
      : `${evicted}/${total} gone  ${ending.length} ending  ${blocked.length} held back`;
    return {
      title: `drain ${this.#options.node}`,
      detail: [this.#outcome, counts].filter((text) => text !== "").join("  "),
    };
  }

  command(): string {
    return this.#options.command;
  }

  show(): void {
    if (this.#state === "new") this.#run();
  }

  hide(): void {}

  draw(canvas: Canvas, _frame: Frame): void {
    this.show();
    this.#body.view.draw(canvas);
  }

  run(command: CommandId): boolean {
    if (command === "drain.abort") {
      if (this.#state === "running") this.#abort.abort();
      else this.#host.notify("The drain is over already", "info");
      return true;
    }
    if (command === "copy.text") this.#body.text = this.#lines.lines.join("\n");
    return this.#body.run(command);
  }

  mouse(event: MouseEvent): void {
    this.#body.mouse(event);
  }

  #run(): void {
    const { engine, clock } = this.#host;
    if (engine === null) return;
    const scope = new AbortScope([this.#abort.signal, this.#host.lifetime]);
    const { signal } = scope;
    this.#state = "running";
    this.#host.spawn(async () => {
      try {
        const [ops, memory] = [await this.#host.ops(), await this.#host.memory()];
        const { node, options, graceSeconds } = this.#options;
        const plan = await ops.planDrain(engine.client, node, { ...options, signal, nowMs: clock.now() });
        this.#end(
          await ops.runDrain(plan, {
            context: { client: engine.client, memory, user: engine.target.user, signal },
            clock,
            timeoutMs: 0,
            random: Math.random,
            graceSeconds,
            onEvent: (event) => this.#told(event),
          }),
        );
      } catch (error) {
        this.#say(`✗ ${(error as Error).message}`, "error");
        this.#outcome = "failed";
      } finally {
        scope[Symbol.dispose]();
        this.#state = "over";
      }
    });
  }

  #end({ outcome, plan, left }: DrainResult): void {
    const text = `node ${this.#options.node} ${OUTCOMES[outcome]}`;
    this.#outcome = outcome;
    if (outcome === "refused") {
      for (const { namespace, name, reason } of plan.refuse) {
        this.#say(`✗ ${namespace}/${name}: ${drainReason(reason)}`, "error");
      }
    }
    if (left.length > 0 && outcome !== "drained") this.#say(`${left.length} pods are still there`, "warn");
    this.#say(text, outcome === "drained" ? "ok" : "warn");
    this.#host.notify(text, outcome === "drained" ? "ok" : "warn");
  }

  #told(event: DrainEvent): void {
    if (event.type === "progress") this.#progress = event.progress;
    else if (event.type === "cordoned") {
      this.#say(event.changed ? "cordoned" : "was cordoned already", "text");
    } else {
      const name = `${event.pod.namespace}/${event.pod.name}`;
      if (event.type === "evicting") this.#say(`→ ${name}`, "dim");
      else if (event.type === "evicted") this.#say(`✓ ${name} is gone`, "ok");
      else if (event.type === "blocked") this.#say(`⏸ ${name}: ${event.error.message}`, "warn");
      else this.#say(`✗ ${name}: ${event.error.message}`, "error");
    }
    this.#host.invalidate();
  }

  #say(text: string, token: TokenName): void {
    this.#lines.append([text]);
    this.#tokens.push(token);
    if (this.#tokens.length > this.#lines.length) {
      this.#tokens.splice(0, this.#tokens.length - this.#lines.length);
    }
  }
}
