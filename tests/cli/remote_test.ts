/** The verbs that reach into pods, on the embedded server: arguments, refusals, containers, ports. */
import assert from "node:assert/strict";
import { type Embedded, openEmbedded } from "../support/embedded.ts";
import { cliOnEmbedded } from "./harness.ts";

/** A pod of two containers that runs, a pod that has ended, and a Service of the first. */
async function withPods(use: (cluster: Embedded) => Promise<void>): Promise<void> {
  await using cluster = await openEmbedded();
  const containers = ["app", "side"].map((name) => ({
    name,
    image: `${name}:1`,
    ports: [{ name, containerPort: 80 }],
  }));
  const pod = (name: string, phase: string) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels: { app: name } },
    spec: { containers, initContainers: [{ name: "prepare", image: "p" }], nodeName: "n" },
    status: { phase, conditions: [{ type: "Ready", status: "True" }] },
  });
  for (const [name, phase] of [["web-0", "Running"], ["done-0", "Succeeded"]] as const) {
    await cluster.create(pod(name, phase));
    await cluster.client.json(`/api/v1/namespaces/default/pods/${name}/status`, {
      method: "PUT",
      body: JSON.stringify(pod(name, phase)),
      headers: { "content-type": "application/json" },
    });
  }
  await use(cluster);
}

const WRONG: readonly (readonly [string, RegExp])[] = [
  ["exec", /pod, type\/name or --filename must be specified/],
  ["exec pod/ --write -- ls", /"pod\/" names no object/],
  ["exec web-0 --pod-running-timeout=soon --write -- ls", /invalid argument "soon"/],
  ["attach", /exactly one POD/],
  ["attach a b --write", /exactly one POD/],
  ["cp web-0:/x --write", /exactly two paths/],
  ["cp a b --write", /must be a local file specification/],
  ["cp web-0:/a web-0:/b --write", /must be a local file specification/],
  ["cp web-0: /tmp/x --write", /filepath can not be empty/],
  ["cp :/a /tmp/x --write", /expected \[\[NAMESPACE\/\]POD:\]PATH/],
  ["cp a/b/c:/a /tmp/x --write", /expected \[\[NAMESPACE\/\]POD:\]PATH/],
  ["cp web-0:/a /tmp/x --retries=many --write", /invalid argument "many" for "--retries"/],
  ["debug", /POD or node\/NAME is expected/],
  ["debug web-0", /must specify --image or --copy-to/],
  ["debug web-0 --image=b --replace", /--replace may only be used with --copy-to/],
  ["debug web-0 --image=b --copy-to=c --target=app", /--target is incompatible with --copy-to/],
  ["debug node/n --image=b --target=app", /are for pods/],
  ["debug web-0 --copy-to=c --set-image=b", /CONTAINER=IMAGE/],
  ["debug web-0 --image=b --env=NAME", /NAME=VALUE/],
  ["debug web-0 --image=b --profile=root", /root/],
  ["port-forward web-0", /list of ports are required/],
  ...["0", "65536", "1:2:3", "80:", "x:80", "-1", "UPPER"].map((port) =>
    [`port-forward web-0 ${port === "-1" ? "a:-1" : port}`, /invalid port format/] as const
  ),
];

Deno.test("what is said wrongly is a matter of usage, and nothing is asked or done", () =>
  withPods(async (cluster) => {
    const asked: string[] = [];
    const orka = cliOnEmbedded(cluster, {
      fault: ({ method, url }) => {
        if (method !== "GET" || /\/(exec|attach|portforward)\b/.test(url)) asked.push(`${method} ${url}`);
        return null;
      },
    });
    for (const [line, said] of WRONG) (await orka(...line.split(" "))).stdout("").stderr(said).code(2);
    assert.deepEqual(asked, []);
  }));

