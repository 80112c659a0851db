/** The table of one kind's objects: live rows, filter, sort, marks, and the ways on from a row. */
import type { Column, FeedStatus, Filter, ObjectRef, Row, Sort, ViewSpec } from "../../engine/protocol.ts";
import { groupResource, type Resource } from "../../kube/mod.ts";
import { viewCommand } from "../command_line.ts";
import type { CommandId, KeyScope } from "../keymap.ts";
import type { Frame, Pane, PaneHost, PaneLine, PaneSummary, TargetObject, ViewRequest } from "../pane.ts";
import { filterHighlight, parseFilter } from "../row_filter.ts";
import type { Canvas, MouseEvent } from "../term/mod.ts";
import { countText, progressText, Table, type TableHit } from "../widgets/mod.ts";
import { drillInto, eventObject, isEvents, jumpToNode, jumpToOwner } from "./object_jumps.ts";
import { drawResources } from "./resources_view.ts";
import { DoubleClick } from "./double_click.ts";
import { type SortOutcome, SortState } from "./sort_state.ts";
import { RowMarks } from "./row_marks.ts";
import { type ShownColumn, shownColumns } from "./shown_columns.ts";
import { moveTable } from "./table_moves.ts";
import { ViewSubscription, type WindowNeed } from "./view_subscription.ts";

