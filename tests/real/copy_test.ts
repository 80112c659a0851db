/** Files into real containers and out of them. */
import assert from "node:assert/strict";
import { connect, WriteGate } from "../../src/client/mod.ts";
import { copyFromPod } from "../../src/ops/mod.ts";
import { CutProxy } from "../support/cut_proxy.ts";
import { nodeTest } from "../support/real_cluster.ts";
import { runPod } from "../support/real_pod.ts";

async function sha256(path: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

nodeTest("cp: 50 MB are the same after both ways, also when the way back breaks off", async (cluster) => {
  await using scratch = await cluster.scratch("ops-copy");
  const namespace = scratch.name;
  await runPod(cluster, "box", { namespace });
  const dir = await Deno.makeTempDir();
  using _dir = { [Symbol.dispose]: () => Deno.removeSync(dir, { recursive: true }) };
  const bytes = new Uint8Array(50_000_000);
  for (let at = 0; at < bytes.length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  await Deno.writeFile(`${dir}/big`, bytes);
  const hash = await sha256(`${dir}/big`);
  const copy = (...args: string[]) => cluster.orka(["-n", namespace, "--write", "cp", "-c", "main", ...args]);
  assert.equal((await copy(`${dir}/big`, "box:/tmp/there")).code, 0);
  const remote = await cluster.kubectlOk([
    "-n",
    namespace,
    "exec",
    "box",
    "-c",
    "main",
    "--",
    "sha256sum",
    "/tmp/there",
  ]);
  assert.equal(remote.split(" ")[0], hash);
  assert.equal((await copy("box:/tmp/there", `${dir}/back`)).code, 0);
  assert.equal(await sha256(`${dir}/back`), hash);

  const target = new URL(
    (await cluster.kubectlOk(["config", "view", "-o", "jsonpath={.clusters[0].cluster.server}"])).trim(),
  );
  await using proxy = new CutProxy({ hostname: target.hostname, port: Number(target.port) });
  const client = await connect(
    { kubeconfig: cluster.kubeconfig, server: `https://127.0.0.1:${proxy.port}` },
    {
      writes: new WriteGate({ isOpen: true }),
    },
  );
  proxy.cutAfterBytes = 20_000_000;
  const warnings: string[] = [];
  const place = { namespace, pod: "box", container: "main", from: "/tmp/there", to: `${dir}/resumed` };
  await copyFromPod(client, { ...place, retries: 2 }, { onWarning: (line) => warnings.push(line) });
  assert.equal(await sha256(`${dir}/resumed`), hash);
  assert.equal(warnings.length, 1, warnings.join("\n"));
  client.close();
});

nodeTest("cp: what is missing is said, with exit code 1", async (cluster) => {
  await using scratch = await cluster.scratch("ops-copy");
  const namespace = scratch.name;
  await runPod(cluster, "box", { namespace });
  const copy = (...args: string[]) => cluster.orka(["-n", namespace, "--write", "cp", "-c", "main", ...args]);
  for (
    const [args, said] of [
      [["box:/no/such", "/tmp/x"], /No such file/],
      [["/no/such", "box:/tmp"], /doesn't exist in local filesystem/],
      [["/etc/hostname", "box:/no/such/dir/file"], /no directory/],
    ] as const
  ) {
    const { code, stderr } = await copy(...args);
    assert.deepEqual([code, said.test(stderr)], [1, true], stderr);
  }
});
