/**
 * A session that is read-only changes nothing, whatever is pressed. Its engine would let everything through here: it is
 * the session alone that keeps its promise, ahead of the gate that stands in the client as well.
 */
import assert from "node:assert/strict";
import { defaultKnobs } from "../../src/base/mod.ts";
import { createClient, WriteGate } from "../../src/client/mod.ts";
import { type Engine, openLocalEngine } from "../../src/engine/mod.ts";
import { openMemory } from "../../src/persist/mod.ts";
import { type Key, type KeyScope, resolveKey } from "../../src/tui/keymap.ts";
import { BINDINGS } from "../../src/tui/keymap_table.ts";
import { PALETTE_WORDS } from "../../src/tui/palette_command.ts";
import { Robot } from "../support/robot.ts";
import { type TestObject, TestServer } from "../support/two_servers.ts";

/** A view: the line of the palette and the keys behind it that lead there, and a text that is on the screen then. */
type Place = readonly [line: string, keys: string, text: string];

const TABLES: readonly Place[] = [
  "pods",
  "deployments",
  "statefulsets",
  "daemonsets",
  "replicasets",
  "services",
  "jobs",
  "cronjobs",
  "secrets",
  "nodes",
].map((kind) => [kind, "", "web "]);

const PLACES: readonly Place[] = [
  ...TABLES,
  ["pods", "<space><space>", "2 marked"],
  ["pods", "<enter>", "main"],
  ["pods", "l", "a line of the log"],
  ["pods", "d", "Labels:"],
  ["secrets", "y", "kind: Secret"],
  ["pods", "<shift-e>", "events("],
  ["configmaps", "/web<enter><shift-h>", "edit"],
  ["history", "", "edit"],
  ["history", "<enter>", 'a: "2"'],
  ["search web", "", "web"],
  ["pf", "", "forward"],
  ["kinds", "", "configmaps"],
  ["ctx", "", "default"],
  ["pods", "?", "Every key that works here"],
];

/** All but `quit`, after which there is nothing to press. */
const KEYS: readonly string[] = [
  ...new Set((BINDINGS as readonly Key[]).filter(({ id }) => id !== "quit").flatMap(({ keys }) => keys)),
];

/** One of each kind that some key is about, and two pods. */
function objects(): readonly TestObject[] {
  const containers = [{ name: "main", image: "web:1", ports: [{ containerPort: 80 }] }];
  const template = { metadata: { labels: { app: "web" } }, spec: { containers } };
  const selector = { matchLabels: { app: "web" } };
  const status = {
    phase: "Running",
    containerStatuses: [{
      name: "main",
      image: "web:1",
      imageID: "",
      ready: true,
      restartCount: 0,
      state: { running: { startedAt: "2023-11-14T22:00:00Z" } },
    }],
  };
  const of = (apiVersion: string, kind: string, rest: object = {}): TestObject => ({
    apiVersion,
    kind,
    metadata: { name: "web", labels: { app: "web" } },
    ...rest,
  });
  const job = { template: { spec: { ...template.spec, restartPolicy: "Never" } } };
  return [
    of("v1", "Node"),
    of("v1", "Pod", { spec: { nodeName: "web", containers }, status }),
    { ...of("v1", "Pod", { spec: { containers }, status }), metadata: { name: "web-2" } },
    of("apps/v1", "Deployment", { spec: { replicas: 1, selector, template } }),
    of("apps/v1", "StatefulSet", { spec: { serviceName: "web", selector, template } }),
    of("apps/v1", "DaemonSet", { spec: { selector, template } }),
    of("apps/v1", "ReplicaSet", { spec: { selector, template } }),
    of("v1", "Service", { spec: { selector: { app: "web" }, ports: [{ port: 80 }] } }),
    of("batch/v1", "Job", { spec: job }),
    of("batch/v1", "CronJob", { spec: { schedule: "* * * * *", jobTemplate: { spec: job } } }),
    of("v1", "Secret", { data: { password: btoa("hunter2") } }),
    of("v1", "ConfigMap", { data: { a: "1" } }),
  ];
}

class ReadOnlyRig implements AsyncDisposable {
  /** WebSockets that were asked for. */
  readonly opened: string[] = [];
  /** What the person did in their editor since the session is read-only. */
  readonly edited: string[] = [];
  robot!: Robot;
  readonly #tried = new Set<string>();
  #engines: Engine[] = [];
  #isReadOnly = false;

  private constructor(readonly server: TestServer) {}

  /** A session that has changed one object, and is read-only since. */
  static async open(): Promise<ReadOnlyRig> {
    const server = await TestServer.open("embedded");
    await server.putAll(objects());
    server.faults.fail({
      path: /\/pods\/[^/]+\/log/,
      status: 200,
      times: Infinity,
      body: "a line of the log\n",
    });
    const rig = new ReadOnlyRig(server);
    await rig.#start();
    const { robot } = rig;
    await robot.type(":configmaps<enter>").then((r) => r.until("web"));
    await robot.type("/web<enter>e").then((r) => r.until("Apply the edit of"));
    await robot.type("y").then((r) => r.until("edited"));
    await robot.type(":write<enter>").then((r) => r.until("read-only"));
    rig.#isReadOnly = true;
    server.requests.length = 0;
    return rig;
  }

