/**
 * Whole frames as people see them, kept in `golden/`. A change there is reviewed as a change of the interface:
 * `ORKA_UPDATE_GOLDEN=1 deno test -A tests/tui/golden_test.ts` writes them anew.
 */
import assert from "node:assert/strict";
import { wireError } from "../support/fake_engine.ts";
import { NOW_MS, smallCluster } from "../support/fake_kinds.ts";
import { Robot, type RobotOptions } from "../support/robot.ts";

interface Golden extends RobotOptions {
  readonly name: string;
  readonly keys?: string;
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
];

function denied() {
  const engine = smallCluster();
  const message = `secrets is forbidden: User "viewer" cannot list resource "secrets" in API group ""`;
  engine.status("secrets", { phase: "denied", error: wireError("forbidden", message) });
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

for (const { name, keys = "", ...options } of FRAMES) {
  Deno.test(`frame: ${name}`, async () => {
    await using robot = await Robot.start(options);
    await robot.type(keys);
    await compare(name, robot.screen);
  });
}

async function compare(name: string, screen: string): Promise<void> {
  const path = new URL(`./golden/${name}.txt`, import.meta.url);
  const frame = screen + "\n";
  if (Deno.env.get("ORKA_UPDATE_GOLDEN")) return await Deno.writeTextFile(path, frame);
  assert.equal(frame, await Deno.readTextFile(path), `the frame is another:\n${screen}`);
}
