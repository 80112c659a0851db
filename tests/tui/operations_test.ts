/** Shells, containers and forwarded ports in the session: keys in, frames out, on programs that the test plays. */
import assert from "node:assert/strict";
import { ManualClock } from "../../src/base/mod.ts";
import type * as operations from "../../src/ops/mod.ts";
import type { CopyFromSpec } from "../../src/ops/mod.ts";
import { openMemory } from "../../src/persist/mod.ts";
import type { FakeEngine } from "../support/fake_engine.ts";
import { podOf, smallCluster } from "../support/fake_kinds.ts";
import { FakeOps } from "../support/fake_ops.ts";
import { Robot, type RobotOptions } from "../support/robot.ts";

/** A pod with two containers that run, and one that does not. */
function cluster(): FakeEngine {
  const engine = smallCluster();
  const running = (name: string) => ({
    name,
    ready: true,
    restartCount: 1,
    state: { running: { startedAt: "2023-11-14T22:00:00Z" } },
  });
  engine.put(podOf("both-0", {
    spec: {
      containers: [
        { name: "main", image: "web:1", ports: [{ name: "http", containerPort: 8080 }] },
        { name: "proxy", image: "proxy:2", stdin: true, tty: true },
        { name: "broken", image: "oops" },
      ],
    },
    status: {
      containerStatuses: [
        running("main"),
        running("proxy"),
        { name: "broken", ready: false, restartCount: 4, state: { waiting: { reason: "ImagePullBackOff" } } },
      ],
    },
  }));
  return engine;
}

async function open(keys: string, options: RobotOptions = {}): Promise<{ robot: Robot; ops: FakeOps }> {
  const ops = new FakeOps();
  const robot = await Robot.start({
    engine: cluster(),
    ops: ops.door,
    rows: 16,
    writeRule: () => Promise.resolve({ write: true, protected: false }),
    ...options,
  });
  await robot.type(keys);
  return { robot, ops };
}

/** Lets xterm's own timer take what was written. */
async function shows(robot: Robot, text: string): Promise<void> {
  for (let turn = 0; turn < 50 && !robot.screen.includes(text); turn++) await robot.settle();
  robot.expect(text);
}

Deno.test("enter on a pod opens its containers, enter there the logs of one", async () => {
  const { robot, ops } = await open("/both<enter><enter>");
  await using _ = robot;
  await robot.until("both-0 containers");
  robot.expect("CONTAINER", "main", "http:8080", "13m", "Waiting: ImagePullBackOff");
  await robot.type("j<enter>").then((r) => r.until("logs both-0 proxy"));
  assert.deepEqual(ops.log.spec.containers, ["proxy"]);
  await robot.type("<esc>d").then((r) => r.until("both-0"));
});

Deno.test("s opens a shell that exists; keys go to it, ctrl-] ends it", async () => {
  const { robot, ops } = await open("/both<enter><enter>", { cols: 130 });
  await using _ = robot;
  await robot.until("both-0 containers");
  ops.missing.add("sh").add("/bin/sh");
  await robot.type("s").then((r) => r.until("shell both-0/main"));
  await robot.settle();
  assert.deepEqual(ops.programs.map(({ spec }) => spec.command?.[0]), ["sh", "/bin/sh", "bash"]);
  assert.deepEqual(ops.program.sizes[0], "77x13");
  ops.program.print("\x1b[1;32mroot@both\x1b[0m:/# ");
  await shows(robot, "root@both:/#");
  robot.expect("CONTAINER", "│");
  await robot.type("ls<enter><ctrl-c>q");
  assert.equal(ops.program.typed, "ls\r\x03q");
  robot.vt.paste("echo a");
  await robot.settle();
  assert.equal(ops.program.typed, "ls\r\x03qecho a");
  robot.vt.resize(110, 20);
  await robot.settle();
  assert.equal(ops.program.sizes.at(-1), "110x17");
  robot.vt.press("ctrl+]");
  await robot.settle();
  robot.expectNot("root@both");
  await robot.until("both-0 containers");
});