  async #start(): Promise<void> {
    const { clock, namespace } = this.server;
    const memory = await openMemory({ directory: null, clock, warn: assert.fail });
    this.robot = await Robot.start({
      clock,
      cols: 140,
      rows: 40,
      namespace,
      connect: () => Promise.resolve(this.#connect()),
      memory: () => Promise.resolve(memory),
      writeRule: () => Promise.resolve({ write: true, protected: false }),
      editor: async (path) => {
        if (this.#isReadOnly) this.edited.push(path);
        await Deno.writeTextFile(path, (await Deno.readTextFile(path)).replace('a: "1"', 'a: "2"'));
      },
    });
    await this.robot.until("● live");
  }

  /** A switch of context connects anew. */
  #connect(): Engine {
    const { clock, fetch, resources } = this.server;
    const open = ({ url }: { readonly url: URL }) => {
      this.opened.push(url.pathname);
      return Promise.reject(new TypeError("no sockets here"));
    };
    const client = createClient({ fetch, open, clock, writes: new WriteGate({ isOpen: true }) });
    const discovered = { resources, broken: [], cached: false };
    const engine = openLocalEngine(client, {
      discovery: { cached: () => Promise.resolve(null), fetch: () => Promise.resolve(discovered) },
      clock,
      // not the client's: the session closes this one in vain
      writes: new WriteGate({ isOpen: true }),
      knobs: defaultKnobs(),
    });
    this.#engines.push(engine);
    return engine;
  }

  /** Closes what the key opened in front of the view, then goes to the place. */
  async go([line, keys, text]: Place): Promise<void> {
    const { robot, server: { namespace } } = this;
    const { navigator } = robot.session.app;
    await robot.type("<esc><esc>");
    // a digit may have led to all namespaces
    const whole = TABLES.some(([kind]) => kind === line) || line === "configmaps"
      ? `${line} ${namespace}`
      : line;
    robot.vt.type(`:${whole}\r`);
    await robot.settle();
    const { current } = navigator;
    const isThere = () => current?.targets === undefined || current.targets().length > 0;
    for (let left = 2_000; left > 0 && !isThere(); left--) await robot.clock.advance(5);
    await robot.type(keys);
    await robot.until(text);
  }

  /** Every key in this place. A key that leads elsewhere is followed by a new way there. */
  async pressAll(place: Place): Promise<void> {
    const { robot } = this;
    const { navigator } = robot.session.app;
    await this.go(place);
    let pane = navigator.current;
    for (const key of this.#keysOf(pane!.scope)) {
      await robot.type(key.length === 1 ? key : `<${key}>`);
      // the line of a prompt has the keys, until it is closed
      if ([":", "/", "&"].includes(key)) await robot.type("<esc>");
      if (navigator.current === pane && navigator.overlay === null) continue;
      // whatever asks gets a yes
      for (const yes of ["y", "<enter>"]) if (navigator.overlay !== null) await robot.type(yes);
      await this.go(place);
      pane = navigator.current;
    }
    // what was begun and is still under way
    await robot.wait(1_000);
  }

  /** All of them, but where panes of this kind were tried already: there those that mean something. */
  #keysOf(scope: KeyScope): readonly string[] {
    const name = scope.contexts.join();
    if (this.#tried.has(name)) return KEYS.filter((key) => resolveKey(key, scope)?.kinds !== undefined);
    this.#tried.add(name);
    return KEYS;
  }

  /** What was sent and could have changed something. */
  get changing(): readonly string[] {
    return this.server.requests.filter(({ method, path }) =>
      method !== "GET" && !/[?&]dryRun=All(&|$)/.test(path) &&
      !/\/selfsubject(rules|access)reviews(\?|$)/.test(path)
    ).map(({ method, path }) => `${method} ${path}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.robot[Symbol.asyncDispose]();
    for (const engine of this.#engines) await engine[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
  }
}

Deno.test("no key of a read-only session changes anything, wherever it is pressed", async () => {
  await using rig = await ReadOnlyRig.open();
  for (const place of PLACES) {
    await rig.pressAll(place);
    assert.deepEqual([...rig.changing, ...rig.opened, ...rig.edited], [], place.join(" "));
  }
  assert.ok(rig.server.requests.length > PLACES.length, "the keys reached nothing");
  assert.equal(rig.robot.session.app.navigator.readOnly, true);
});

Deno.test("no word of a read-only session's palette changes anything, but the one that ends it", async () => {
  await using rig = await ReadOnlyRig.open();
  const words = PALETTE_WORDS.flatMap(({ names }) => names).filter((name) =>
    !["write", "quit", "q", "exit"].includes(name)
  );
  for (const word of [...words, "undo 1"]) {
    await rig.go(["pods", "", "web-2"]);
    await rig.robot.type(`:${word}<enter>`).then((r) => r.wait(50)).then((r) => r.type("<enter>y"));
  }
  assert.deepEqual([...rig.changing, ...rig.opened, ...rig.edited], []);
});
