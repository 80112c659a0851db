/**
 * Search over the objects of many kinds, ranked as the query is typed. Enter goes to the object's row in its own view;
 * the keys of rows (describe, YAML, edit, …) work on hits too.
 */
import type { ObjectRef, SearchHit, SearchUpdate, SearchView } from "../../engine/protocol.ts";
import { groupResource, humanDuration, nextChangeMs } from "../../kube/mod.ts";
import { printQuery, readQuery } from "../../search/mod.ts";
import { quoteWord } from "../command_line.ts";
import type { CommandId, KeyScope } from "../keymap.ts";
import type { Frame, Pane, PaneHost, PaneLine, PaneSummary, TargetObject } from "../pane.ts";
import { type Canvas, type MouseEvent } from "../term/mod.ts";
import { countText, Table, type TableRow } from "../widgets/mod.ts";
import { DoubleClick } from "./double_click.ts";
import { drawMessage, type Message } from "./message.ts";
import { runObjectCommand } from "./object_pane.ts";
import { moveTable } from "./table_moves.ts";

/** Hits that come with every letter typed: a screen of them. At 100,000 objects 200 of them took three times as long. */
const FIRST_HITS = 60;
/** Hits that come to who scrolls that far; what lies further down is better found by another word. */
const MOST_HITS = 1_000;

const COLUMNS = [
  { title: "KIND", isFrozen: true },
  { title: "NAMESPACE" },
  { title: "NAME", min: 20 },
  { title: "AGE", align: "right" },
] as const;

export class SearchPane implements Pane {
  readonly table = new Table();
  readonly #host: PaneHost;
  readonly #double: DoubleClick;
  #query: string;
  #view: SearchView | null = null;
  #generation = 0;
  #update: SearchUpdate | null = null;
  /** The hit under the cursor, once the cursor was moved: it stays there while others come. */
  #uid = "";
  #limit = FIRST_HITS;

  constructor(host: PaneHost, query: string) {
    this.#host = host;
    this.#query = query;
    this.#double = new DoubleClick(host.clock);
  }

  /** What is typed is the query; enter goes to the best hit, or the one that the arrows chose. */
  readonly line: PaneLine = ((pane: SearchPane): PaneLine => ({
    label: "search",
    get text() {
      return pane.#query;
    },
    get note() {
      return pane.#note;
    },
    get isOff() {
      const update = pane.#update;
      return update !== null && pane.#isCurrent && (update.problem !== null || update.matched === 0);
    },
    edit: (text) => pane.#ask(text),
    keep: () => void pane.#open(),
    cancel: () => {},
  }))(this);

  get scope(): KeyScope {
    const hit = this.#hit;
    const contexts = hit === undefined ? ["list", "any"] as const : ["rows", "list", "any"] as const;
    return { contexts, kind: hit === undefined ? "" : groupResource(hit.resource) };
  }

  /** All of them, whatever the query chooses. */
  get namespace(): null {
    return null;
  }

  targets(): readonly TargetObject[] {
    const hit = this.#hit;
    return hit === undefined ? [] : [{ ...refOf(hit), uid: hit.uid }];
  }

