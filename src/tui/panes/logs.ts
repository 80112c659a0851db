/**
 * Logs of pods, containers and workloads, live: followed, scrolled back, searched with what stands around, filtered.
 *
 * 1. A hidden pane reads nothing; shown again it goes on where it stopped.
 * 2. It draws at most 30 times a second, however many lines come; what is off the screen is not rendered.
 */
import type { OrkaError } from "../../base/mod.ts";
import type { ObjectRef } from "../../engine/protocol.ts";
import type { LogBatch } from "../../ops/mod.ts";
import type { CommandId, KeyScope } from "../keymap.ts";
import type { Frame, Pane, PaneHost, PaneLine, PaneSummary, TargetObject } from "../pane.ts";
import type { Canvas, MouseEvent } from "../term/mod.ts";
import { countText } from "../widgets/mod.ts";
import { LogBuffer } from "./logs/log_buffer.ts";
import { parseLogFilter } from "./logs/log_filter.ts";
import { LogFormat } from "./logs/log_format.ts";
import { LogGatherer } from "./logs/log_gatherer.ts";
import { LogReader } from "./logs/log_reader.ts";
import {
  LOG_STARTS,
  type LogRequest,
  logSpecs,
  type LogStart,
  requestCommand,
  requestText,
} from "./logs/log_request.ts";
import { askFields, copyLines, LogText } from "./logs/log_text.ts";
import { drawBar, drawMessage, messageHeight } from "./message.ts";
import { TextBody } from "./text_body.ts";

/** 30 frames a second: more is not seen, and each rewrites the whole screen. */
const FRAME_MS = 33;
/** A screen or two, some tens of ms from a kubelet. */
const OLDER_LINES = 500;

export class LogsPane implements Pane {
  readonly objects: readonly ObjectRef[];
  readonly #host: PaneHost;
  readonly #body: TextBody;
  readonly #format = new LogFormat();
  readonly #buffer: LogBuffer;
  readonly #text: LogText;
  readonly #reader = new LogReader();
  #request: LogRequest;
  #start: LogStart = LOG_STARTS[0]!;
  #state: "closed" | "opening" | "open" | "ended" = "closed";
  #failure: OrkaError | Error | null = null;
  #filter = "";
  #filterProblem = "";
  #isFull = false;
  #line: "search" | "filter" = "search";
  /** cleared: older lines would stand right before those that came after it. */
  #older: "idle" | "asking" | "none" | "cleared" = "idle";
  #drawnMs = -Infinity;
  #timer: Disposable | null = null;
  readonly #gatherer: LogGatherer;

  constructor(host: PaneHost, request: LogRequest) {
    this.#host = host;
    this.#request = request;
    this.objects = request.objects;
    this.#buffer = new LogBuffer({ render: (entry) => this.#format.text(entry) });
    this.#gatherer = new LogGatherer(host.clock, (batch) => this.#append(batch));
    this.#body = new TextBody(host, { follow: true, wrap: false });
    this.#text = new LogText(this.#buffer, this.#format);
    this.#body.view.show(this.#buffer, { highlighter: (_, index) => this.#segments(index) });
  }

  get scope(): KeyScope {
    return { contexts: ["logs", "text", "any"], kind: this.objects[0]?.resource.plural ?? "" };
  }

  get isFullScreen(): boolean {
    return this.#isFull;
  }

  get namespace(): string | null {
    const namespaces = new Set(this.objects.map(({ namespace }) => namespace));
    return namespaces.size === 1 ? [...namespaces][0]! : null;
  }

  get line(): PaneLine {
    return this.#line === "search" ? this.#body.line : this.#filterLine;
  }

  targets(): readonly TargetObject[] {
    return this.objects;
  }

  summary(): PaneSummary {
    const { view } = this.#body;
    const { look } = this.#format;
    const flags = [
      this.#request.previous ? "previous" : "",
      this.#request.containers === "all" ? "all containers" : "",
      this.#start.name === "tail" ? "" : this.#start.name,
      look.columns ? "columns" : "",
      view.wrap ? "wrap" : "",
      this.#filter === "" ? "" : `&${this.#filter}`,
      view.search === null ? "" : `/${view.search.query} ${view.search.label}`,
      this.#filter === ""
        ? countText(this.#buffer.length)
        : `${countText(this.#buffer.length)} of ${countText(this.#buffer.total)}`,
      this.#older === "asking" ? "loading older lines …" : this.#stateText(),
    ];
    return {
      title: `logs ${requestText(this.#request)}`,
      detail: flags.filter((flag) => flag !== "").join("  "),
    };
  }

  command(): string {
    const { timestamps } = this.#format.look;
    return requestCommand(this.#request, {
      start: this.#start,
      timestamps,
      filter: this.#filter,
      context: this.#host.namedContext,
    });
  }