Deno.test("without --write nothing is run in a container: exit code 3, and what to add", () =>
  withPods(async (cluster) => {
    const orka = cliOnEmbedded(cluster);
    for (
      const line of [
        "exec web-0 -- ls",
        "exec -it web-0",
        "attach web-0",
        "cp web-0:/a /tmp/never",
        "cp /etc/hostname web-0:/a",
      ]
    ) {
      (await orka(...line.split(" "))).stdout("").stderr(/was not done[^]*--write/).code(3);
    }
    const debug = await orka("debug", "web-0", "--image=busybox:1", "-c", "tools");
    debug.stdout(/\+.*image: busybox:1/).stderr(/--write/).code(3);
    const pod = await cluster.client.json("/api/v1/namespaces/default/pods/web-0") as {
      readonly spec: { readonly ephemeralContainers?: unknown };
    };
    assert.equal(pod.spec.ephemeralContainers, undefined);
    (await orka("debug", "web-0", "--image=busybox:1", "-c", "tools", "--dry-run=server")).code(0);
  }));

Deno.test("a container that the pod doesn't have: those that it has are named", () =>
  withPods(async (cluster) => {
    const orka = cliOnEmbedded(cluster);
    const said = /container nope is not valid for pod web-0 out of: app, side, prepare \(init\)/;
    for (const line of ["exec web-0 -- ls", "attach web-0", "cp web-0:/a /tmp/never"]) {
      (await orka("--write", "-c", "nope", ...line.split(" "))).stdout("").stderr(said).code(1);
    }
    (await orka("debug", "web-0", "--image=b", "--target=nope", "--write"))
      .stderr(/container nope is not in pod web-0[^]*app, side/).code(1);
  }));

Deno.test("a pod that is missing or has ended runs nothing more", () =>
  withPods(async (cluster) => {
    const orka = cliOnEmbedded(cluster);
    (await orka("--write", "exec", "web-9", "--", "ls")).stderr(/pods "web-9" not found/).code(1);
    (await orka("--write", "exec", "done-0", "--", "ls"))
      .stderr(/cannot exec into a container in a completed pod; current phase is Succeeded/).code(1);
    (await orka("port-forward", "done-0", ":80"))
      .stderr(/unable to forward port because pod is not running. Current status=Succeeded/).code(1);
    (await orka("port-forward", "web-0", ":nope")).stderr(/nope/).code(1);
  }));

Deno.test("a local port that is taken is an error, and so is the next port's on the same line", () =>
  withPods(async (cluster) => {
    using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = taken.addr;
    const orka = cliOnEmbedded(cluster);
    for (const ports of [[`${port}:80`], [":80", `${port}:80`]]) {
      (await orka("port-forward", "web-0", ...ports)).stdout("")
        .stderr(new RegExp(`unable to listen on 127\\.0\\.0\\.1:${port}: the port is in use[^]*LOCAL:REMOTE`))
        .code(1);
    }
  }));

Deno.test("debug brings a container into a pod that is there; none of those goes or changes", () =>
  withPods(async (cluster) => {
    const orka = cliOnEmbedded(cluster);
    for (const name of ["one", "two"]) {
      (await orka("debug", "web-0", "--image=busybox:1", "-c", name, "--write")).code(0);
    }
    const path = "/api/v1/namespaces/default/pods/web-0";
    const patch = (body: object, type: string, part = "/ephemeralcontainers") =>
      cluster.client.json(path + part, {
        method: "PATCH",
        body: JSON.stringify(body),
        headers: { "content-type": `application/${type}` },
      });
    const at = "/spec/ephemeralContainers/0";
    await assert.rejects(patch([{ op: "remove", path: at }], "json-patch+json"), /"two" may not be removed/);
    const changed = [{ op: "replace", path: `${at}/image`, value: "x" }];
    await assert.rejects(patch(changed, "json-patch+json"), /"two" may not be changed/);
    const more = { spec: { ephemeralContainers: [{ name: "three", image: "x" }] } };
    await assert.rejects(patch(more, "strategic-merge-patch+json", ""), /pod updates may not change/);
    const other = { metadata: { labels: { not: "taken" } }, spec: { activeDeadlineSeconds: 5 } };
    const pod = await patch(other, "merge-patch+json") as {
      readonly metadata: { readonly labels: object; readonly generation: number };
      readonly spec: { readonly ephemeralContainers: readonly { readonly name: string }[] };
    };
    assert.deepEqual(pod.spec.ephemeralContainers.map(({ name }) => name), ["two", "one"]);
    assert.deepEqual(pod.metadata.labels, { app: "web-0" });
    assert.equal("activeDeadlineSeconds" in pod.spec, false);
    assert.equal(pod.metadata.generation, 3);
  }));
