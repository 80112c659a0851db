/**
 * What the session shows in its body. A pane is kept while it is in history; it holds a subscription only while it
 * is shown.
 *
 * 1. `show` and `hide` alternate, beginning with `show`. A hidden pane holds nothing of the engine.
 * 2. Whatever a pane draws that changes by itself later (an age, a mark that fades) it announces with `wakeAt`.
 * 3. A pane never draws outside its canvas and never writes escape sequences.
 */
import type { Clock } from "../base/mod.ts";
import type { EditFreshness } from "../change/mod.ts";
import type { Engine, FeedStatus, ObjectRef, Sort, ViewSpec } from "../engine/protocol.ts";
import type { Resource } from "../kube/mod.ts";
import type { Memory } from "../persist/mod.ts";
import type { OpsDoor } from "./actions/ops_door.ts";
import type { Forwards } from "./forwards.ts";
import type { CommandId, KeyScope } from "./keymap.ts";
import type { Overlay } from "./overlay.ts";
import type { WatchedVersions } from "./watched_versions.ts";
import type { Canvas, KeyEvent, MouseEvent, PassThrough, TokenName } from "./term/mod.ts";

/** One drawing of the screen. */
export interface Frame {
  readonly nowMs: number;
  /** Asks for a frame at a time (epoch ms); the earliest asked for wins. */
  readonly wakeAt: (atMs: number) => void;
  /** False while the prompt or an overlay has the keys. */
  readonly focused: boolean;
}

/** What a pane says about itself in the header's lines. */
export interface PaneSummary {
  /** The breadcrumb: `pods`, `web-0`, `yaml`. */
  readonly title: string;
  /** Beside the current breadcrumb: `12/400`, `/web`. */
  readonly detail: string;
}

/** An object that an action is about, and which one of that name. */
export interface TargetObject extends ObjectRef {
  /** Absent where it is not known. */
  readonly uid?: string;
}

export interface Pane {
  readonly scope: KeyScope;
  /** The namespace that the header names; undefined where the pane has none of its own. */
  readonly namespace?: string | null | undefined;
  /** How its feed stands, for the header. */
  readonly feed?: FeedStatus | null;
  summary(): PaneSummary;
  /** The same as a command line. */
  command(): string;
  show(): void;
  hide(): void;
  draw(canvas: Canvas, frame: Frame): void;
  /** Runs a command of the keymap; false when it is not one of the pane's. `key` is the key that ran it. */
  run(command: CommandId, key: string): boolean;
  /** Coordinates count from the pane's own corner. */
  mouse(event: MouseEvent): void;
  /** What the `/` line edits here: a filter or a search. */
  readonly line?: PaneLine;
  /** The objects that an action is about: the marked ones, else the one under the cursor. */
  targets?(): readonly TargetObject[];
  /** Those containers of the one target that an action is about. */
  readonly containers?: readonly string[];
  /** True when the pane took the key before the key table: a terminal takes nearly all. */
  key?(event: KeyEvent): boolean;
  paste?(text: string): void;
  /** Draws on the whole screen: no header, breadcrumbs or footer. */
  readonly isFullScreen?: boolean;
}

/** The text behind `/` of a pane. */
export interface PaneLine {
  readonly label: string;
  readonly text: string;
  /** Said beside the line. */
  readonly note: string;
  /** The note is a warning: nothing matches, or the text says nothing. */
  readonly isOff?: boolean;
  /** Called with every letter. */
  edit(text: string): void;
  /** Enter keeps the text. */
  keep(): void;
  /** Escape; the text is emptied unless this is given. */
  cancel?(): void;
}

/** How to open a view from elsewhere. */
export interface ViewRequest {
  readonly spec: ViewSpec;
  readonly sort?: Sort | null;
  readonly wide?: boolean;
  /** As typed after `/`. */
  readonly filter?: string;
  /** The uid of the object that the cursor goes to, once it is there. */
  readonly focus?: string;
}

/** What panes may ask of the session. */
export interface PaneHost {
  readonly clock: Clock;
  readonly readOnly: boolean;
  /** Null while there is no connection to be had. */
  readonly engine: Engine | null;
  /** What is being connected to, for the words of an empty pane. */
  readonly targetName: string;
  /** Given to command lines; empty when the person named no context. */
  readonly namedContext: string;
  invalidate(): void;
  /**
   * Paints everything again. After code was loaded late: run from source, Deno shows the progress of loading on the
   * terminal and wipes lines of it.
   */
  repaint(): void;
  notify(text: string, tone?: Extract<TokenName, "info" | "warn" | "error" | "ok">): void;
  copy(text: string, what: string): void;
  /** A served resource by any spelling; undefined when there is none (yet). */
  findKind(spelling: string): Resource | undefined;
  /** False once discovery has said that the kind is not served (any more). */
  isServed(resource: Resource): boolean;
  /** Whether a namespace is known not to exist; asks when it is not known, and draws again with the answer. */
  lacksNamespace(name: string): boolean;
  openView(request: ViewRequest): void;
  /** Opens any pane behind the current one. */
  openPane(pane: Pane): void;
  /** Leaves the current pane, if it is this one. */
  leavePane(pane: Pane): void;
  /** Shows a dialog over the panes; one that was there is dismissed. */
  openOverlay(overlay: Overlay): void;
  closeOverlay(overlay: Overlay): void;
  /** Lends the terminal to `run` (a shell, an editor); everything is painted again after it. */
  lend<T>(run: () => Promise<T>): Promise<T>;
  /** Hands keys and screen to a remote program; absent where there is no real terminal. */
  readonly passThrough: PassThrough | undefined;
  /** As `:kind` does: a new trail, in the current namespace. */
  openKind(resource: Resource): void;
  openObject(ref: ObjectRef, view: "yaml" | "describe"): void;
  openEvents(ref: ObjectRef): void;
  switchNamespace(namespace: string | null): void;
  switchContext(name: string): void;
  /** Runs asynchronous work of a pane; a failure is shown as a notice. */
  spawn(work: () => Promise<void>): void;
  /** Opens the object's YAML, managedFields hidden and Secrets masked, in the person's editor. */
  editObject(ref: ObjectRef): void;
  /** Lends the terminal to the person's editor on a read-only copy of the text. */
  edit(text: string, fileName: string): void;
  /** Writes a file where the person started the session; answers its path. Throws OrkaError `io`. */
  save(text: string, fileName: string): Promise<string>;
  /** Aborts when the session ends or goes to another cluster: what runs behind the panes ends with it. */
  readonly lifetime: AbortSignal;
  /** The session's forwarded ports. */
  readonly forwards: Forwards;
  /** The operations; loaded with the first call. */
  ops(): Promise<OpsDoor>;
  /** Lends the terminal to the person's editor on a file that they may change. Throws as `SessionHost.editFile`. */
  editFile(path: string): Promise<void>;
  /** A command line with the flags that lead it to this cluster: `orka --embedded …`. */
  commandLine(plain: string): string;
  /** How old an edit may be when it is sent; undefined: any age. */
  readonly freshness: EditFreshness | undefined;
  /** Files with text that was typed and is not sent yet: told at the end, should the session end first. */
  readonly unsent: Set<string>;
  /** Before anything destructive a name has to be typed here. */
  readonly isProtected: boolean;
  /** Where changes are remembered. Opened with the first call. */
  memory(): Promise<Memory>;
  /** Versions of the objects looked at so far. */
  readonly versions: WatchedVersions;
  /** The server refused what was thought to be allowed: rights are asked anew. */
  forgetRights(): void;
}