  show(): void {
    if (this.#state === "closed") this.#open();
  }

  hide(): void {
    this.#reader.close();
    this.#gatherer.end();
    if (this.#state !== "ended") this.#state = "closed";
    this.#timer?.[Symbol.dispose]();
    this.#timer = null;
  }

  draw(canvas: Canvas, frame: Frame): void {
    this.show();
    this.#drawnMs = frame.nowMs;
    const { view } = this.#body;
    const lines = this.#failure === null ? [] : [this.#failure.message];
    const top = Math.min(messageHeight(lines, canvas.w), Math.max(0, canvas.h - 2));
    if (top > 0) drawBar(canvas.sub(0, 0, canvas.w, top), { tone: "error", lines });
    const body = canvas.sub(0, top, canvas.w, canvas.h - top);
    if (this.#buffer.length === 0) return this.#drawEmpty(body);
    const note = this.#topNote();
    if (note !== "") body.text(0, 0, note, body.theme.mark);
    view.draw(note !== "" ? body.sub(0, 1, body.w, body.h - 1) : body);
  }

  run(command: CommandId, key: string): boolean {
    switch (command) {
      case "search":
        this.#line = "search";
        return false;
      case "filter":
        this.#line = "filter";
        return false;
      case "back":
        return this.#back();
      case "copy.text":
        copyLines(this.#host, this.#text);
        return true;
      case "view":
        this.#host.edit(this.#text.all(), `${requestText(this.#request)}.log`);
        return true;
    }
    return this.#runLogs(command, key) || this.#move(command);
  }

  mouse(event: MouseEvent): void {
    this.#body.mouse(event);
    if (event.action === "wheelup") this.#atTop();
  }

  #runLogs(command: CommandId, key: string): boolean {
    const { look } = this.#format;
    switch (command) {
      case "logs.start":
        return this.#restart({}, LOG_STARTS[Number(key)]);
      case "logs.previous":
        return this.#restart({ previous: !this.#request.previous });
      case "logs.all":
        return this.#restart({ containers: this.#request.containers === "all" ? "default" : "all" });
      case "logs.follow":
        if (this.#body.view.isFollowing) this.#body.view.scroll(-1);
        else this.#body.view.scrollToEnd();
        return true;
      case "logs.times":
        return this.#look({ timestamps: !look.timestamps });
      case "logs.columns":
        return this.#look({ columns: !look.columns });
      case "logs.fields":
        this.#host.spawn(async () => {
          const fields = await askFields(this.#host, look.fields);
          if (fields !== null) this.#look({ columns: true, fields });
        });
        return true;
      case "logs.full":
        this.#isFull = !this.#isFull;
        return true;
      case "logs.mark":
        this.#buffer.append([{ type: "note", text: new Date(this.#host.clock.now()).toISOString() }]);
        return true;
      case "logs.clear":
        this.#buffer.clear();
        this.#older = "cleared";
        return true;
      case "save":
        this.#host.spawn(() => this.#save());
        return true;
      default:
        return false;
    }
  }

  /** Moving up at the top asks for what is older. */
  #move(command: CommandId): boolean {
    const wasAtTop = this.#body.view.top === 0;
    const isDone = this.#body.run(command);
    if (isDone && (command === "top" || (wasAtTop && (command === "up" || command === "page.up")))) {
      this.#atTop();
    }
    return isDone;
  }

  #back(): boolean {
    if (this.#body.run("back")) return true;
    if (this.#filter !== "") return this.#setFilter("");
    if (!this.#isFull) return false;
    this.#isFull = false;
    return true;
  }

  #restart(request: Partial<LogRequest>, start = this.#start): true {
    this.#request = { ...this.#request, ...request };
    this.#start = start;
    this.#reader.close();
    this.#reader.forget();
    this.#gatherer.end();
    this.#buffer.clear();
    this.#older = "idle";
    this.#open();
    if (start.follow && !this.#request.previous) this.#body.view.scrollToEnd();
    else this.#body.view.scrollTo(0);
    return true;
  }

  #open(): void {
    const { engine } = this.#host;
    if (engine === null) return;
    this.#state = "opening";
    this.#failure = null;
    this.#host.spawn(async () => {
      const ops = await this.#host.ops();
      if (this.#state !== "opening" || this.#host.engine !== engine) return;
      this.#state = "open";
      const isOne = this.objects.length === 1 && this.objects[0]!.resource.kind === "Pod";
      if (!isOne || this.#request.containers === "all") this.#gatherer.begin();
      this.#reader.open(logSpecs(this.#request, this.#start, this.#reader.lastStamp), {
        client: engine.client,
        ops,
        onBatch: (batch) => this.#take(batch),
        onEnd: (error) => this.#ended(error),
      });
    });
  }

  #take(batch: LogBatch): void {
    for (const { source } of batch) if (source !== null) this.#format.learn(source);
    this.#gatherer.take(batch);
  }