export class ResourcesPane implements Pane {
  readonly spec: ViewSpec;
  readonly marks = new RowMarks();
  readonly table = new Table();
  readonly #host: PaneHost;
  readonly #view = new ViewSubscription();
  #filterText: string;
  #filter: Filter | null;
  #note: string;
  #problem: string;
  readonly #order: SortState;
  readonly #double: DoubleClick;
  #wide: boolean;
  #isMoved = false;
  #uid = "";
  #shown: {
    readonly columns: readonly Column[];
    readonly wide: boolean;
    readonly sorted: string;
    readonly list: readonly ShownColumn[];
  } | null = null;

  /** The uid of the object that the cursor is to go to; empty once it is there, or the person moved. */
  #focus: string;

  constructor(host: PaneHost, { spec, filter = "", sort, wide = false, focus = "" }: ViewRequest) {
    this.#host = host;
    this.#focus = focus;
    this.spec = spec;
    this.#filterText = filter;
    ({ filter: this.#filter, note: this.#note, problem: this.#problem = "" } = parseFilter(filter));
    this.#wide = wide;
    this.#double = new DoubleClick(host.clock);
    this.#order = new SortState(sort !== undefined ? sort : usualSort(spec.resource));
  }

  get resource(): Resource {
    return this.spec.resource;
  }

  get namespace(): string | null | undefined {
    return this.resource.namespaced ? this.spec.namespace : undefined;
  }

  get feed(): FeedStatus | null {
    return this.window.status;
  }

  /** What opens the same view elsewhere. */
  get request(): ViewRequest {
    return { spec: this.spec, filter: this.#filterText, sort: this.sort, wide: this.#wide };
  }

  get window(): ViewSubscription["window"] {
    return this.#view.window;
  }

  get sort(): Sort | null {
    return this.#order.sort;
  }

  get picked(): number {
    return this.#order.picked;
  }

  get highlight(): RegExp | null {
    return filterHighlight(this.#filter);
  }

  /** Why the filter selects nothing at all; empty while it may. */
  get filterProblem(): string {
    return this.#problem;
  }

  get filterText(): string {
    return this.#filterText;
  }

  /** The object under the cursor. */
  get row(): Row | undefined {
    return this.window.at(this.table.selected);
  }

  get scope(): KeyScope {
    return { contexts: ["rows", "list", "any"], kind: groupResource(this.spec.resource) };
  }

  get shown(): readonly ShownColumn[] {
    const { columns } = this.window;
    const sorted = this.sort?.column ?? "";
    const { columns: before, wide, sorted: was } = this.#shown ?? {};
    if (before !== columns || wide !== this.#wide || was !== sorted) {
      const withNamespace = this.namespace === null;
      this.#shown = {
        columns,
        wide: this.#wide,
        sorted,
        list: shownColumns(columns, { wide: this.#wide, withNamespace, sorted }),
      };
    }
    return this.#shown!.list;
  }

  readonly line: PaneLine = ((pane: ResourcesPane): PaneLine => ({
    label: "/",
    get text() {
      return pane.#filterText;
    },
    get note() {
      return pane.#lineNote();
    },
    get isOff() {
      return pane.#problem !== "" ||
        (pane.#filter !== null && pane.#view.isCurrent && pane.window.matched === 0);
    },
    edit: (text) => pane.#setFilter(text),
    keep: () => {},
  }))(this);

  /** The marked objects, else the one under the cursor; each is the very one that was seen (`uid`). */
  targets(): readonly TargetObject[] {
    const rows = this.marks.size > 0 ? this.marks.rows : this.row ? [this.row] : [];
    return rows.map((row) => ({ ...this.#refOf(row), uid: row.uid }));
  }

  summary(): PaneSummary {
    const { total, matched, status } = this.window;
    const { labelSelector, fieldSelector } = this.spec;
    const counts = this.#filter !== null
      ? `${countText(matched)} of ${countText(total)}`
      : status?.phase === "listing"
      ? progressText({ done: status.loaded, total: status.expected })
      : countText(total);
    const marks = this.marks.size > 0 ? `${this.marks.size} marked` : "";
    const filter = this.#filterText === "" ? "" : `/${this.#filterText}`;
    const selectors = [labelSelector, fieldSelector].filter((text) => text).join(" ");
    const hasCounts = status !== null && this.window.columns.length > 0;
    return {
      title: this.resource.plural + (selectors === "" ? "" : `(${selectors})`),
      detail: [marks, filter, hasCounts ? counts : ""].filter((part) => part !== "").join("  "),
    };
  }

  command(): string {
    const context = this.#host.namedContext;
    return viewCommand(this.spec, { filter: this.#filter, sort: this.sort, wide: this.#wide, context });
  }

  show(): void {
    const { engine, clock } = this.#host;
    if (engine === null) return;
    this.#view.open(engine, this.spec, this.#need(), {
      nowMs: () => clock.now(),
      onUpdate: () => this.#updated(),
      onGone: (uids) => this.marks.drop(uids),
    });
  }

  hide(): void {
    this.#view.close();
  }

  draw(canvas: Canvas, frame: Frame): void {
    if (!this.#view.isOpen) this.show();
    drawResources(canvas, { pane: this, host: this.#host, frame });
    this.#view.need(this.#need());
    if (this.#isMoved) this.#uid = this.row?.uid ?? this.#uid;
  }

  run(command: CommandId): boolean {
    if (moveTable(this.table, command)) return this.#moved();
    const sorted = this.#order.run(command, this.window.columns, this.shown);
    if (sorted !== null) return this.#sorted(sorted);
    return this.#runTable(command) || this.#runObject(command);
  }

  mouse(event: MouseEvent): void {
    const hit = this.table.handleMouse(event);
    if (event.action === "down" && event.button === 0 && hit !== null) this.#click(hit);
    this.#moved();
  }

  #runTable(command: CommandId): boolean {
    switch (command) {
      case "wide":
        this.#wide = !this.#wide;
        this.#order.picked = -1;
        return true;
      case "mark":
        return this.#mark();
      case "mark.range":
        this.#host.spawn(() => this.#markRange());
        return true;
      case "mark.clear":
        this.marks.clear();
        return true;
      case "refresh":
        this.#view.refresh();
        return true;
      case "back":
        return this.#filterText !== "" && this.#setFilter("");
      case "copy.name":
        return this.#copy((row) => row.name, "name");
      case "copy.namespace":
        return this.#copy((row) => row.namespace, "namespace");
      default:
        return false;
    }
  }

  #runObject(command: CommandId): boolean {
    const row = this.row;
    const ref = row && this.#refOf(row);
    if (row === undefined || ref === undefined) {
      const isOfRow = ["open", "describe", "yaml", "events", "owner", "node", "view", "warp"].includes(
        command,
      );
      if (isOfRow) this.#host.notify("There is nothing under the cursor", "info");
      return isOfRow;
    }
    const host = this.#host;
    switch (command) {
      case "open":
        return this.#open(row, ref);
      case "describe":
      case "yaml":
        host.openObject(ref, command);
        return true;
      case "events":
        host.openEvents(ref);
        return true;
      case "owner":
        host.spawn(() => jumpToOwner(host, ref));
        return true;
      case "node":
        host.spawn(() => jumpToNode(host, ref, String(this.#cell(row, "Node"))));
        return true;
      case "warp":
        if (row.namespace !== "") host.switchNamespace(row.namespace);
        return true;
      case "view":
        host.editObject(ref);
        return true;
      default:
        return false;
    }
  }

  #open(row: Row, ref: ObjectRef): boolean {
    const about = isEvents(this.resource)
      ? eventObject(this.#host, row, String(this.#cell(row, "Object")))
      : null;
    if (about !== null) this.#host.openObject(about, "describe");
    else this.#host.spawn(() => drillInto(this.#host, ref));
    return true;
  }

  #refOf(row: Row): ObjectRef {
    return { resource: this.resource, namespace: row.namespace, name: row.name };
  }

  /** A cell by its column's name; "" where there is none, or a placeholder such as `<none>`. */
  #cell(row: Row, name: string): string | number {
    const at = this.window.columns.findIndex((column) => column.name === name);
    const cell = row.cells[at] ?? "";
    return typeof cell === "string" && cell.startsWith("<") ? "" : cell;
  }

  #need(): WindowNeed {
    const { top, page } = this.table;
    const filter: Filter | null = this.#filter?.type === "regex"
      ? { ...this.#filter, wide: this.#wide }
      : this.#filter;
    return { top, page, sort: this.sort, filter, marked: this.marks.uids };
  }

  /** Rows came: the cursor stays with its object, on its line of the screen where it can. */
  #updated(): void {
    this.#goToFocus();
    const { table, window } = this;
    const at = this.#isMoved && this.#uid !== "" && this.#view.isCurrent ? window.indexOf(this.#uid) : -1;
    if (at >= 0 && at !== table.selected) {
      const by = at - Math.max(0, table.selected);
      table.restore({ selected: at, top: table.top + by, firstColumn: table.firstColumn });
    }
    this.#host.invalidate();
  }

  /** The cursor goes to the object that the view was opened for, however far down it is. */
  #goToFocus(): void {
    const uid = this.#focus;
    if (uid === "" || !this.#view.isCurrent) return;
    const at = this.window.indexOf(uid);
    if (at >= 0) return this.#focusOn(at, uid);
    if (this.window.status?.phase !== "live") return;
    this.#focus = "";
    this.#host.spawn(async () => {
      const rows = await this.#view.rows();
      const far = rows.findIndex((row) => row.uid === uid);
      if (far >= 0 && !this.#isMoved) this.#focusOn(far, uid);
    });
  }

  #focusOn(at: number, uid: string): void {
    this.#focus = "";
    this.#isMoved = true;
    this.#uid = uid;
    const { table } = this;
    table.restore({ selected: at, top: Math.max(0, at - (table.page >> 1)), firstColumn: 0 });
    this.#view.need(this.#need());
  }

  #moved(): true {
    this.#focus = "";
    this.#isMoved = true;
    this.#uid = this.row?.uid ?? "";
    return true;
  }

  #toStart(): true {
    this.#isMoved = false;
    this.#uid = "";
    this.table.restore({ selected: 0, top: 0, firstColumn: this.table.firstColumn });
    this.#view.need(this.#need());
    return true;
  }

  #setFilter(text: string): true {
    if (text === this.#filterText) return true;
    this.#filterText = text;
    ({ filter: this.#filter, note: this.#note, problem: this.#problem = "" } = parseFilter(text));
    return this.#toStart();
  }

  #lineNote(): string {
    const { matched, total } = this.window;
    const count = this.#filter === null || !this.#view.isCurrent
      ? ""
      : `${countText(matched)} of ${countText(total)}`;
    return [this.#note, count].filter((part) => part !== "").join("  ");
  }

  #sorted(outcome: SortOutcome): true {
    if (outcome === "sorted") return this.#toStart();
    if (outcome !== "picked") this.#host.notify(outcome.none, "info");
    return true;
  }

  #mark(): true {
    const row = this.row;
    if (row === undefined) return true;
    this.marks.toggle(row, this.table.selected);
    this.table.move(1);
    return this.#moved();
  }

  async #markRange(): Promise<void> {
    const { anchor } = this.marks;
    const here = this.table.selected;
    if (anchor < 0) return void this.#mark();
    const rows = await this.#view.rows();
    this.marks.add(rows.slice(Math.min(anchor, here), Math.max(anchor, here) + 1), here);
  }

  #copy(of: (row: Row) => string, what: string): true {
    const rows = this.marks.size > 0 ? this.marks.rows : this.row ? [this.row] : [];
    const text = [...new Set(rows.map(of))].filter((part) => part !== "").join("\n");
    if (text !== "") this.#host.copy(text, rows.length > 1 ? `${rows.length} ${what}s` : `${what} ${text}`);
    return true;
  }

  #click(hit: TableHit): void {
    if (hit.type === "header") this.#sorted(this.#order.byShown(this.shown[hit.column]));
    else if (hit.type === "row" && this.#double.click(this.row?.uid ?? "")) this.#runObject("open");
  }
}

/** Events are read newest first; everything else by name. */
function usualSort(resource: Resource): Sort | null {
  return isEvents(resource) ? { column: "Last Seen", descending: false } : null;
}
