/**
 * What panes and actions ask of the session that does not lead anywhere: notices, dialogs, the person's clipboard,
 * editor and files, code and memory that come late.
 */
import { type Clock, OrkaError } from "../base/mod.ts";
import type { Engine, ObjectRef } from "../engine/protocol.ts";
import type { Memory } from "../persist/mod.ts";
import type { OpsDoor } from "./actions/ops_door.ts";
import { type Overlay, OverlaySlot } from "./overlay.ts";
import { readObject } from "./panes/object_jumps.ts";
import { yamlText } from "./panes/yaml_text.ts";
import { SessionMemory } from "./session_memory.ts";
import type { SessionHost, SessionOptions } from "./session_options.ts";
import type { PassThrough } from "./term/mod.ts";
import type { NoticeLevel } from "./widgets/mod.ts";

export interface ServiceOptions {
  readonly session: SessionOptions;
  readonly host: SessionHost;
  readonly clock: Clock;
  readonly invalidate: () => void;
  readonly repaint: () => void;
  readonly notify: (text: string, level: NoticeLevel) => void;
}

export abstract class SessionServices {
  readonly clock: Clock;
  /** Files with text that was typed and is not sent yet. */
  readonly unsent = new Set<string>();
  protected readonly session: SessionOptions;
  protected readonly overlays = new OverlaySlot();
  readonly #options: ServiceOptions;
  readonly #memory: SessionMemory;
  /** The operations are loaded. */
  #hasOps = false;

  constructor(options: ServiceOptions) {
    const { session, clock } = options;
    this.#options = options;
    this.session = session;
    this.clock = clock;
    this.#memory = new SessionMemory({
      open: session.memory,
      clock,
      warn: (message) => this.notify(message, "warn"),
    });
  }

  /** Null while there is no connection to be had. */
  abstract get engine(): Engine | null;

  async close(): Promise<void> {
    await this.#memory.close();
  }

  invalidate(): void {
    this.#options.invalidate();
  }

  repaint(): void {
    this.#options.repaint();
  }

  notify(text: string, tone: NoticeLevel = "info"): void {
    this.#options.notify(text, tone);
  }

  spawn(work: () => Promise<void>): void {
    work().catch((error) => this.fail(error)).finally(() => this.invalidate());
  }

  /** Shows a failure as a notice; bugs too, for a session must go on. */
  fail(error: unknown): void {
    const hint = error instanceof OrkaError && error.hint ? ` (${error.hint})` : "";
    this.notify(`${error instanceof Error ? error.message : String(error)}${hint}`, "error");
  }

  // -- dialogs

  /** What lies over the panes and has the keys. */
  get overlay(): Overlay | null {
    return this.overlays.current;
  }

  openOverlay(overlay: Overlay): void {
    this.overlays.open(overlay);
    this.invalidate();
  }

  closeOverlay(overlay: Overlay): void {
    this.overlays.close(overlay);
    this.invalidate();
  }

  // -- the world outside of the screen

  get passThrough(): PassThrough | undefined {
    return this.#options.host.passThrough;
  }

  copy(text: string, what: string): void {
    this.#options.host.copy(text);
    this.notify(`Copied ${what}`, "ok");
  }

  async lend<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await this.#options.host.lend(run);
    } finally {
      this.repaint();
    }
  }

  save(text: string, fileName: string): Promise<string> {
    return this.#options.host.save(text, fileName);
  }

  edit(text: string, fileName: string): void {
    this.spawn(() => this.#options.host.edit(text, fileName));
  }

  editFile(path: string): Promise<void> {
    return this.#options.host.editFile(path);
  }

  editObject(ref: ObjectRef): void {
    this.spawn(async () => {
      const object = await readObject(this.engine, ref);
      if (object === null) return this.notify("No connection", "warn");
      const text = yamlText(object, { managedFields: false, secrets: "masked" });
      await this.#options.host.edit(text, `${ref.name}.yaml`);
    });
  }

  commandLine(plain: string): string {
    const { clusterFlags } = this.session;
    return clusterFlags === undefined ? plain : plain.replace(/^orka /, () => `orka ${clusterFlags} `);
  }

  // -- what comes late

  async ops(): Promise<OpsDoor> {
    const given = this.session.ops;
    if (given !== undefined) return await given();
    const isFirst = !this.#hasOps;
    const ops = await import("../ops/mod.ts");
    this.#hasOps = true;
    if (isFirst) this.repaint();
    return ops;
  }

  memory(): Promise<Memory> {
    return this.#memory.open(this.engine?.target.server ?? "");
  }
}
