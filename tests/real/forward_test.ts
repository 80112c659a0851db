/** Ports of real pods: many connections, the next pod, broken connections. */
import assert from "node:assert/strict";
import { connect } from "../../src/client/mod.ts";
import { type Forward, type ForwardEvent, startForward } from "../../src/ops/mod.ts";
import { CutProxy } from "../support/cut_proxy.ts";
import { nodeTest } from "../support/real_cluster.ts";
import { runPod } from "../support/real_pod.ts";

/**
 * A page by a connection of its own. `ends`: the client ends its direction first; containerd then gives the answer a second
 * to come (https://github.com/containerd/containerd, its port forwarding), which a thousand at once need more than.
 */
async function page({ ports }: Forward, { ends = true } = {}): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: ports[0]!.local });
  await connection.write(new TextEncoder().encode("GET / HTTP/1.0\r\n\r\n"));
  if (ends) await connection.closeWrite();
  let text = "";
  const buffer = new Uint8Array(4096);
  for (;;) {
    const length = await connection.read(buffer);
    if (length === null) return text.split("\r\n\r\n")[1]?.trim() ?? text;
    text += new TextDecoder().decode(buffer.subarray(0, length));
  }
}

/** The events, and a wait for one. */
function listener() {
  const events: ForwardEvent[] = [];
  let wake = () => {};
  return {
    events,
    onEvent(event: ForwardEvent) {
      events.push(event);
      wake();
    },
    async until(has: (events: readonly ForwardEvent[]) => boolean): Promise<void> {
      while (!has(events)) await new Promise<void>((resolve) => wake = resolve);
    },
  };
}

const types = (events: readonly ForwardEvent[]) =>
  events.map(({ type }) => type).filter((type) => type !== "connection");

nodeTest("forward: 1,000 requests at once are all answered", async (cluster) => {
  await using scratch = await cluster.scratch("ops-forward");
  await runPod(cluster, "box", { namespace: scratch.name });
  const client = await connect({ kubeconfig: cluster.kubeconfig });
  const heard = listener();
  const target = { type: "pod", name: "box" } as const;
  using forward = await startForward(client, {
    namespace: scratch.name,
    target,
    ports: [{ local: 0, remote: "http" }],
  }, heard);
  // The pod's small server forks for each: on a busy machine it drops some, and they are asked again.
  const answered = async () => {
    let text = "";
    for (let tries = 0; tries < 5 && text === ""; tries++) text = await page(forward, { ends: false });
    return text;
  };
  const pages = await Promise.all(Array.from({ length: 1_000 }, answered));
  assert.deepEqual([...new Set(pages)], ["box"]);
  forward.close();
  await forward.done;
  assert.deepEqual(types(heard.events).filter((type) => type !== "error"), ["ready", "closed"]);
  client.close();
});

nodeTest(
  "forward: a service's next pod takes over, and a cut connection is made anew",
  async (cluster) => {
    await using scratch = await cluster.scratch("ops-forward");
    const namespace = scratch.name;
    const labels = { app: "web" };
    await Promise.all(["one", "two"].map((name) => runPod(cluster, name, { namespace, labels })));
    const spec = { selector: labels, ports: [{ port: 80, targetPort: "http" }] };
    await cluster.create({ apiVersion: "v1", kind: "Service", metadata: { name: "web", namespace }, spec });
    const direct = new URL((await connect({ kubeconfig: cluster.kubeconfig })).target.server);
    await using proxy = new CutProxy({ hostname: direct.hostname, port: Number(direct.port) });
    const client = await connect({
      kubeconfig: cluster.kubeconfig,
      server: `https://127.0.0.1:${proxy.port}`,
    });
    const heard = listener();
    const target = { type: "service", name: "web" } as const;
    using forward = await startForward(
      client,
      { namespace, target, ports: [{ local: 0, remote: 80 }] },
      heard,
    );
    const first = forward.pod;
    assert.equal(await page(forward), first);
    await cluster.kubectlOk(["-n", namespace, "delete", "pod", first, "--wait=false"]);
    await heard.until((events) => types(events).length >= 3);
    assert.deepEqual(types(heard.events), ["ready", "reconnecting", "ready"]);
    assert.notEqual(forward.pod, first);
    assert.equal(await page(forward), forward.pod);
    proxy.cut();
    await heard.until((events) => types(events).length >= 5);
    assert.equal(await page(forward), forward.pod);
    forward.close();
    await forward.done;
    client.close();
  },
);

nodeTest("forward: kubectl's lines, and refusals that say what to do", async (cluster) => {
  await using scratch = await cluster.scratch("ops-forward");
  const namespace = scratch.name;
  await runPod(cluster, "box", { namespace });
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const run = (...args: string[]) => cluster.orka(["-n", namespace, "port-forward", ...args]);
  for (
    const [args, code, said] of [
      [["box", `${taken.addr.port}:8080`], 1, /the port is in use/],
      [["box", ":nope"], 1, /does not have a named port 'nope'\n.*http/],
      [["box", "99999"], 2, /invalid port format/],
      [["gone", "80"], 1, /pods "gone" not found/],
      [["box"], 2, /list of ports are required/],
    ] as const
  ) {
    const out = await run(...args);
    assert.deepEqual([out.code, said.test(out.stderr)], [code, true], `${args.join(" ")}: ${out.stderr}`);
  }
});
