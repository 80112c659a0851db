import assert from "node:assert/strict";
import { parseCommandLine } from "../../src/cli/parse.ts";
import { VERBS } from "../../src/cli/verbs.ts";
import { cliOnEmbedded } from "../cli/harness.ts";
import { NodeRig } from "./node_rig.ts";

Deno.test("orka ops VERB is orka VERB, for operations alone", () => {
  const parsed = (line: string) => {
    const { verb, args, flags } = parseCommandLine(line.split(" "), VERBS);
    return [verb?.name, args, flags.text("namespace")];
  };
  assert.deepEqual(parsed("-n x ops scale deploy/web --replicas=3"), ["scale", ["deploy/web"], "x"]);
  assert.deepEqual(parsed("ops -n x rollout status deploy/web"), ["rollout", ["status", "deploy/web"], "x"]);
  assert.deepEqual(parsed("ops restart deploy/web"), ["rr", ["deploy/web"], undefined]);
  assert.deepEqual(parsed("ops delete pod x"), ["delete", ["pod", "x"], undefined]);
  assert.deepEqual(parsed("ops"), ["ops", [], undefined]);
  assert.deepEqual(parsed("ops --help"), ["ops", [], undefined]);
  assert.deepEqual(parsed("delete pod ops"), ["delete", ["pod", "ops"], undefined]);
  for (const line of ["ops get pods", "ops scal"]) {
    assert.throws(() => parseCommandLine(line.split(" "), VERBS), { code: "usage" }, line);
  }
});

Deno.test("--json is -o json, and --json=false is not", () => {
  const output = (...args: string[]) => parseCommandLine(["scale", "x", ...args], VERBS).flags.text("output");
  assert.equal(output("--json"), "json");
  assert.equal(output("--json=false"), undefined);
  assert.equal(output("--json", "-o", "yaml"), "yaml");
});

Deno.test("operations are listed, and complete with actions, nodes and kinds", async () => {
  await using rig = await NodeRig.open();
  const orka = cliOnEmbedded(rig.cluster);
  (await orka("ops")).code(0).stdout(/orka ops scale +set the number of replicas/);
  const words = async (...line: string[]) =>
    (await orka("__complete", ...line)).out.split("\n").slice(0, -2).map((word) => word.split("\t")[0]);
  assert.deepEqual(await words("rollout", "re"), ["resume", "restart"]);
  assert.deepEqual(await words("ops", "rollout", "st"), ["status"]);
  assert.deepEqual(await words("ops", "cord"), ["cordon"]);
  assert.deepEqual(await words("drain", ""), ["n1"]);
  assert.deepEqual(await words("rollout", "status", "statef"), ["statefulsets"]);
  assert.deepEqual(await words("set", "image", "replicaset/w"), ["replicaset/web"]);
  assert.deepEqual(await words("ops", "scale", "--rep"), ["--replicas"]);
});
