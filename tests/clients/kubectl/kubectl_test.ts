/**
 * An unmodified kubectl on the embedded server: every command's exit code and output is the one that was recorded of a
 * real server; and, where there is a real cluster, the real server's now.
 */
import assert from "node:assert/strict";
import { startK1sServer } from "../../support/k1s_server.ts";
import { clusterTest } from "../../support/real_cluster.ts";
import { type CommandGroup, GROUPS } from "./commands.ts";
import { KNOWN_DIFFERENCES } from "./known_differences.ts";
import { readRecorded } from "./recorded.ts";
import { differences, type KubectlTarget, play, shellWords } from "./session.ts";

const kubectl = Deno.env.get("ORKA_TEST_KUBECTL");
const why = kubectl ? "" : " (skipped: ORKA_TEST_KUBECTL names no kubectl)";

/** Plays the group and fails with all that differs from the record. */
async function compare(target: KubectlTarget, group: CommandGroup, known: ReadonlyMap<string, string>) {
  const recorded = (await readRecorded())[group.name] ?? [];
  const outcomes = await play(target, group);
  assert.deepEqual(
    recorded.map(({ line }) => line),
    group.lines,
    "record the group anew: its commands changed",
  );
  const found = outcomes.flatMap((outcome, at) => differences(recorded[at]!, outcome, known));
  assert.equal(found.join("\n\n"), "");
  const same = outcomes.filter((outcome, at) =>
    known.has(outcome.line) && differences(recorded[at]!, outcome, new Map()).length === 0
  );
  assert.deepEqual(same.map(({ line }) => line), [], "differences are listed that are no more");
}

for (const group of GROUPS) {
  Deno.test({
    name: `kubectl on the embedded server: ${group.name}${why}`,
    ignore: !kubectl,
    fn: async () => {
      await using server = await startK1sServer();
      await compare({ kubectl: kubectl!, kubeconfig: server.kubeconfig }, group, KNOWN_DIFFERENCES);
    },
  });
  clusterTest(`kubectl on the real server, as recorded: ${group.name}`, async (cluster) => {
    const target = { kubectl: cluster.kubectlPath, kubeconfig: cluster.kubeconfig };
    await compare(target, group, new Map());
  });
}

Deno.test("words of a command are split as a shell splits them", () => {
  assert.deepEqual(shellWords(`a 'b c' d="e f"g h\\ i '{"x":"y z"}'`), [
    "a",
    "b c",
    "d=e fg",
    "h i",
    '{"x":"y z"}',
  ]);
});

Deno.test("outcomes differ by code, stdout and stderr; a listed difference is none", () => {
  const expected = { line: "get x", code: 0, stdout: "a", stderr: "" };
  const none = new Map<string, string>();
  assert.equal(differences(expected, { ...expected, code: 1, stdout: "b" }, none).length, 2);
  assert.equal(differences(expected, expected, none).length, 0);
  assert.equal(differences(expected, { ...expected, stderr: "b" }, new Map([["get x", "why"]])).length, 0);
});

Deno.test({
  name: `kubectl proxy on the embedded server${why}`,
  ignore: !kubectl,
  fn: async () => {
    await using server = await startK1sServer();
    const args = ["--kubeconfig", server.kubeconfig, "proxy", "--port=0"];
    const child = new Deno.Command(kubectl!, { args, stdin: "null", stdout: "piped", stderr: "inherit" })
      .spawn();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const address = /127\.0\.0\.1:\d+/.exec((await reader.read()).value ?? "")?.[0];
    const answer = await fetch(`http://${address}/api/v1/namespaces/default`);
    assert.equal((await answer.json()).metadata.name, "default");
    child.kill("SIGTERM");
    await child.status;
    await reader.cancel();
  },
});
