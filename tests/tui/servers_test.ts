/**
 * The session's ways through a cluster, on the real engine over the embedded server and the real one. States that
 * last an exact time, and names that no server takes, are the fake engine's part: navigation_test, table_test,
 * trouble_test.
 */
import assert from "node:assert/strict";
import { EngineRig } from "../support/engine_rig.ts";
import { Robot, type RobotOptions } from "../support/robot.ts";
import { onServers, type TestServer } from "../support/two_servers.ts";

interface Opened extends AsyncDisposable {
  readonly robot: Robot;
  readonly rig: EngineRig;
}

/** A session whose first view is live. */
async function open(server: TestServer, options: RobotOptions = {}): Promise<Opened> {
  const rig = new EngineRig(server);
  const robot = await Robot.start({
    clock: server.clock,
    connect: () => Promise.resolve(rig.engine),
    namespace: server.namespace,
    ...options,
  });
  await robot.until("● live");
  return {
    robot,
    rig,
    async [Symbol.asyncDispose]() {
      await robot[Symbol.asyncDispose]();
      await rig[Symbol.asyncDispose]();
    },
  };
}

/** Presses keys and waits until the text is on the screen. */
async function go(robot: Robot, keys: string, text: string): Promise<Robot> {
  await robot.type(keys);
  return await robot.until(text);
}

/**
 * A deployment that wants no pods and two that have its labels, owned by a ConfigMap so that no control loop of the
 * real cluster takes them; a third that crashes, with its event; a service.
 */
async function shop(server: TestServer): Promise<void> {
  const owner = await server.put({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "web-parts" } });
  const { name, uid } = owner.metadata;
  const ownerReferences = [{ apiVersion: "v1", kind: "ConfigMap", name, uid: uid!, controller: true }];
  const labels = { app: "web" };
  await server.put({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", labels } });
  for (const pod of ["web-aaaaa", "web-bbbbb"]) {
    await server.put({ apiVersion: "v1", kind: "Pod", metadata: { name: pod, labels, ownerReferences } });
  }
  const crash = await server.put({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "crash-0" },
    status: {
      phase: "Running",
      containerStatuses: [{
        name: "main",
        image: "",
        imageID: "",
        ready: false,
        restartCount: 7,
        state: { waiting: { reason: "CrashLoopBackOff" } },
      }],
    },
  });
  await server.put({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web" },
    spec: { selector: labels },
  });
  await server.put({
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: "crash-0.1" },
    type: "Warning",
    reason: "BackOff",
    message: "Back-off restarting failed container",
    lastTimestamp: new Date(server.clock.now()).toISOString().replace(/\.\d+/, ""),
    involvedObject: { apiVersion: "v1", kind: "Pod", name: "crash-0", uid: crash.metadata.uid },
  });
}

onServers("a session goes to a kind in every spelling, with namespace, filter and labels", async (server) => {
  await shop(server);
  await using opened = await open(server);
  const { robot } = opened;
  robot.expect("crash-0", "CrashLoopBackOff", "web-aaaaa", "v1.36.3");
  for (const spelling of ["deploy", "Deployment", "deployments.apps", "apps/v1/Deployment", "deploym"]) {
    await go(robot, `:${spelling}<enter>`, "UP-TO-DATE");
    assert.match(robot.crumbs, /^ deployments/, spelling);
    await go(robot, ":po<enter>", "crash-0");
  }
  await go(robot, `:po ${server.namespace} /web<enter>`, "2 of 3").then((r) => r.expectNot("crash-0"));
  await go(robot, ":po app=web<enter>", "pods(app=web)");
  await robot.until("web-bbbbb").then((r) => r.expectNot("crash-0"));
  await go(robot, ":podz<enter>", "did you mean").then((r) => r.expect("web-aaaaa"));
});

