/**
 * The session's forwarded ports: they go on behind every pane, until they are stopped, the session ends or it goes to
 * another cluster. Those that the person keeps are remembered as profiles, to be started again in a later session.
 */
import type { Engine } from "../engine/protocol.ts";
import type { BoundPort, Forward, ForwardEvent, ForwardSpec } from "../ops/mod.ts";
import type { OpsDoor } from "./actions/ops_door.ts";
import type { Memory } from "../persist/mod.ts";

export type ForwardState =
  | { readonly type: "saved" | "starting" | "stopped" }
  | { readonly type: "ready"; readonly pod: string }
  | { readonly type: "reconnecting" | "failed"; readonly why: string };

/** What a person asked for; kept as JSON where it is kept. */
export interface ForwardProfile {
  /** `service/web`, as they see it. */
  readonly title: string;
  readonly spec: ForwardSpec;
}

export interface ForwardEntry {
  readonly id: number;
  readonly profile: ForwardProfile;
  readonly server: string;
  readonly isKept: boolean;
  readonly state: ForwardState;
  /** What is open now. */
  readonly ports: readonly BoundPort[];
  /** Alive now, and ever. */
  readonly connections: number;
  readonly opened: number;
  /** Of connections, the last one's. */
  readonly error: string;
}

export interface ForwardsOptions {
  readonly engine: () => Engine | null;
  readonly ops: () => Promise<OpsDoor>;
  readonly memory: () => Promise<Memory | null>;
  readonly onChange: () => void;
  /** Said wherever the person is: a forward came to its end by itself. */
  readonly onFailure: (text: string) => void;
}

interface Running {
  entry: ForwardEntry;
  forward: Forward | null;
  abort: AbortController;
}

const PREFIX = "forward/";

export class Forwards {
  readonly #options: ForwardsOptions;
  readonly #running = new Map<number, Running>();
  #next = 1;
  /** Whose profiles are in the list. */
  readonly #loaded = new Set<string>();

  constructor(options: ForwardsOptions) {
    this.#options = options;
  }

