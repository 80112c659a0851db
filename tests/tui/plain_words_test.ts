/** What the session says when something is not there, not understood or not allowed. */
import assert from "node:assert/strict";
import { OrkaError } from "../../src/base/mod.ts";
import type { Column, ServerStatus } from "../../src/engine/protocol.ts";
import type { Resource } from "../../src/kube/mod.ts";
import { type FakeEngine, type FakeKind, wireError } from "../support/fake_engine.ts";
import { NOW_MS, resourceOf, smallCluster } from "../support/fake_kinds.ts";
import { Robot } from "../support/robot.ts";

const WIDGET = resourceOf("Widget", { group: "example.com" });

function column(name: string, cell: Column["cell"]): Column {
  return { name, type: "string", format: "", description: "", priority: 0, cell };
}

const WIDGETS: FakeKind = {
  resource: WIDGET,
  columns: [column("Name", "text"), column("Created At", "time")],
  cells: ({ metadata }) => [metadata.name, Date.parse(metadata.creationTimestamp ?? "")],
};

/** What the fake says it serves, from now on. */
function serves(engine: FakeEngine, change: (all: readonly Resource[]) => readonly Resource[]): void {
  const before = engine.discover.bind(engine);
  engine.discover = async () => {
    const discovered = await before();
    return { ...discovered, resources: change(discovered.resources) };
  };
}

Deno.test("the header says refused credentials and certificates, not live and not silence", async () => {
  await using robot = await Robot.start();
  robot.engine.server({ reachable: true, error: wireError("unauthorized", "Unauthorized") });
  await robot.settle();
  assert.match(robot.header, /✗ credentials refused/);
  robot.engine.server({ reachable: false, error: wireError("tls", "unknown authority") });
  await robot.settle();
  assert.match(robot.header, /✗ certificate refused/);
  robot.engine.server({ reachable: true, error: null });
  robot.engine.status("pods", { phase: "unauthorized", error: wireError("unauthorized", "expired") });
  await robot.settle();
  assert.match(robot.header, /✗ credentials refused/);
});

Deno.test("access denied on one kind leaves the connection live", async () => {
  await using robot = await Robot.start();
  robot.engine.status("pods", { phase: "denied", error: wireError("forbidden", "no") });
  await robot.settle();
  assert.match(robot.header, /● live/);
});

Deno.test("a category names its kinds", async () => {
  const engine = smallCluster();
  serves(engine, (all) => all.map((kind) => ({ ...kind, categories: kind.namespaced ? ["all"] : [] })));
  await using robot = await Robot.start({ engine, cols: 160 });
  await robot.type(":all<enter>");
  robot.expect(`"all" is several kinds, name one: pods, `).expectNot("did you mean");
});

Deno.test("an object's name opens the object; several kinds are not one", async () => {
  await using robot = await Robot.start();
  await robot.type(":pod/web-7c9-aaaaa<enter>").then((r) => r.expect("pods › web-7c9-aaaaa describe"));
  await robot.type("<esc>").then((r) => r.expect("web-7c9-bbbbb", "crash-0"));
  await robot.type(":pod/nope<enter>").then((r) =>
    r.expect(`Pod "nope" does not exist in namespace default`)
  );
  await robot.type(":pod,svc<enter>").then((r) => r.expect("One kind is shown at a time", ":pod or :svc"));
  await robot.type("0:pod/crash-0<enter>").then((r) => r.expect("Which namespace? :pod/crash-0 NAMESPACE"));
});

Deno.test("a kind that came unnoticed opens: what is served is asked for before a kind is refused", async () => {
  const engine = smallCluster();
  await using robot = await Robot.start({ engine });
  await robot.type(":widgets<enter>").then((r) => r.expect(`doesn't have a resource type "widgets"`));
  serves(engine, (all) => [...all, WIDGET]);
  await robot.type(":widgets<enter>");
  assert.match(robot.header, /widgets/);
});

Deno.test("ctrl-r asks anew what is served; a kind that went is said to be gone", async () => {
  const engine = smallCluster();
  engine.serve(WIDGETS);
  await using robot = await Robot.start({ engine });
  await robot.type(":widgets<enter>").then((r) => r.expectNot("not served"));
  serves(engine, (all) => all.filter(({ kind }) => kind !== "Widget"));
  await robot.type("<ctrl-r>");
  robot.expect("widgets.example.com are not served any more");
});

Deno.test("a list that is not found is a kind that is not served", async () => {
  await using robot = await Robot.start();
  robot.engine.status("pods", { phase: "failed", error: wireError("not-found", "404 page not found") });
  await robot.settle();
  robot.expect("pods are not served any more").expectNot("404");
});

Deno.test("a namespace that does not exist is said to be missing, unless nobody may tell", async () => {
  const engine = smallCluster();
  await using robot = await Robot.start({ engine });
  await robot.type(":ns nope<enter>").then((r) => r.expect("Namespace nope does not exist", "0 shows all"));
  const read = engine.read.bind(engine);
  engine.read = (path) =>
    path === "/api/v1/namespaces/other"
      ? Promise.reject(new OrkaError("forbidden", "no", { status: 403 }))
      : read(path);
  await robot.type(":ns other<enter>").then((r) => r.expect("No pods in namespace other"));
  robot.expectNot("does not exist");
});