  #append(batch: LogBatch): void {
    this.#buffer.append(batch);
    this.#drawSoon();
  }

  #ended(error: unknown): void {
    this.#gatherer.end();
    this.#state = "ended";
    if (error !== null) this.#failure = error instanceof Error ? error : new Error(String(error));
    this.#host.invalidate();
  }

  /** One frame for all that comes within `FRAME_MS`. */
  #drawSoon(): void {
    if (this.#timer !== null) return;
    const waitMs = this.#drawnMs + FRAME_MS - this.#host.clock.now();
    if (waitMs <= 0) return this.#host.invalidate();
    this.#timer = this.#host.clock.timer(waitMs, () => {
      this.#timer = null;
      this.#host.invalidate();
    });
  }

  /** The lines before the first one are read once a time, until there are none. */
  #atTop(): void {
    if (this.#body.view.top > 0 || this.#older !== "idle" || !this.#reader.isOpen) return;
    if (this.#request.previous || this.#start.limitBytes !== undefined || this.#buffer.gone > 0) return;
    this.#older = "asking";
    this.#host.spawn(async () => {
      try {
        const batch = await this.#reader.older(OLDER_LINES);
        // cleared or read anew meanwhile
        if (this.#older !== "asking") return;
        for (const { source } of batch) if (source !== null) this.#format.learn(source);
        this.#older = batch.length === 0 ? "none" : "idle";
        this.#buffer.prepend(batch);
      } catch (error) {
        this.#older = "idle";
        throw error;
      }
    });
  }

  readonly #filterLine: PaneLine = ((pane: LogsPane): PaneLine => ({
    label: "&",
    get text() {
      return pane.#filter;
    },
    get note() {
      const count = `${countText(pane.#buffer.length)} of ${countText(pane.#buffer.total)}`;
      return pane.#filterProblem === "" ? count : pane.#filterProblem;
    },
    get isOff() {
      return pane.#filterProblem !== "" || (pane.#filter !== "" && pane.#buffer.length === 0);
    },
    edit: (text) => void pane.#setFilter(text),
    keep: () => {},
  }))(this);

  /** The line on top stays where it is, or the nearest one that is left. */
  #setFilter(text: string): true {
    const { view } = this.#body;
    const place = this.#buffer.placeOf(view.top);
    const { passes, problem } = parseLogFilter(text);
    this.#filter = text;
    this.#filterProblem = problem;
    if (problem !== "") return true;
    this.#buffer.filter(passes);
    const { isFollowing } = view;
    view.show(this.#buffer, { highlighter: (_, index) => this.#segments(index) });
    if (isFollowing) view.scrollToEnd();
    else view.scrollTo(this.#buffer.indexOf(place));
    return true;
  }

  #look(change: Partial<LogFormat["look"]>): true {
    this.#format.look = { ...this.#format.look, ...change };
    const { search } = this.#body.view;
    // what is found are letters of the lines as they are shown
    if (search !== null) this.#body.view.find(search.query, { stay: true });
    return true;
  }

  #segments(index: number) {
    const entry = this.#buffer.entry(index);
    return entry === undefined ? [] : this.#format.segments(entry);
  }

  async #save(): Promise<void> {
    const stamp = new Date(this.#host.clock.now()).toISOString().replace(/\.\d+Z$/, "Z").replaceAll(":", "");
    const name = `${requestText(this.#request).replace(/[^\w.-]+/g, "_")}-${stamp}.log`;
    const path = await this.#host.save(this.#text.all(), name);
    this.#host.notify(`Saved ${countText(this.#buffer.length)} lines to ${path}`, "ok");
  }

  /** Over the first line, where there is none before it. */
  #topNote(): string {
    const { view } = this.#body;
    if (view.top > 0 || view.isFollowing) return "";
    if (this.#buffer.gone > 0) {
      return `── ${countText(this.#buffer.gone)} older lines made room: 2 to 6 read less far back ──`;
    }
    return this.#older === "none" ? "── the log begins here ──" : "";
  }

  #stateText(): string {
    if (this.#state === "ended") return "ended";
    if (this.#state !== "open") return "";
    return this.#body.view.isFollowing ? "following" : "paused";
  }

  #drawEmpty(canvas: Canvas): void {
    if (this.#failure !== null) return;
    const what = requestText(this.#request);
    const line = this.#filter !== "" && this.#buffer.total > 0
      ? `None of ${countText(this.#buffer.total)} lines passes &${this.#filter}`
      : this.#state === "ended"
      ? `No lines: ${what} has written nothing in this time`
      : `Waiting for lines of ${what} …`;
    drawMessage(canvas, { tone: "info", lines: [line] });
  }
}
