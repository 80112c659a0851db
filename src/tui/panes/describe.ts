/** One object described: live, with the objects that it names ready to be jumped to. */
import type { FeedStatus, ObjectRef } from "../../engine/protocol.ts";
import { groupResource, type KubeObject } from "../../kube/mod.ts";
import type { ObjectTarget } from "../../describe/mod.ts";
import { isCancelled } from "../../base/mod.ts";
import { objectCommand } from "../command_line.ts";
import type { CommandId, KeyScope } from "../keymap.ts";
import type { Frame, PaneHost, PaneLine, PaneSummary, TargetObject } from "../pane.ts";
import type { Canvas, MouseEvent } from "../term/mod.ts";
import { LineStore } from "../widgets/mod.ts";
import type { DescriptionText } from "./description_text.ts";
import { ObjectFeed } from "./object_feed.ts";
import { drawObjectNotice } from "./object_notice.ts";
import { type ObjectPane, runObjectCommand } from "./object_pane.ts";
import { TextBody } from "./text_body.ts";

/** Ages in the text are at most this old: it is written anew, from what was read, so that they move. */
const REWRITE_MS = 60_000;
/** A busy object is described at most this often. */
const MIN_GAP_MS = 1_000;

/** Whether the describers have been loaded by an earlier pane. */
let isLoaded = false;

export class DescribePane implements ObjectPane {
  readonly view = "describe";
  readonly ref: ObjectRef;
  readonly line: PaneLine;
  readonly #host: PaneHost;
  readonly #feed: ObjectFeed;
  readonly #body: TextBody;
  #text: DescriptionText | null = null;
  /** Index in the links; -1 none is marked. */
  #link = -1;
  /** Answers of the last reading, for writing anew without asking again. */
  #answers = new Map<string, Promise<unknown>>();
  #writtenMs = -Infinity;
  #isWriting = false;
  #isDirty = false;
  #timer: Disposable | null = null;
  #abort = new AbortController();

  constructor(host: PaneHost, ref: ObjectRef) {
    this.#host = host;
    this.ref = ref;
    this.#feed = new ObjectFeed(host, ref);
    this.#body = new TextBody(host, { wrap: false });
    this.line = this.#body.line;
  }

  get scope(): KeyScope {
    return { contexts: ["describe", "object", "text", "any"], kind: groupResource(this.ref.resource) };
  }

  get feed(): FeedStatus | null {
    return this.#feed.status;
  }

  targets(): readonly TargetObject[] {
    const { uid } = this.#feed.object?.metadata ?? {};
    return [{ ...this.ref, ...(uid === undefined ? {} : { uid }) }];
  }

  summary(): PaneSummary {
    return { title: `${this.ref.name} describe`, detail: this.#body.detail };
  }

  command(): string {
    return objectCommand("describe", this.ref, { context: this.#host.namedContext });
  }

  show(): void {
    this.#abort = this.#abort.signal.aborted ? new AbortController() : this.#abort;
    this.#feed.open(true, () => this.#changed());
  }

  hide(): void {
    this.#feed.close();
    this.#abort.abort();
    this.#timer?.[Symbol.dispose]();
    this.#timer = null;
  }

  draw(canvas: Canvas, frame: Frame): void {
    this.show();
    const body = drawObjectNotice(canvas, this.#feed, frame);
    if (body.h > 0) this.#body.view.draw(body);
    if (this.#text === null) return;
    if (frame.nowMs - this.#writtenMs >= REWRITE_MS) this.#schedule();
    else frame.wakeAt(this.#writtenMs + REWRITE_MS);
  }

  run(command: CommandId): boolean {
    if (this.#body.run(command)) return true;
    switch (command) {
      case "link.next":
      case "link.previous":
        return this.#mark(command === "link.next" ? 1 : -1);
      case "link.follow":
        return this.#follow();
      case "view":
        this.#host.edit(this.#body.text, `${this.ref.name}.txt`);
        return true;
      case "refresh":
        this.#changed();
        return true;
      default:
        return runObjectCommand(this.#host, this.ref, command);
    }
  }

  mouse(event: MouseEvent): void {
    this.#body.mouse(event);
  }

  /** The object or its events are other than before: what was read about it may be too. */
  #changed(): void {
    this.#answers = new Map();
    this.#schedule();
  }

  #schedule(): void {
    this.#isDirty = true;
    if (this.#isWriting || this.#timer !== null) return;
    const { clock } = this.#host;
    const waitMs = this.#writtenMs + MIN_GAP_MS - clock.now();
    if (waitMs <= 0) return void this.#write();
    this.#timer = clock.timer(waitMs, () => {
      this.#timer = null;
      void this.#write();
    });
  }

  async #write(): Promise<void> {
    const { object } = this.#feed;
    if (object === null) return;
    this.#isWriting = true;
    this.#isDirty = false;
    try {
      this.#show(await this.#describe(object));
    } catch (error) {
      if (!isCancelled(error)) this.#host.notify(`Cannot describe: ${(error as Error).message}`, "error");
    } finally {
      this.#isWriting = false;
      this.#writtenMs = this.#host.clock.now();
    }
    if (this.#isDirty && !this.#abort.signal.aborted) this.#schedule();
    this.#host.invalidate();
  }

  async #describe(object: KubeObject): Promise<DescriptionText> {
    const { engine, clock } = this.#host;
    const { signal } = this.#abort;
    const answers = this.#answers;
    const read = (path: string) => {
      const known = answers.get(path);
      if (known !== undefined) return known;
      const answer = engine?.read(path, { signal }) ?? Promise.reject(signal.reason);
      answers.set(path, answer);
      return answer;
    };
    // loaded with the first description: the session's start needs none of it
    const [{ describe }, { descriptionText }] = await Promise.all([
      import("../../describe/mod.ts"),
      import("./description_text.ts"),
    ]);
    if (!isLoaded) this.#host.repaint();
    isLoaded = true;
    const description = await describe(object, {
      resource: this.ref.resource,
      read,
      clock,
      showEvents: true,
    });
    return descriptionText(description);
  }

  #show(text: DescriptionText): void {
    this.#text = text;
    this.#link = Math.min(this.#link, text.links.length - 1);
    this.#body.text = text.lines.join("\n") + "\n";
    const highlighter = text.highlighter(() => this.#text?.links[this.#link]);
    this.#body.view.show(new LineStore({ lines: text.lines }), { highlighter });
  }

  #mark(by: number): true {
    const links = this.#text?.links ?? [];
    if (links.length === 0) {
      this.#host.notify("Nothing here names another object", "info");
      return true;
    }
    this.#link = this.#link < 0
      ? (by > 0 ? 0 : links.length - 1)
      : (this.#link + by + links.length) % links.length;
    const { line } = links[this.#link]!;
    const { view } = this.#body;
    const { top } = view;
    if (line < top || line >= top + 10) view.scrollTo(Math.max(0, line - 3));
    return true;
  }

  #follow(): true {
    const link = this.#text?.links[this.#link];
    if (link === undefined) this.#host.notify("Mark an object with tab first", "info");
    else this.#jump(link.target);
    return true;
  }

  #jump({ apiVersion, kind, namespace, name }: ObjectTarget): void {
    const resource = this.#host.findKind(apiVersion === "" ? kind : `${apiVersion}/${kind}`);
    if (resource === undefined) return this.#host.notify(`The server serves no ${kind}`, "warn");
    this.#host.openObject({ resource, namespace: resource.namespaced ? namespace : "", name }, "describe");
  }
}