Deno.test("a bad label selector is told with its reason", async () => {
  await using robot = await Robot.start();
  await robot.type("/-l (((").then((r) => r.expect("Not a label selector: ", "not a label selector"));
  robot.expectNot("None of");
});

Deno.test("what cannot be read is named as the object that it is", async () => {
  await using robot = await Robot.start();
  robot.engine.remove("pods", "crash-0", "default");
  const error = wireError("unreachable", "connection refused");
  await robot.type("y");
  robot.engine.status("pods", { phase: "failed", error });
  await robot.settle();
  robot.expect("Cannot read Pod").expectNot("Cannot list");
});

Deno.test("a sort by a hidden column shows that column", async () => {
  await using robot = await Robot.start();
  await robot.type("<shift-i>").then((r) => r.expect("IP▲", "10.0.0.7").expectNot("NODE"));
  await robot.type("<shift-n>").then((r) => r.expect("NAME▲").expectNot("10.0.0.7"));
});

Deno.test("what is typed after a slash replaces the old text; a cursor key keeps it", async () => {
  await using robot = await Robot.start();
  await robot.type("/web<enter>/crash").then((r) => r.expect("crash-0", "1 of 5").expectNot("web-7c9"));
  await robot.type("<enter>/<end>-0").then((r) => r.expect("/  crash-0", "1 of 5"));
  await robot.type("<enter>/<backspace>").then((r) => r.expect("web-7c9-aaaaa"));
  await robot.type("<esc>y/name<enter>/zzzz").then((r) => r.expect("/  zzzz", "no match"));
  await robot.type("<enter>").then((r) => r.expect("No match for zzzz"));
});

Deno.test("CREATED AT is a time, as kubectl shows it", async () => {
  const engine = smallCluster();
  engine.serve(WIDGETS);
  engine.put({
    apiVersion: "example.com/v1",
    kind: "Widget",
    metadata: {
      name: "w",
      namespace: "default",
      creationTimestamp: new Date(NOW_MS - 60_000).toISOString(),
    },
  });
  await using robot = await Robot.start({ engine });
  await robot.type(":widgets<enter>");
  robot.expect(new Date(NOW_MS - 60_000).toISOString().slice(0, 19) + "Z");
});

Deno.test("counts are written in one way, while typing and after", async () => {
  const engine = smallCluster();
  const pods = Array.from({ length: 1200 }, (_, at) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `many-${at}`, namespace: "default" },
  }));
  engine.put(...pods);
  await using robot = await Robot.start({ engine });
  await robot.type("/many").then((r) => r.expect("1,200 of 1,205"));
  await robot.type("<enter>").then((r) => r.expect("1,200 of 1,205"));
});

Deno.test("a context that the kubeconfig does not have is not tried again by itself", async () => {
  let tries = 0;
  const connect = () => {
    tries++;
    return Promise.reject(new OrkaError("no-context", `context "prod" does not exist`));
  };
  await using robot = await Robot.start({ connect, context: "prod" });
  robot.expect(`context "prod" does not exist`).expectNot("next try");
  await robot.wait(60_000);
  assert.equal(tries, 1);
  await robot.type("<ctrl-r>");
  assert.equal(tries, 2);
});

Deno.test("a certificate's many names are cut short", async () => {
  await using robot = await Robot.start({ cols: 160 });
  const names = [
    "localhost",
    "10.96.0.1",
    'DnsName("kubernetes")',
    "kubernetes.default",
    "kubernetes.default.svc",
  ];
  const error = wireError("tls", `the certificate is for ${names.join(", ")}`);
  robot.engine.status("pods", { phase: "failed", error });
  await robot.settle();
  robot.expect('localhost, 10.96.0.1, DnsName("kubernetes") and 2 more');
});

Deno.test("there are two themes", async () => {
  await using robot = await Robot.start();
  await robot.type(":theme x<enter>").then((r) => r.expect(`There is no theme "x"`));
});

Deno.test("a key that does nothing here says where it does something", async () => {
  await using robot = await Robot.start();
  await robot.type(":svc<enter><ctrl-k>").then((r) => r.expect("Kill at once, without grace: only on pods"));
  await robot.type(":ctx<enter>d").then((r) => r.expect("Describe: only on objects in a table"));
  await robot.type("y").then((r) => r.expect("YAML: only on objects in a table"));
});

Deno.test("everything is painted anew once the server has answered", async () => {
  const engine = smallCluster();
  let tell = (_: ServerStatus) => {};
  engine.onServerStatus = (listener) => {
    tell = listener;
    return { [Symbol.dispose]() {} };
  };
  await using robot = await Robot.start({ engine });
  // as Deno's own progress line does while a Worker loads code for its first request
  robot.vt.feed("\x1b[20;1H\x1b[0G\x1b[2K\x1b[J");
  assert.equal(robot.footer.trim(), "");
  tell({ reachable: true, version: "v1.36.3", error: null, answeredMs: NOW_MS });
  await robot.settle();
  assert.match(robot.footer, /: go/);
});
