/** Changes from the session on the real cluster, in a real pty with a real editor program. */
import assert from "node:assert/strict";
import { fromSource, PtyProgram } from "../support/pty_program.ts";
import { clusterTest, type RealCluster } from "../support/real_cluster.ts";

interface OpenOptions {
  readonly cluster: RealCluster;
  readonly args: readonly string[];
  readonly state: string;
  readonly editor?: string;
}

function open({ cluster, args, state, editor = "true" }: OpenOptions): PtyProgram {
  const { command, args: all } = fromSource(args);
  const env = { KUBECONFIG: cluster.kubeconfig, ORKA_STATE_DIR: state, ORKA_EDITOR: editor };
  return new PtyProgram(command, all, { cols: 140, rows: 36, env });
}

async function quits(session: PtyProgram): Promise<void> {
  session.write(":q\r");
  assert.equal((await session.ends()).code, 0);
}

function configMap(namespace: string): object {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "flags", namespace },
    data: { mode: "slow", size: "1" },
  };
}

clusterTest(
  "search, edit in a program, review, apply, history, undo, and another session remembers",
  async (cluster) => {
    await using scratch = await cluster.scratch("sessionchange");
    const state = await Deno.makeTempDir();
    const mode = () =>
      cluster.kubectlOk(["-n", scratch.name, "get", "configmap", "flags", "-o", "jsonpath={.data.mode}"]);
    await cluster.create(configMap(scratch.name));
    {
      const args = ["-n", scratch.name, "--write"];
      await using session = open({ cluster, args, state, editor: "sed -i s/slow/fast/" });
      await session.shows("WRITE");
      session.write(`:search k:configmap ns:${scratch.name} flags\r`);
      await session.shows(/ConfigMap +sessionchange\S* +flags/);
      session.write("\r");
      await session.shows(/configmaps .*\n.*NAME/);
      await session.shows(/flags +2/);
      session.write("e");
      // it was made by kubectl: the field is its own, until it is taken over
      await session.shows(/\.data\.mode +is set by kubectl/);
      session.write("t");
      await session.shows("Apply the edit of configmaps/flags?");
      await session.shows("mode: fast");
      assert.equal(await mode(), "slow", "nothing is sent before a yes");
      session.write("y");
      await session.shows("configmaps/flags edited");
      assert.equal(await mode(), "fast");
      await quits(session);
    }
    await using session = open({ cluster, args: ["-n", scratch.name, "--write"], state });
    await session.shows("WRITE");
    session.write(":history\r");
    await session.shows(/edit .*ConfigMap sessionchange\S*\/flags +data\.mode: "?slow"? -> "?fast"?/);
    session.write("\r");
    await session.shows("mode: slow");
    session.press("escape");
    await session.until(() => !session.screen.text().includes("mode: slow"), "the list again");
    session.write("u");
    await session.shows("would change");
    session.write("y");
    await session.shows("edit (undone)");
    assert.equal(await mode(), "slow");
    await quits(session);
    await Deno.remove(state, { recursive: true });
  },
);

clusterTest(
  "who may not delete is told which right is missing, and the key does nothing",
  async (cluster) => {
    await using scratch = await cluster.scratch("sessionchange");
    const state = await Deno.makeTempDir();
    await cluster.create(configMap(scratch.name));
    const args = ["-n", scratch.name, "--write", "--context", "viewer"];
    await using session = open({ cluster, args, state });
    await session.shows("WRITE");
    session.write(":configmaps\r");
    await session.shows(/flags +2/);
    session.write("/flags\r");
    const refused = /Delete: \S+ may not delete configmaps in sessionchange/;
    for (let left = 40; left > 0 && !refused.test(session.screen.text()); left--) {
      // the first press may come before the review's answer: the dialog says then what the server says
      session.press("ctrl+d");
      await new Promise((resolve) => setTimeout(resolve, 250));
      if (/Cancel \(n\)/.test(session.screen.text())) session.write("n");
    }
    await session.shows(refused);
    await quits(session);
    await Deno.remove(state, { recursive: true });
  },
);
