/** The session's forwarded ports, live; those that are kept can be started. */
import { quoteWord } from "../command_line.ts";
import type { ForwardEntry, Forwards } from "../forwards.ts";
import type { CommandId, KeyScope } from "../keymap.ts";
import type { Frame, Pane, PaneHost, PaneLine, PaneSummary } from "../pane.ts";
import type { Canvas, MouseEvent, TokenName } from "../term/mod.ts";
import { LocalList, type LocalRow } from "./local_list.ts";
import { drawMessage } from "./message.ts";

const COLUMNS = [
  { title: "TO", isFrozen: true, min: 16 },
  { title: "NAMESPACE" },
  { title: "PORTS" },
  { title: "STATE" },
  { title: "CONNECTIONS" },
  { title: "KEPT" },
  { title: "LAST ERROR" },
];

export class ForwardsPane implements Pane {
  readonly line: PaneLine;
  readonly #host: PaneHost;
  readonly #forwards: Forwards;
  readonly #list: LocalList;

  constructor(host: PaneHost, forwards: Forwards) {
    this.#host = host;
    this.#forwards = forwards;
    this.#list = new LocalList(host, COLUMNS, () => this.#toggle());
    this.line = this.#list.line;
  }

  get scope(): KeyScope {
    return { contexts: ["forwards", "list", "any"], kind: "" };
  }

  summary(): PaneSummary {
    return { title: "forwarded ports", detail: this.#list.detail };
  }

  command(): string {
    const entry = this.#entry;
    return entry === undefined ? "orka port-forward" : forwardCommand(entry.profile, this.#host.namedContext);
  }

  show(): void {
    this.#host.spawn(() => this.#forwards.load());
  }

  hide(): void {}

  draw(canvas: Canvas, frame: Frame): void {
    const { entries } = this.#forwards;
    this.#list.set(entries.map(rowOf));
    this.#list.draw(canvas, frame);
    if (entries.length > 0) return;
    drawMessage(canvas.sub(0, 1, canvas.w, canvas.h - 1), {
      tone: "info",
      lines: ["No ports are forwarded. shift-f on a pod, a service or a workload forwards one"],
    });
  }

  run(command: CommandId): boolean {
    switch (command) {
      case "forward.toggle":
        this.#toggle();
        return true;
      case "forward.stop":
        this.#host.spawn(async () => {
          if (this.#entry !== undefined) await this.#forwards.stop(this.#entry.id);
        });
        return true;
      case "forward.keep":
        this.#host.spawn(() => this.#keep());
        return true;
      case "copy.name": {
        const local = this.#entry?.ports[0]?.local;
        if (local !== undefined) this.#host.copy(`localhost:${local}`, `localhost:${local}`);
        return true;
      }
      default:
        return this.#list.run(command);
    }
  }

  mouse(event: MouseEvent): void {
    this.#list.mouse(event);
  }

  get #entry(): ForwardEntry | undefined {
    return this.#forwards.entries.find(({ id }) => String(id) === this.#list.selected?.name);
  }

  #toggle(): void {
    const entry = this.#entry;
    if (entry === undefined) return;
    const [port] = entry.ports;
    if (port !== undefined) {
      return this.#host.notify(`Forwarding localhost:${port.local} to ${entry.profile.title}`, "info");
    }
    if (entry.state.type === "starting") return;
    this.#host.spawn(async () => void await this.#forwards.resume(entry.id));
  }

  async #keep(): Promise<void> {
    const entry = this.#entry;
    if (entry === undefined) return;
    const isKept = await this.#forwards.keep(entry.id);
    if (isKept === null) return this.#host.notify("Nothing is remembered in this session", "warn");
    const text = isKept ? "will be here in later sessions" : "is not kept any more";
    this.#host.notify(`The forward to ${entry.profile.title} ${text}`, "ok");
  }
}

export function forwardCommand({ title, spec }: ForwardEntry["profile"], context: string): string {
  const ports = spec.ports.map(({ local, remote }) => `${local === 0 ? "" : local}:${remote}`);
  const address = spec.addresses === undefined ? [] : [`--address=${spec.addresses.join(",")}`];
  const words = ["orka", "port-forward", title, "-n", spec.namespace, ...ports, ...address];
  return [...words, ...(context === "" ? [] : ["--context", context])].map(quoteWord).join(" ");
}

function rowOf(entry: ForwardEntry): LocalRow {
  const { id, profile: { title, spec }, ports, connections, opened, isKept, error } = entry;
  const local = ports.length > 0
    ? [...new Set(ports.map((port) => `${port.local}→${port.remote}`))].join(" ")
    : spec.ports.map(({ local, remote }) => `${local || "any"}→${remote}`).join(" ");
  return {
    name: String(id),
    cells: [
      title,
      spec.namespace,
      local,
      stateText(entry),
      `${connections} (${opened})`,
      isKept ? "✓" : "",
      error,
    ],
    token: TOKENS[entry.state.type],
  };
}

const TOKENS: Readonly<Record<ForwardEntry["state"]["type"], TokenName>> = {
  saved: "dim",
  stopped: "dim",
  starting: "pending",
  ready: "ok",
  reconnecting: "warn",
  failed: "error",
};

function stateText({ state }: ForwardEntry): string {
  if (state.type === "ready") return `ready: ${state.pod}`;
  return "why" in state ? `${state.type}: ${state.why}` : state.type;
}