onServers("enter leads on, escape leads back, each with its cursor", async (server) => {
  await shop(server);
  await using opened = await open(server);
  const { robot } = opened;
  await go(robot, ":deploy<enter>", "UP-TO-DATE");
  await robot.until("● live");
  await go(robot, "<enter>", "deployments › pods(app=web)");
  await robot.until("web-bbbbb").then((r) => r.expectNot("crash-0"));
  await go(robot, "jd", "web-bbbbb describe");
  await robot.until("Controlled By");
  await robot.type("<esc>");
  assert.match(robot.selected, /^web-bbbbb/);
  await robot.type("q");
  assert.match(robot.crumbs, /^ deployments +1$/);
  await go(robot, ":svc<enter>", "CLUSTER-IP");
  await robot.until("● live");
  await go(robot, "<enter>", "pods(app=web)");
});

onServers("a pod's owner and its events are a key away", async (server) => {
  await shop(server);
  await using opened = await open(server);
  const { robot } = opened;
  await go(robot, "/aaaaa<enter>", "1 of 3");
  await go(robot, "<shift-j>", "configmaps(metadata.name=web-parts)");
  await robot.until("web-parts  ");
  await robot.type("<esc><esc>");
  await go(robot, "/crash<enter>", "1 of 3");
  await go(robot, "<shift-e>", "events(involvedObject.kind=Pod");
  await robot.until("Back-off restarting").then((r) => r.expect("BackOff"));
  await go(robot, "$", `orka events --for pods/crash-0 -n ${server.namespace}`);
  await robot.type("<esc>");
  await go(robot, "<esc>/aaaaa<enter>", "1 of 3");
  await go(robot, "<shift-e>", "with involvedObject.kind=Pod,involvedObject.name=web-aaaaa");
  robot.expectNot("shows all namespaces");
});

onServers("filters of each form, sorting, wide columns and marks", async (server) => {
  await shop(server);
  await using opened = await open(server);
  const { robot } = opened;
  await go(robot, "/w", "2 of 3").then((r) => r.expectNot("crash-0"));
  await go(robot, "<esc>/!web<enter>", "1 of 3").then((r) => r.expectNot("web-aaaaa"));
  await go(robot, "<esc>/-f cr0<enter>", "1 of 3").then((r) => r.expect("crash-0"));
  await go(robot, "<esc>/-l app=web<enter>", "2 of 3").then((r) => r.expectNot("crash-0"));
  await go(robot, "<esc>/[<enter>", "None of 3 matches /[");
  await go(robot, "<esc>", "crash-0");
  await go(robot, "<shift-n><shift-n>", "NAME▼");
  const names = () => robot.names(/(crash-0|web-\w+)/).join(" ");
  while (names() !== "web-bbbbb web-aaaaa crash-0") await server.clock.advance(5);
  robot.expectNot("NOMINATED");
  await go(robot, "<ctrl-w>", "NODE");
  await robot.type("g<space>jj<ctrl-space>c");
  assert.deepEqual(robot.done.pop()!.replace("copy ", "").split("\n").sort(), [
    "crash-0",
    "web-aaaaa",
    "web-bbbbb",
  ]);
});

onServers("rows are live, and the cursor stays with its object", async (server) => {
  await shop(server);
  await using opened = await open(server);
  const { robot } = opened;
  await robot.type("j");
  assert.match(robot.selected, /^web-aaaaa/);
  await opened.rig.pod("aaa-new");
  await robot.until("aaa-new");
  assert.match(robot.selected, /^web-aaaaa/);
  await opened.rig.removePod("web-aaaaa");
  for (let left = 500; left > 0 && robot.screen.includes("web-aaaaa"); left--) await server.clock.advance(5);
  robot.expectNot("web-aaaaa");
  assert.match(robot.selected, /^web-bbbbb/);
});

onServers("history restores cursor, filter and sort", async (server) => {
  await opened40(server, async (robot) => {
    await go(robot, "/bulk-[12]<enter>", "20 of 40");
    await go(robot, "<shift-n><shift-n>", "NAME▼");
    await robot.until("bulk-29").then((r) => r.type("jjj"));
    assert.match(robot.selected, /^bulk-26/);
    await go(robot, ":svc<enter>", "No services");
    await go(robot, "[", "bulk-29");
    await robot.until("● live");
    assert.match(robot.selected, /^bulk-26/);
    robot.expect("20 of 40", "NAME▼");
    await go(robot, "]", "No services");
    await go(robot, "-", "bulk-29");
  });
});

