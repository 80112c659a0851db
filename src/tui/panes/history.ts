/**
 * What happened: to one object (what Orka did, what was seen here, when others wrote last), or all that Orka changed on
 * this cluster. Enter compares the versions, `u` takes a change back.
 */
import { type HistoryEntry, objectHistory, type WatchedVersion as SeenChange } from "../../change/mod.ts";
import type { FeedStatus } from "../../engine/protocol.ts";
import { apiVersion, groupResource, humanDuration, type KubeObject, nextChangeMs } from "../../kube/mod.ts";
import type { AuditEntry, Memory, ObjectRef } from "../../persist/mod.ts";
import { undoChange } from "../change/undo.ts";
import { contextWords, objectCommand } from "../command_line.ts";
import type { CommandId, KeyScope } from "../keymap.ts";
import type { Frame, Pane, PaneHost, PaneLine, PaneSummary, TargetObject } from "../pane.ts";
import type { Canvas, MouseEvent, TokenName } from "../term/mod.ts";
import { type Comparison, DiffPane } from "./diff.ts";
import { LocalList, type LocalRow } from "./local_list.ts";
import { drawMessage } from "./message.ts";
import { ObjectFeed } from "./object_feed.ts";

/** One line: what happened, and what it takes to show more. */
interface Line {
  readonly key: string;
  readonly ts: number;
  readonly what: string;
  readonly who: string;
  readonly object: string;
  readonly summary: string;
  readonly token?: TokenName | undefined;
  /** The audit's number. */
  readonly id: number | null;
  /** null: only what is said above is known. */
  readonly versions: () => Pick<Comparison, "before" | "after"> | null;
}

const AGE = { title: "AGE" };
const OF_OBJECT = [AGE, { title: "WHAT" }, { title: "WHO" }, { title: "FIELDS", min: 20 }];
const OF_CLUSTER = [AGE, { title: "WHAT" }, { title: "WHO" }, { title: "OBJECT" }, {
  title: "FIELDS",
  min: 20,
}];
const MOST_LINES = 200;

export class HistoryPane implements Pane {
  readonly line: PaneLine;
  readonly #host: PaneHost;
  /** null: everything that Orka changed on this cluster. */
  readonly #target: TargetObject | null;
  readonly #feed: ObjectFeed | null;
  readonly #list: LocalList;
  #memory: Memory | null = null;
  #lines: readonly Line[] | null = null;
  #isShown = false;

  constructor(host: PaneHost, target: TargetObject | null) {
    this.#host = host;
    this.#target = target;
    this.#feed = target === null ? null : new ObjectFeed(host, target);
    const columns = target === null ? OF_CLUSTER : OF_OBJECT;
    this.#list = new LocalList(host, columns, (row) => this.#open(row));
    this.line = this.#list.line;
  }

  get scope(): KeyScope {
    const kind = this.#target === null ? "" : groupResource(this.#target.resource);
    return { contexts: ["history", "list", "any"], kind };
  }

  get feed(): FeedStatus | null {
    return this.#feed?.status ?? null;
  }

  summary(): PaneSummary {
    const title = this.#target === null ? "history" : `${this.#target.name} history`;
    return { title, detail: this.#lines === null ? "" : this.#list.detail };
  }

  command(): string {
    const options = { context: this.#host.namedContext };
    if (this.#target !== null) return objectCommand("history", this.#target, options);
    return ["orka undo --list", ...contextWords(options)].join(" ");
  }

  show(): void {
    if (this.#isShown) return;
    this.#isShown = true;
    this.#feed?.open(false, () => this.#read());
    this.#host.spawn(async () => {
      this.#memory = await this.#host.memory();
      this.#host.repaint();
      this.#read();
    });
  }

  hide(): void {
    this.#isShown = false;
    this.#feed?.close();
  }

  draw(canvas: Canvas, frame: Frame): void {
    this.show();
    const lines = this.#lines;
    if (lines === null) return drawMessage(canvas, { tone: "info", lines: ["Reading what is remembered …"] });
    if (lines.length === 0) return drawMessage(canvas, { tone: "info", lines: EMPTY });
    for (const { ts } of lines) frame.wakeAt(frame.nowMs + nextChangeMs(frame.nowMs - ts));
    this.#list.set(lines.map((line) => this.#row(line, frame.nowMs)));
    this.#list.draw(canvas, frame);
  }

  run(command: CommandId): boolean {
    const line = this.#selected;
    if (command === "undo") {
      if (line !== undefined) this.#undo(line);
      return true;
    }
    if (command === "copy.name") {
      if (line !== undefined) this.#host.copy(line.summary, "the fields");
      return true;
    }
    return this.#list.run(command);
  }

  mouse(event: MouseEvent): void {
    this.#list.mouse(event);
  }

  get #selected(): Line | undefined {
    return this.#lines?.find(({ key }) => key === this.#list.selected?.name);
  }

  #row({ key, ts, what, who, object, summary, token }: Line, nowMs: number): LocalRow {
    const cells = [humanDuration(Math.max(0, nowMs - ts)), what, who];
    const named = this.#target === null ? [...cells, object, summary] : [...cells, summary];
    return { name: key, cells: named, token };
  }

