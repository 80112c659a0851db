/** The containers of one pod, live; enter shows the logs of one. */
import type { FeedStatus, ObjectRef } from "../../engine/protocol.ts";
import { nextChangeMs } from "../../kube/mod.ts";
import { objectCommand } from "../command_line.ts";
import type { CommandId, KeyScope } from "../keymap.ts";
import type { Frame, Pane, PaneHost, PaneLine, PaneSummary, TargetObject } from "../pane.ts";
import type { Canvas, MouseEvent, TokenName } from "../term/mod.ts";
import { LocalList, type LocalRow } from "./local_list.ts";
import { ObjectFeed } from "./object_feed.ts";
import { drawObjectNotice } from "./object_notice.ts";
import { runObjectCommand } from "./object_pane.ts";
import { containerCells, type PodContainer, podContainers } from "./pod_containers.ts";

const COLUMNS = [
  { title: "CONTAINER", isFrozen: true, min: 12 },
  { title: "TYPE" },
  { title: "READY" },
  { title: "STATE" },
  { title: "RESTARTS" },
  { title: "AGE" },
  { title: "PORTS" },
  { title: "IMAGE" },
];

export class ContainersPane implements Pane {
  readonly ref: ObjectRef;
  readonly line: PaneLine;
  readonly #host: PaneHost;
  readonly #feed: ObjectFeed;
  readonly #list: LocalList;

  constructor(host: PaneHost, ref: ObjectRef) {
    this.#host = host;
    this.ref = ref;
    this.#feed = new ObjectFeed(host, ref);
    this.#list = new LocalList(host, COLUMNS, () => this.#openLogs());
    this.line = this.#list.line;
  }

  get scope(): KeyScope {
    return { contexts: ["containers", "object", "list", "any"], kind: "containers" };
  }

  get namespace(): string {
    return this.ref.namespace;
  }

  get feed(): FeedStatus | null {
    return this.#feed.status;
  }

  /** The one under the cursor. */
  get containers(): readonly string[] {
    const { selected } = this.#list;
    return selected === undefined ? [] : [selected.name];
  }

  targets(): readonly TargetObject[] {
    const uid = this.#feed.object?.metadata.uid;
    return [uid === undefined ? this.ref : { ...this.ref, uid }];
  }

  summary(): PaneSummary {
    return { title: `${this.ref.name} containers`, detail: this.#list.detail };
  }

  command(): string {
    return objectCommand("describe", this.ref, { context: this.#host.namedContext });
  }

  show(): void {
    this.#feed.open(false, () => {});
  }

  hide(): void {
    this.#feed.close();
  }

  draw(canvas: Canvas, frame: Frame): void {
    this.show();
    const body = drawObjectNotice(canvas, this.#feed, frame);
    if (body.h === 0 || this.#feed.object === null) return;
    const containers = podContainers(this.#feed.object);
    this.#list.set(containers.map((container) => rowOf(container, frame.nowMs)));
    for (const { since } of containers) {
      const ageMs = frame.nowMs - Date.parse(since);
      if (since !== "" && ageMs >= 0) frame.wakeAt(frame.nowMs + nextChangeMs(ageMs));
    }
    this.#list.draw(body, frame);
  }

  run(command: CommandId): boolean {
    return this.#list.run(command) || runObjectCommand(this.#host, this.ref, command);
  }

  mouse(event: MouseEvent): void {
    this.#list.mouse(event);
  }

  #openLogs(): void {
    this.#host.spawn(async () => {
      const { openLogsPane } = await import("../actions/open_logs.ts");
      openLogsPane(this.#host, this.targets(), this);
    });
  }
}

function rowOf(container: PodContainer, nowMs: number): LocalRow {
  return { name: container.name, cells: containerCells(container, nowMs), token: toneOf(container) };
}

function toneOf({ role, state, isReady, isRunning }: PodContainer): TokenName | undefined {
  if (isRunning) return isReady || role !== "main" ? undefined : "pending";
  if (state.startsWith("Waiting")) return /BackOff|Err/.test(state) ? "error" : "pending";
  return state.endsWith(")") ? "error" : "done";
}
