/** Every kind that the server serves, with its spellings; enter opens its objects. */
import { apiVersion, groupResource, type Resource } from "../../kube/mod.ts";
import type { CommandId, KeyScope } from "../keymap.ts";
import type { Frame, Pane, PaneHost, PaneLine, PaneSummary } from "../pane.ts";
import type { Canvas, MouseEvent } from "../term/mod.ts";
import { drawMessage } from "./message.ts";
import { LocalList } from "./local_list.ts";

const COLUMNS = [
  { title: "NAME", isFrozen: true, min: 16 },
  { title: "SHORTNAMES" },
  { title: "APIVERSION" },
  { title: "NAMESPACED" },
  { title: "KIND" },
];

export class KindsPane implements Pane {
  readonly line: PaneLine;
  readonly #host: PaneHost;
  readonly #resources: () => readonly Resource[];
  readonly #list: LocalList;
  #seen: readonly Resource[] = [];

  constructor(host: PaneHost, resources: () => readonly Resource[]) {
    this.#host = host;
    this.#resources = resources;
    this.#list = new LocalList(host, COLUMNS, ({ name }) => this.#open(name));
    this.line = this.#list.line;
  }

  get scope(): KeyScope {
    return { contexts: ["list", "any"], kind: "" };
  }

  summary(): PaneSummary {
    return { title: "kinds", detail: this.#list.detail };
  }

  command(): string {
    return "orka discover";
  }

  show(): void {}

  hide(): void {}

  draw(canvas: Canvas, frame: Frame): void {
    const all = this.#resources();
    if (all !== this.#seen) {
      this.#seen = all;
      const listed = all.filter(({ verbs, preferred }) => preferred && verbs.includes("list"));
      this.#list.set(listed.map((resource) => ({ name: groupResource(resource), cells: cellsOf(resource) })));
    }
    this.#list.draw(canvas, frame);
    if (all.length === 0) {
      drawMessage(canvas.sub(0, 1, canvas.w, canvas.h - 1), {
        tone: "info",
        lines: ["Asking what is served …"],
      });
    }
  }

  run(command: CommandId): boolean {
    return this.#list.run(command);
  }

  mouse(event: MouseEvent): void {
    this.#list.mouse(event);
  }

  #open(name: string): void {
    const resource = this.#host.findKind(name);
    if (resource) this.#host.openKind(resource);
  }
}

function cellsOf(resource: Resource): readonly string[] {
  const { shortNames, namespaced, kind, plural } = resource;
  return [plural, shortNames.join(","), apiVersion(resource), String(namespaced), kind];
}
