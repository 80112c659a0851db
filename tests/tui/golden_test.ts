/**
 * Whole frames as people see them, kept in `golden/`. A change there is reviewed as a change of the interface:
 * `ORKA_UPDATE_GOLDEN=1 deno test -A tests/tui/golden_test.ts` writes them anew.
 */
import { wireError } from "../support/fake_engine.ts";
import type { KubeObject } from "../../src/kube/mod.ts";
import type { Pane, PaneHost } from "../../src/tui/pane.ts";
import { DiffPane } from "../../src/tui/panes/diff.ts";
import { NOW_MS, objectOf, smallCluster } from "../support/fake_kinds.ts";
import { compareFrame } from "../support/golden_frame.ts";
import { Robot, type RobotOptions } from "../support/robot.ts";

interface Golden extends RobotOptions {
  readonly name: string;
  readonly keys?: string;
  /** A pane to open first. */
  readonly open?: (host: PaneHost) => Pane;
}

const FRAMES: readonly Golden[] = [
  { name: "connecting", connect: () => new Promise(() => {}) },
  { name: "pods" },
  { name: "pods-all-wide", keys: "0<ctrl-w>jj<space>", cols: 120 },
  { name: "pods-filter", keys: "/web" },
  { name: "pods-40x10", cols: 40, rows: 10 },
  { name: "pods-20x5", cols: 20, rows: 5 },
  { name: "pods-no-colour", mode: "none" },
  { name: "palette", keys: ":de" },
  { name: "deployment-pods", keys: ":deploy<enter><enter>j" },
  { name: "yaml", keys: "y/name<enter>" },
  { name: "describe", keys: "/aaaaa<enter>d<tab>", rows: 30 },
  { name: "secret-masked", keys: ":secrets<enter>y" },
  { name: "events", keys: ":events<enter>" },
  { name: "contexts", keys: ":ctx<enter>" },
  { name: "kinds", keys: "<ctrl-a>" },
  { name: "help", keys: "?", cols: 140, rows: 44 },
  { name: "greyed", keys: "<ctrl-d>" },
  { name: "denied", keys: ":secrets<enter>", engine: denied() },
  { name: "stale", engine: stale() },
  { name: "listing", engine: listing() },
  { name: "command-line", keys: ":deploy<enter><enter>$" },
  { name: "search", keys: "<ctrl-p>web<down>" },
  { name: "search-problem", keys: "<ctrl-p>web ns:" },
  { name: "palette-objects", keys: ":web-7" },
  { name: "delete", keys: "<ctrl-d>", writeRule: writes(false) },
  { name: "delete-marked-protected", keys: "<space><space><ctrl-d>", writeRule: writes(true) },
  { name: "diff-wide", cols: 120, rows: 24, open: comparison },
  { name: "diff-narrow", cols: 70, open: comparison },
  { name: "diff-secret", cols: 70, open: secretComparison },
];

function writes(isProtected: boolean) {
  return () => Promise.resolve({ write: true, protected: isProtected });
}

function comparison(host: PaneHost): Pane {
  const before = objectOf("Deployment", "web", {
    spec: { replicas: 2, template: { spec: { containers: [{ name: "web", image: "shop/web:1.4" }] } } },
  });
  const after = objectOf("Deployment", "web", {
    spec: {
      replicas: 5,
      template: { spec: { containers: [{ name: "web", image: "shop/web:1.5", tty: true }] } },
    },
  });
  return compared(host, before, after);
}

function secretComparison(host: PaneHost): Pane {
  const [before, after] = ["one", "two"].map((value) =>
    objectOf("Secret", "token", { rest: { data: { password: btoa(value), user: btoa("jane") } } })
  );
  return compared(host, before!, after!);
}

function compared(host: PaneHost, before: KubeObject, after: KubeObject): Pane {
  return new DiffPane(host, {
    title: "edit 5m ago",
    before: { label: "before", object: before },
    after: { label: "after", object: after },
    command: "orka history deployments/web --diff",
  });
}

function denied() {
  const engine = smallCluster();
  const message = `secrets is forbidden: User "viewer" cannot list resource "secrets" in API group ""`;
  const hint = "to see it: orka auth can-i list secrets -n default --context test";
  engine.status("secrets", { phase: "denied", error: wireError("forbidden", message, hint) });
  return engine;
}

function stale() {
  const engine = smallCluster();
  const error = wireError("unreachable", "connection refused (127.0.0.1:6443)");
  engine.server({ reachable: false, error, answeredMs: NOW_MS - 14_000 });
  engine.status("pods", { phase: "stale", error, freshMs: NOW_MS - 14_000, retryMs: NOW_MS + 4000 });
  return engine;
}

function listing() {
  const engine = smallCluster();
  engine.status("pods", { phase: "listing", loaded: 1500, expected: 20_000 });
  return engine;
}

for (const { name, keys = "", open, ...options } of FRAMES) {
  Deno.test(`frame: ${name}`, async () => {
    await using robot = await Robot.start(options);
    const { navigator } = robot.session.app;
    if (open !== undefined) navigator.openPane(open(navigator));
    await robot.type(keys);
    // a dialog's code is loaded when it is first asked for
    if (options.writeRule !== undefined) await robot.until("would be deleted");
    await compareFrame(name, robot);
  });
}
