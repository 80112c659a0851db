import assert from "node:assert/strict";
import { podOf, smallCluster } from "../support/fake_kinds.ts";
import { Robot } from "../support/robot.ts";

Deno.test("the first frame is there before the engine has answered", async () => {
  const { promise, resolve } = Promise.withResolvers<ReturnType<typeof smallCluster>>();
  await using robot = await Robot.start({ connect: () => promise });
  robot.expect("orka", "pods", "Connecting to the cluster …", "○ connecting", "read-only", ": go");
  resolve(robot.engine);
  await robot.settle();
  robot.expect("web-7c9-aaaaa", "CrashLoopBackOff", "● live", "v1.36.3");
  assert.match(robot.header, /test › default › pods/);
});

Deno.test("what changes something is grey from the first frame of a read-only session", async () => {
  const { promise, resolve } = Promise.withResolvers<ReturnType<typeof smallCluster>>();
  await using robot = await Robot.start({ connect: () => promise, cols: 300 });
  const colorOf = (hint: string) => {
    const at = robot.vt.find(hint);
    assert.ok(at, `${hint}\n${robot.screen}`);
    return robot.vt.cell(at.x, at.y).fg;
  };
  resolve(robot.engine);
  await robot.settle();
  assert.notEqual(colorOf("e edit"), colorOf("d describe"));
  assert.equal(colorOf("e edit"), colorOf("ctrl-d delete"));
  assert.ok(robot.footer.indexOf("ctrl-p search") < robot.footer.indexOf("e edit"), robot.footer);
});

Deno.test("a kind in every spelling, with namespace, filter, labels", async () => {
  await using robot = await Robot.start();
  for (
    const spelling of [
      "deploy",
      "deployment",
      "Deployment",
      "deployments.apps",
      "apps/v1/Deployment",
      "deploym",
    ]
  ) {
    await robot.type(`:${spelling}<enter>`);
    assert.match(robot.crumbs, /^ deployments/, spelling);
  }
  await robot.type(":pod kube-system<enter>").then((r) =>
    r.expect("coredns-5d78c").expectNot("web-7c9-aaaaa")
  );
  assert.match(robot.header, /test › kube-system › pods/);
  await robot.type(":po default /web<enter>").then((r) => r.expect("/web", "2 of 5").expectNot("crash-0"));
  await robot.type(":po app=web<enter>").then((r) => r.expect("pods(app=web)").expectNot("crash-0"));
  await robot.type(":po all<enter>").then((r) => r.expect("NAMESPACE", "coredns-5d78c", "web-7c9-aaaaa"));
});

Deno.test("an unknown kind is refused with the near miss, and the view stays", async () => {
  await using robot = await Robot.start();
  await robot.type(":podz<enter>");
  robot.expect("podz", "did you mean", "web-7c9-aaaaa");
  await robot.type("j");
  robot.expectNot("did you mean");
});

Deno.test("the palette suggests, completes and remembers", async () => {
  await using robot = await Robot.start();
  await robot.type(":dep");
  robot.expect("deployments", "deploy · apps");
  await robot.type("<tab>k<tab><enter>");
  assert.match(robot.header, /kube-system › deployments.apps/);
  await robot.type(":");
  robot.expect("deployments kube-system");
  await robot.type("<down><enter>");
  assert.match(robot.crumbs, /^ deployments/);
  await robot.type(":po<esc>").then((r) => r.expectNot("po "));
  await robot.type(":nam<down><enter>").then((r) => assert.match(r.crumbs, /^ namespaces/));
});

Deno.test("enter leads on, escape leads back, each with its cursor", async () => {
  await using robot = await Robot.start();
  await robot.type(":deploy<enter><enter>");
  robot.expect("deployments › pods(app=web)").expectNot("crash-0");
  await robot.type("j<enter>");
  robot.expect("web-7c9-bbbbb containers", "nginx:1.29");
  await robot.type("<esc>");
  assert.match(robot.selected, /^web-7c9-bbbbb/);
  await robot.type("q");
  assert.match(robot.crumbs, /^ deployments +1$/);
  await robot.type("<esc>");
  robot.expect("This is the first view");
  assert.equal(robot.isOver, false);
});

Deno.test("enter goes from each kind where it leads", async () => {
  await using robot = await Robot.start();
  await robot.type(":no<enter><enter>").then((r) => r.expect("pods(spec.nodeName=node-1)", "coredns-5d78c"));
  await robot.type(":svc<enter><enter>").then((r) => r.expect("pods(app=web)"));
  await robot.type(":cj<enter><enter>").then((r) => r.expect("jobs", "nightly-291"));
  await robot.type(":ev<enter><enter>").then((r) => r.expect("crash-0 describe", "Name:"));
  await robot.type(":ns<enter>/kube<enter><enter>").then((r) => r.expect("coredns-5d78c"));
  assert.match(robot.header, /kube-system › pods/);
  await robot.type(":secrets<enter>0<enter>").then((r) => r.expect("token describe"));
});

