/** One object's YAML, live. */
import type { FeedStatus, ObjectRef } from "../../engine/protocol.ts";
import { groupResource } from "../../kube/mod.ts";
import { objectCommand } from "../command_line.ts";
import type { CommandId, KeyScope } from "../keymap.ts";
import type { Frame, PaneHost, PaneLine, PaneSummary, TargetObject } from "../pane.ts";
import type { Canvas, MouseEvent } from "../term/mod.ts";
import { LineStore, yamlHighlighter } from "../widgets/mod.ts";
import { ObjectFeed } from "./object_feed.ts";
import { drawObjectNotice } from "./object_notice.ts";
import { type ObjectPane, runObjectCommand } from "./object_pane.ts";
import { TextBody } from "./text_body.ts";
import { yamlText } from "./yaml_text.ts";

export class YamlPane implements ObjectPane {
  readonly view = "yaml";
  readonly ref: ObjectRef;
  readonly line: PaneLine;
  readonly #host: PaneHost;
  readonly #feed: ObjectFeed;
  readonly #body: TextBody;
  #managed = false;
  #decoded = false;

  constructor(host: PaneHost, ref: ObjectRef) {
    this.#host = host;
    this.ref = ref;
    this.#feed = new ObjectFeed(host, ref);
    this.#body = new TextBody(host);
    this.line = this.#body.line;
  }

  get scope(): KeyScope {
    return { contexts: ["yaml", "object", "text", "any"], kind: groupResource(this.ref.resource) };
  }

  get feed(): FeedStatus | null {
    return this.#feed.status;
  }

  targets(): readonly TargetObject[] {
    const { uid } = this.#feed.object?.metadata ?? {};
    return [{ ...this.ref, ...(uid === undefined ? {} : { uid }) }];
  }

  summary(): PaneSummary {
    const flags = [this.#managed ? "managedFields" : "", this.#decoded ? "decoded" : ""];
    const detail = [...flags, this.#body.detail].filter((part) => part !== "").join("  ");
    return { title: `${this.ref.name} yaml`, detail };
  }

  command(): string {
    const verb = this.#managed ? "get -o yaml --show-managed-fields" : "get -o yaml";
    return objectCommand(verb, this.ref, { context: this.#host.namedContext });
  }

  show(): void {
    this.#feed.open(false, () => this.#write());
  }

  hide(): void {
    this.#feed.close();
  }

  draw(canvas: Canvas, frame: Frame): void {
    this.show();
    const body = drawObjectNotice(canvas, this.#feed, frame);
    if (body.h > 0) this.#body.view.draw(body);
  }

  run(command: CommandId): boolean {
    if (this.#body.run(command)) return true;
    switch (command) {
      case "managed":
        this.#managed = !this.#managed;
        this.#write();
        return true;
      case "decode":
        this.#decoded = !this.#decoded;
        this.#write();
        return true;
      case "view":
        this.#host.edit(this.#body.text, `${this.ref.name}.yaml`);
        return true;
      default:
        return runObjectCommand(this.#host, this.ref, command);
    }
  }

  mouse(event: MouseEvent): void {
    this.#body.mouse(event);
  }

  #write(): void {
    const { object } = this.#feed;
    if (object === null) return;
    const text = yamlText(object, {
      managedFields: this.#managed,
      secrets: this.#decoded ? "decoded" : "masked",
    });
    if (text === this.#body.text) return;
    this.#body.text = text;
    const lines = LineStore.fromText(text);
    this.#body.view.show(lines, { highlighter: yamlHighlighter(lines.lines) });
  }
}