  summary(): PaneSummary {
    return { title: "search", detail: [this.#query, this.#counts].filter((part) => part !== "").join("  ") };
  }

  command(): string {
    const context = this.#host.namedContext;
    const where = context === "" ? "" : ` --context ${quoteWord(context)}`;
    return `orka search ${quoteWord(this.#query)}${where}`;
  }

  show(): void {
    const { engine } = this.#host;
    if (engine === null || this.#view !== null) return;
    this.#generation = 0;
    const view = engine.openSearch(this.#query, { limit: this.#limit }, (update) => {
      if (this.#view === view) this.#came(update);
    });
    this.#view = view;
  }

  hide(): void {
    this.#view?.close();
    this.#view = null;
  }

  draw(canvas: Canvas, frame: Frame): void {
    this.show();
    const message = this.#message();
    const hits = this.#update?.hits ?? [];
    const foot = hits.length > 0 && canvas.h > 6 ? 2 : 0;
    if (message !== null) return drawMessage(canvas, message);
    this.table.draw(canvas.sub(0, 0, canvas.w, canvas.h - foot), {
      columns: COLUMNS,
      total: hits.length,
      isFocused: frame.focused,
      row: (index) => hits[index] && this.#row(hits[index], { canvas, frame }),
    });
    if (foot > 0) this.#drawWhy(canvas.sub(0, canvas.h - foot, canvas.w, foot));
  }

  run(command: CommandId): boolean {
    if (moveTable(this.table, command)) {
      this.#uid = this.#hit?.uid ?? "";
      this.#more();
      return true;
    }
    const hit = this.#hit;
    if (command === "back") return false;
    if (hit === undefined) return false;
    switch (command) {
      case "open":
        return this.#open();
      case "copy.name":
        this.#host.copy(hit.name, `name ${hit.name}`);
        return true;
      case "copy.namespace":
        if (hit.namespace !== "") this.#host.copy(hit.namespace, `namespace ${hit.namespace}`);
        return true;
      case "warp":
        if (hit.namespace !== "") this.#host.switchNamespace(hit.namespace);
        return true;
      case "view":
        this.#host.editObject(refOf(hit));
        return true;
      default:
        return runObjectCommand(this.#host, refOf(hit), command);
    }
  }

  mouse(event: MouseEvent): void {
    const hit = this.table.handleMouse(event);
    this.#uid = this.#hit?.uid ?? "";
    if (event.action !== "down" || event.button !== 0 || hit?.type !== "row") return;
    if (this.#double.click(this.#uid)) this.#open();
  }

  get #hit(): SearchHit | undefined {
    return this.#update?.hits[this.table.selected];
  }

  /** Whether what is shown answers what is typed. */
  get #isCurrent(): boolean {
    return (this.#update?.generation ?? -1) >= this.#generation;
  }

  get #counts(): string {
    const update = this.#update;
    if (update === null || update.problem !== null) return "";
    return `${countText(update.matched)}${update.atLeast ? "+" : ""} of ${countText(update.indexed)}`;
  }

  /** Beside the line that is typed in: where it is wrong, else how much it found. */
  get #note(): string {
    const problem = this.#update?.problem;
    if (problem && this.#isCurrent) return `${problem.message} at column ${problem.column + 1}`;
    return this.#counts;
  }

  #ask(query: string): void {
    if (query === this.#query) return;
    this.#query = query;
    this.#uid = "";
    this.table.select(0);
    if (this.#limit !== FIRST_HITS) {
      this.#limit = FIRST_HITS;
      return this.#again();
    }
    if (this.#view !== null) this.#generation = this.#view.setQuery(query);
  }

  /** The cursor is near the last of the hits that came, and there are more. */
  #more(): void {
    const update = this.#update;
    if (update === null || this.#limit >= MOST_HITS || update.hits.length < this.#limit) return;
    if (this.table.selected < update.hits.length - this.table.page / 2) return;
    this.#limit = MOST_HITS;
    this.#again();
  }

  #again(): void {
    this.hide();
    this.show();
  }

  #came(update: SearchUpdate): void {
    this.#update = update;
    const at = this.#uid === "" ? -1 : update.hits.findIndex(({ uid }) => uid === this.#uid);
    if (at >= 0) this.table.select(at);
    this.#host.invalidate();
  }

  #open(): true {
    const hit = this.#hit;
    if (hit === undefined) return true;
    this.#uid = hit.uid;
    const namespace = hit.resource.namespaced ? hit.namespace : null;
    this.#host.openView({ spec: { resource: hit.resource, namespace }, focus: hit.uid });
    return true;
  }

  #row(hit: SearchHit, { canvas: { theme }, frame }: { canvas: Canvas; frame: Frame }): TableRow {
    const { resource: { kind }, namespace, name, marks, createdMs } = hit;
    const ageMs = frame.nowMs - createdMs;
    if (createdMs > 0) frame.wakeAt(frame.nowMs + nextChangeMs(ageMs));
    return {
      cells: [kind, namespace, name, createdMs > 0 ? humanDuration(ageMs) : ""],
      cellStyles: [theme.accent, theme.dim, undefined, theme.dim],
      matches: [marks.kind, marks.namespace, marks.name, undefined],
    };
  }