Deno.test("what the program ends with is said, and esc leaves", async () => {
  const { robot, ops } = await open("/aaaaa<enter><shift-x>");
  await using _ = robot;
  await robot.until("shell web-7c9-aaaaa/main");
  await robot.settle();
  ops.program.print("$ ");
  await shows(robot, "$");
  ops.program.ends(130);
  await shows(robot, "It ended with code 130. esc leaves");
  await robot.type("<esc>").then((r) => r.until("web-7c9-aaaaa"));
  robot.expectNot("It ended");
});

Deno.test("no shell in the image says so, and what brings one", async () => {
  const { robot, ops } = await open("/aaaaa<enter>");
  await using _ = robot;
  for (const name of ["sh", "/bin/sh", "bash", "ash", "busybox", "powershell", "cmd"]) ops.missing.add(name);
  await robot.type("s").then((r) => r.until("has no shell"));
});

Deno.test("a container that does not run has no shell; of several that do the person picks", async () => {
  const { robot, ops } = await open("/both<enter><enter>");
  await using _ = robot;
  await robot.until("both-0 containers");
  await robot.type("jjs").then((r) => r.expect('Container "broken" does not run: Waiting: ImagePullBackOff'));
  await robot.type("<esc>");
  await robot.type("s").then((r) => r.until("Shell in which container?"));
  await robot.type("j<enter>").then((r) => r.until("shell both-0/proxy"));
  assert.equal(ops.program.spec.container, "proxy");
});

Deno.test("a read-only session opens no shell", async () => {
  const { robot, ops } = await open("/aaaaa<enter>s", {
    writeRule: () => Promise.resolve({ write: false, protected: false }),
  });
  await using _ = robot;
  robot.expect("Shell: this session is read-only");
  assert.equal(ops.programs.length, 0);
});

Deno.test("shift-f offers the pod's ports, and what is wrong with a port", async () => {
  const { robot } = await open("/both<enter><shift-f>");
  await using _ = robot;
  await robot.until("Forward a port of pod/both-0");
  robot.expect("Ports: http:8080", "its port", "8080");
  await robot.type("0").then((r) => r.expect("A port, 1 to 65535, or its name"));
  await robot.type("<esc>");
  await robot.type(":pf<enter>").then((r) => r.until("No ports are forwarded"));
});

Deno.test("a kept forward is there for the next session", async () => {
  const memory = await openMemory({ directory: null, clock: new ManualClock(), warn: assert.fail });
  const profile = {
    title: "service/web",
    spec: {
      namespace: "shop",
      target: { type: "service", name: "web" },
      ports: [{ local: 8080, remote: 80 }],
    },
  };
  memory.prefs.set("forward/https://127.0.0.1:6443 shop service/web 8080:80", JSON.stringify(profile));
  const { robot } = await open(":pf<enter>", { memory: () => Promise.resolve(memory) });
  await using _ = robot;
  await robot.until("service/web");
  robot.expect("8080→80", "saved", "✓");
  await robot.type("$").then((r) => r.expect("$ orka port-forward service/web -n shop 8080:80"));
  await robot.type("<ctrl-d>").then((r) => r.until("No ports are forwarded"));
  assert.deepEqual(memory.prefs.list("forward/"), []);
});

Deno.test("t copies behind the panes, and says what came of it", async () => {
  const fake = new FakeOps();
  const copied: CopyFromSpec[] = [];
  const copyFromPod: typeof operations.copyFromPod = (_client, spec) => {
    copied.push(spec);
    return Promise.resolve({ files: 1, bytes: 6000 });
  };
  const { robot } = await open("/both<enter><enter>", {
    ops: async () => ({ ...await fake.door(), copyFromPod }),
  });
  await using _ = robot;
  await robot.until("both-0 containers");
  await robot.type("jt").then((r) => r.until("Copy files, both-0/proxy"));
  await robot.type("/etc/hosts<enter>here<enter><enter>").then((r) =>
    r.until("Copied 1 file (6,000 bytes) to here")
  );
  assert.deepEqual(copied, [
    {
      namespace: "default",
      pod: "both-0",
      container: "proxy",
      preserve: true,
      from: "/etc/hosts",
      to: "here",
    },
  ]);
});