async function opened40(server: TestServer, use: (robot: Robot) => Promise<void>): Promise<void> {
  const names = Array.from({ length: 40 }, (_, k) => `bulk-${String(k).padStart(2, "0")}`);
  await server.putAll(names.map((name) => ({ apiVersion: "v1", kind: "Pod", metadata: { name } })));
  await using opened = await open(server);
  await use(opened.robot);
}

onServers("a custom kind's objects open by any of its names, with its own columns", async (server) => {
  const { group } = await server.serve("Widget", { shortNames: ["wdg"], columns: { Size: ".spec.size" } });
  await server.put({
    apiVersion: `${group}/v1`,
    kind: "Widget",
    metadata: { name: "first" },
    spec: { size: "enormous" },
  });
  await using opened = await open(server);
  for (const name of ["widgets", "wdg", `widgets.${group}`]) {
    await go(opened.robot, `:${name}<enter>`, "enormous").then((r) => r.expect("SIZE", "first"));
    await go(opened.robot, ":po<enter>", "No pods");
  }
});

onServers("an object is told with its events and as YAML, and that it has gone", async (server) => {
  await shop(server);
  await using opened = await open(server, { rows: 50 });
  const { robot } = opened;
  await go(robot, "/crash<enter>d", "Back-off restarting failed container");
  robot.expect("CrashLoopBackOff", "Restart Count:  7");
  await go(robot, "y", "kind: Pod").then((r) => r.expect("schedulerName: none"));
  await opened.rig.removePod("crash-0");
  await robot.until("was deleted");
});

onServers("refused credentials are told above the rows that are there, and heal", async (server) => {
  await shop(server);
  await using opened = await open(server);
  const { robot } = opened;
  await robot.until("web-bbbbb");
  await watched(robot, server);
  const refusal = server.faults.fail({
    status: 401,
    times: Infinity,
    body: { reason: "Unauthorized", message: "Unauthorized" },
  });
  server.cutWatches({ reset: true });
  await robot.until("Credentials refused", { stepMs: 200 }).then((r) => r.expect("web-bbbbb", "next try in"));
  refusal[Symbol.dispose]();
  await opened.rig.pod("after");
  await robot.until("after  ", { stepMs: 500 }).then((r) => r.expectNot("Credentials refused"));
});

onServers(
  "a history that the server has forgotten is listed anew, and nothing is lost or doubled",
  async (server) => {
    await shop(server);
    await using opened = await open(server);
    const { robot } = opened;
    await robot.until("web-bbbbb");
    await watched(robot, server);
    server.faults.refuse({ watch: true });
    server.cutWatches({ reset: true });
    await opened.rig.removePod("web-aaaaa");
    await opened.rig.pod("late-0");
    await server.compact();
    await robot.until("late-0", { stepMs: 100 }).then((r) => r.expectNot("web-aaaaa"));
    await robot.until("● live");
    assert.equal(robot.names(/(crash-0|late-0|web-\w+)/).join(" "), "crash-0 late-0 web-bbbbb");
  },
);

onServers("an object that comes damaged is a row that says so; the others are whole", async (server) => {
  await shop(server);
  server.damage("crash-0", '{"metadata":7}');
  await using opened = await open(server);
  opened.robot.expect("web-aaaaa", "web-bbbbb", "✗ no metadata");
});

/** Waits until every watch that was asked for is open, the pods' among them: one that opens later outlives a cut. */
async function watched(robot: Robot, server: TestServer): Promise<void> {
  const asked = () => server.requests.filter(({ path }) => path.includes("watch="));
  const isDone = () =>
    asked().some(({ path }) => path.includes("/pods?")) && server.watches >= asked().length;
  for (let step = 0; step < 1_000 && !isDone(); step++) await robot.wait(5);
  assert.ok(isDone(), "the watches never opened");
}