  /** Under the rows: how the one under the cursor came there, and what a person should know of the answer. */
  #drawWhy(canvas: Canvas): void {
    const { theme } = canvas;
    const hit = this.#hit;
    const notes = [...this.#kindNotes(), ...this.#update!.notes];
    canvas.text(1, 0, notes.join(" · "), theme.warn, canvas.w - 2);
    if (hit !== undefined) canvas.text(1, 1, this.#why(hit), theme.dim, canvas.w - 2);
  }

  /** `score 80: "web" in the name · restarts>5`; the letters are marked in the row itself. */
  #why({ score, marks, resource: { kind }, namespace, name }: SearchHit): string {
    const lettersOf = (text: string, at: readonly number[]) => at.map((place) => text[place] ?? "").join("");
    const words = [["kind", kind], ["namespace", namespace], ["name", name]] as const;
    const found = words.flatMap(([word, text]) =>
      marks[word].length === 0 ? [] : [`"${lettersOf(text, marks[word])}" in the ${word}`]
    );
    const parsed = readQuery(this.#query);
    const typed = parsed.ok ? parsed.query.filter(({ type }) => type !== "text") : [];
    const terms = typed.length === 0 ? [] : [printQuery(typed)];
    if (found.length + terms.length === 0) return "";
    return `why: ${[...found, ...terms].join(" · ")}${score > 0 ? ` · score ${score}` : ""}`;
  }

  #kindNotes(): readonly string[] {
    const kinds = this.#update?.kinds ?? [];
    const waiting = kinds.filter(({ status: { phase } }) => phase === "connecting" || phase === "listing");
    const denied = kinds.filter(({ status: { phase } }) => phase === "denied" || phase === "unauthorized");
    const names = denied.map(({ resource }) => resource.plural).join(", ");
    return [
      ...(waiting.length > 0 ? [`still listing ${waiting.length} of ${kinds.length} kinds`] : []),
      ...(denied.length > 0 ? [`not allowed to list ${names}`] : []),
    ];
  }

  /** In place of rows. */
  #message(): Message | null {
    const update = this.#update;
    if (this.#host.engine === null) {
      return { tone: "info", lines: [`Connecting to ${this.#host.targetName} …`] };
    }
    if (update === null) return { tone: "info", lines: ["Reading the kinds that are searched …"] };
    if (update.problem !== null) return { tone: "warn", lines: this.#problemLines(update.problem) };
    if (update.hits.length > 0) return null;
    const waiting = this.#kindNotes();
    const kinds = update.kinds.map(({ resource }) => resource.plural).join(", ");
    const found = this.#query === "" ? "Type what to look for" : `Nothing matches ${this.#query}`;
    return { tone: "info", lines: [found, ...waiting, ...update.notes, `Searched: ${kinds}`, HINT] };
  }

  #problemLines({ message, column, length }: NonNullable<SearchUpdate["problem"]>): readonly string[] {
    const caret = " ".repeat(column) + "^".repeat(Math.max(1, length));
    // no break between words: the mark stands under the letter that it is about
    return [message, this.#query.replaceAll(" ", "\u00a0"), caret.replaceAll(" ", "\u00a0")];
  }
}

const HINT = "web · k:deploy,sts ns:shop · restarts>5 · label:app=web · -ns:kube-system · age<2h";

function refOf({ resource, namespace, name }: SearchHit): ObjectRef {
  return { resource, namespace, name };
}