  #open({ name }: LocalRow): void {
    const line = this.#lines?.find(({ key }) => key === name);
    if (line === undefined) return;
    const versions = line.versions();
    if (versions === null) {
      return this.#host.notify(`${line.what} by ${line.who}: what it was before is not known here`, "info");
    }
    const title = `${line.what} ${humanDuration(this.#host.clock.now() - line.ts)} ago`;
    const command = `${this.command()}${this.#target === null ? "" : " --diff"}`;
    this.#host.openPane(new DiffPane(this.#host, { ...versions, title, command }));
  }

  #undo({ id }: Line): void {
    if (id === null) return this.#host.notify("Only what Orka changed can be taken back", "info");
    this.#host.spawn(async () => {
      if (await undoChange(this.#host, id)) this.#read();
    });
  }

  #read(): void {
    const { engine } = this.#host;
    const memory = this.#memory;
    if (engine === null || memory === null || !this.#isShown) return;
    const { server } = engine.target;
    this.#lines = this.#target === null
      ? this.#ofCluster(memory, server)
      : this.#ofObject(this.#target, { memory, cluster: server });
    this.#host.invalidate();
  }

  #ofCluster({ audit }: Memory, cluster: string): readonly Line[] {
    const entries = audit.list({ cluster, limit: MOST_LINES });
    return entries.map((entry) => ({
      key: `orka ${entry.id}`,
      ts: entry.ts,
      what: undoneText(entry.verb, entry),
      who: entry.user || "orka",
      object: objectText(entry),
      summary: entry.summary,
      token: entry.undoneBy === null ? undefined : "dim",
      id: entry.id,
      versions: () => this.#bodies(entry.id),
    }));
  }

  #ofObject(
    target: TargetObject,
    { memory, cluster }: { readonly memory: Memory; readonly cluster: string },
  ): readonly Line[] {
    const live = this.#feed?.object ?? null;
    const uid = live?.metadata.uid ?? target.uid ?? "";
    const { resource, namespace, name } = target;
    const ref: ObjectRef = {
      cluster,
      apiVersion: apiVersion(resource),
      kind: resource.kind,
      namespace,
      name,
      uid,
    };
    const watched = this.#seen(uid);
    const gone = this.#feed?.deleted === true;
    const entries = objectHistory({
      memory,
      ref,
      live: gone ? null : live,
      watched,
      limit: MOST_LINES,
      compares: false,
    });
    return entries.map((entry) => this.#lineOf(entry, { ref, watched }));
  }

  #lineOf(
    entry: HistoryEntry,
    { ref, watched }: { readonly ref: ObjectRef; readonly watched: readonly SeenChange[] },
  ): Line {
    const { ts, source, verb, manager, user, subresource, summary, id } = entry;
    const part = subresource === "" ? "" : ` ${subresource}`;
    return {
      key: `${source} ${ts} ${id ?? ""} ${verb} ${manager}${part}`,
      ts,
      what: undoneText(WHAT[source](verb) + part, entry),
      who: user || manager,
      object: "",
      summary,
      token: entry.undoneBy === null ? TOKENS[source] : "dim",
      id,
      versions: () => this.#versionsOf(entry, { ref, watched }),
    };
  }

  #versionsOf(
    { source, ts, id }: HistoryEntry,
    { ref, watched }: { readonly ref: ObjectRef; readonly watched: readonly SeenChange[] },
  ): ReturnType<Line["versions"]> {
    if (source === "orka") return id === null ? null : this.#bodies(id);
    if (source === "watched") {
      const seen = watched.find((change) => change.ts === ts);
      return seen === undefined ? null : versionsOf(seen.before, seen.after);
    }
    if (source !== "snapshot") return null;
    const kept = this.#memory?.snapshots.list(ref) ?? [];
    const at = kept.findIndex((snapshot) => snapshot.ts === ts);
    return at < 0 ? null : versionsOf(kept[at + 1]?.object ?? null, kept[at]!.object);
  }

  #bodies(id: number): ReturnType<Line["versions"]> {
    const bodies = this.#memory?.audit.bodies(id) ?? null;
    return bodies === null ? null : versionsOf(bodies.before, bodies.after);
  }

  /** What was seen to change while it was looked at. */
  #seen(uid: string): readonly SeenChange[] {
    const versions = this.#host.versions.of(uid);
    return versions.slice(1).map(({ atMs, object }, at) => ({
      ts: atMs,
      before: versions[at]!.object,
      after: object,
    }));
  }
}

const EMPTY = [
  "Nothing is remembered",
  "What Orka changes on this cluster is listed here, and can be taken back",
];

const WHAT: Readonly<Record<HistoryEntry["source"], (verb: string) => string>> = {
  orka: (verb) => verb,
  snapshot: (verb) => `${verb} (kept)`,
  manager: (verb) => `last ${verb.toLowerCase()}`,
  watched: () => "seen",
  created: () => "created",
};

const TOKENS: Readonly<Partial<Record<HistoryEntry["source"], TokenName>>> = {
  orka: "accent",
  snapshot: "accent",
  manager: "dim",
  created: "dim",
};

function undoneText(what: string, { undoneBy, undoes }: Pick<AuditEntry, "undoneBy" | "undoes">): string {
  if (undoneBy !== null) return `${what} (undone)`;
  return undoes === null ? what : `${what} of ${undoes}`;
}

function objectText({ ref: { kind, namespace, name } }: AuditEntry): string {
  return `${kind} ${namespace === "" ? "" : `${namespace}/`}${name}`;
}

function versionsOf(
  before: KubeObject | null,
  after: KubeObject | null,
): Pick<Comparison, "before" | "after"> {
  const label = (object: KubeObject | null, word: string) =>
    object === null ? `${word}: not there` : `${word}: version ${object.metadata.resourceVersion ?? "?"}`;
  return {
    before: { label: label(before, "before"), object: before },
    after: { label: label(after, "after"), object: after },
  };
}