  /** Of the cluster that the session is on. */
  get entries(): readonly ForwardEntry[] {
    const server = this.#options.engine()?.target.server;
    return [...this.#running.values()].filter(({ entry }) => entry.server === server).map((one) => {
      return { ...one.entry, connections: one.forward?.connections ?? 0 };
    });
  }

  /** Brings in what was kept for this cluster. */
  async load(): Promise<void> {
    const server = this.#options.engine()?.target.server ?? "";
    if (server === "" || this.#loaded.has(server)) return;
    this.#loaded.add(server);
    const memory = await this.#options.memory();
    for (const [, text] of memory?.prefs.list(PREFIX + server) ?? []) {
      const profile = readProfile(text);
      if (profile !== null) this.#add(profile, { server, isKept: true, state: { type: "saved" } });
    }
    this.#options.onChange();
  }

  /** Resolves when the ports are open; throws what keeps them from it. */
  async start(profile: ForwardProfile): Promise<ForwardEntry> {
    await this.load();
    const server = this.#options.engine()?.target.server ?? "";
    const key = keyOf({ server, profile });
    const known = this.entries.find((entry) => keyOf(entry) === key && entry.state.type !== "ready");
    const id = known?.id ??
      this.#add(profile, { server, isKept: false, state: { type: "starting" } }).entry.id;
    return await this.resume(id);
  }

  /** Starts one that is in the list. */
  async resume(id: number): Promise<ForwardEntry> {
    const one = this.#running.get(id);
    const engine = this.#options.engine();
    if (one === undefined || engine === null) throw new Error("there is no such forward");
    one.abort = new AbortController();
    this.#set(one, { state: { type: "starting" }, error: "" });
    try {
      const ops = await this.#options.ops();
      one.forward = await ops.startForward(engine.client, one.entry.profile.spec, {
        signal: one.abort.signal,
        onEvent: (event) => this.#told(one, event),
      });
      this.#set(one, { state: { type: "ready", pod: one.forward.pod }, ports: one.forward.ports });
      one.forward.done.catch(() => {}); // its last event has told
      return one.entry;
    } catch (error) {
      this.#set(one, { state: { type: "failed", why: (error as Error).message } });
      throw error;
    }
  }

  /** Stops one that runs; takes one that does not out of the list, and out of what is kept. */
  async stop(id: number): Promise<void> {
    const one = this.#running.get(id);
    if (one === undefined) return;
    if (["starting", "ready", "reconnecting"].includes(one.entry.state.type)) {
      one.abort.abort();
      one.forward?.close();
      this.#set(one, { state: { type: one.entry.isKept ? "saved" : "stopped" }, ports: [] });
      return;
    }
    if (one.entry.isKept) await this.keep(id);
    this.#running.delete(id);
    this.#options.onChange();
  }

  /** Keeps it for later sessions, or not any more. Answers whether it is kept; null where nothing is remembered. */
  async keep(id: number): Promise<boolean | null> {
    const one = this.#running.get(id);
    const memory = await this.#options.memory();
    if (one === undefined || memory === null) return null;
    const key = keyOf(one.entry);
    if (one.entry.isKept) memory.prefs.delete(key);
    else memory.prefs.set(key, JSON.stringify(one.entry.profile));
    this.#set(one, { isKept: !one.entry.isKept });
    return one.entry.isKept;
  }

  /** All that runs ends: the session is over, or goes to another cluster. */
  closeAll(): void {
    for (const one of this.#running.values()) {
      one.abort.abort();
      one.forward?.close();
      const { type } = one.entry.state;
      if (type === "ready" || type === "starting" || type === "reconnecting") {
        one.entry = { ...one.entry, state: { type: one.entry.isKept ? "saved" : "stopped" }, ports: [] };
      }
    }
  }

  #add(
    profile: ForwardProfile,
    { server, isKept, state }: Pick<ForwardEntry, "server" | "isKept" | "state">,
  ): Running {
    const id = this.#next++;
    const entry = { id, profile, server, isKept, state, ports: [], connections: 0, opened: 0, error: "" };
    const one: Running = { entry, forward: null, abort: new AbortController() };
    this.#running.set(id, one);
    return one;
  }

  #set(one: Running, change: Partial<ForwardEntry>): void {
    one.entry = { ...one.entry, ...change };
    this.#options.onChange();
  }

  #told(one: Running, event: ForwardEvent): void {
    if (one.abort.signal.aborted) return;
    switch (event.type) {
      case "ready":
        return this.#set(one, { state: { type: "ready", pod: event.pod }, ports: event.ports });
      case "connection":
        return this.#set(one, { opened: one.entry.opened + 1 });
      case "error":
        return this.#set(one, { error: event.error.message });
      case "reconnecting":
        return this.#set(one, { state: { type: "reconnecting", why: event.error.message } });
      case "closed": {
        const why = event.error?.message ?? "";
        this.#set(one, { state: why === "" ? { type: "stopped" } : { type: "failed", why }, ports: [] });
        if (why !== "") this.#options.onFailure(`The forward to ${one.entry.profile.title} ended: ${why}`);
      }
    }
  }
}

function keyOf({ server, profile: { spec, title } }: Pick<ForwardEntry, "server" | "profile">): string {
  const ports = spec.ports.map(({ local, remote }) => `${local}:${remote}`).join(",");
  return `${PREFIX}${server} ${spec.namespace} ${title} ${ports}`;
}

/** null for what another version wrote and this one does not know. */
function readProfile(text: string): ForwardProfile | null {
  try {
    const profile = JSON.parse(text) as ForwardProfile;
    return Array.isArray(profile?.spec?.ports) && typeof profile.title === "string" ? profile : null;
  } catch {
    return null;
  }
}