Deno.test("a pod's owner, its node and its events are a key away", async () => {
  await using robot = await Robot.start();
  await robot.type("/aaaaa<enter><shift-j>").then((r) => r.expect("replicasets(metadata.name=web-7c9)"));
  await robot.type("<esc>o").then((r) => r.expect("nodes(metadata.name=node-1)"));
  await robot.type("<esc><esc>/crash<enter><shift-e>");
  robot.expect("events(involvedObject.kind=Pod", "BackOff", "Back-off restarting");
  await robot.type("$").then((r) => r.expect("orka events --for pods/crash-0 -n default"));
  await robot.type(":deploy<enter><shift-j>").then((r) => r.expect(`Deployment "web" has no owner`));
});

Deno.test("history restores cursor, filter, sort and scroll", async () => {
  const engine = smallCluster();
  for (let k = 0; k < 60; k++) engine.put(podOf(`bulk-${String(k).padStart(2, "0")}`));
  await using robot = await Robot.start({ engine });
  await robot.type("/bulk<enter><shift-n><shift-n>" + "j".repeat(25));
  const before = robot.screen;
  assert.match(robot.selected, /^bulk-34/);
  await robot.type(":svc<enter>").then((r) => r.expectNot("bulk-34"));
  await robot.type("[");
  assert.equal(robot.screen, before);
  await robot.type("]").then((r) => r.expect("services"));
  await robot.type("-");
  assert.equal(robot.screen, before);
  await robot.type("[").then((r) => r.expect("Nothing before this"));
});

Deno.test("digits switch namespaces: 0 all, the others those used", async () => {
  await using robot = await Robot.start();
  await robot.type(":ns shop<enter>").then((r) =>
    r.expect("No pods in namespace shop", "0 shows all namespaces")
  );
  await robot.type("0").then((r) => r.expect("NAMESPACE", "coredns-5d78c"));
  await robot.type("1").then((r) => r.expectNot("coredns-5d78c"));
  assert.match(robot.header, /› default ›/);
  await robot.type("2").then((r) => assert.match(r.header, /› shop ›/));
  await robot.type("7").then((r) => r.expect("No namespace on 7"));
  await robot.type("0/coredns<enter>w").then((r) => assert.match(r.header, /› kube-system ›/));
});

Deno.test("looking into an object leaves the namespace as it was", async () => {
  await using robot = await Robot.start({ namespace: null });
  await robot.type(":deploy<enter><enter>").then((r) => assert.match(r.header, /› default › pods/));
  await robot.type(":svc<enter>").then((r) => assert.match(r.header, /› all namespaces › services/));
});

Deno.test("only the pane on the screen holds the engine", async () => {
  await using robot = await Robot.start();
  await robot.type(":deploy<enter><enter><enter>y<esc><esc>:svc<enter>[[");
  assert.equal(robot.engine.openCount, 1);
  await robot.type("?");
  assert.equal(robot.engine.openCount, 0);
});

Deno.test("a CRD's objects open from the CRD and by any name", async () => {
  const engine = smallCluster();
  const { CERTIFICATES, objectOf } = await import("../support/fake_kinds.ts");
  engine.serve(CERTIFICATES);
  engine.put(objectOf("CustomResourceDefinition", "certificates.cert-manager.io"));
  engine.put(objectOf("Certificate", "shop-tls", { namespace: "shop", status: { ready: "False" } }));
  await using robot = await Robot.start({ engine, namespace: null });
  await robot.type(":crd<enter><enter>").then((r) => r.expect("certificates", "shop-tls", "False"));
  await robot.type(":cert<enter>").then((r) => r.expect("shop-tls"));
  await robot.type("<ctrl-a>/cert-man<enter><enter>").then((r) => r.expect("shop-tls"));
});

Deno.test("the session begins where it was told to", async () => {
  await using all = await Robot.start({ namespace: null });
  all.expect("NAMESPACE", "coredns-5d78c");
  await using one = await Robot.start({ namespace: "kube-system", kind: "po" });
  one.expect("coredns-5d78c").expectNot("web-7c9-aaaaa");
  await using wrong = await Robot.start({ kind: "nonsense" });
  wrong.expect("nonsense", "kinds", "deployments");
});
