/** Frames of operations as people see them; see golden_test.ts. */
import { ManualClock } from "../../src/base/mod.ts";
import { openMemory } from "../../src/persist/mod.ts";
import { FakeOps } from "../support/fake_ops.ts";
import { compareFrame } from "../support/golden_frame.ts";
import { logLine, sourceOf } from "../support/log_lines.ts";
import { Robot, type RobotOptions } from "../support/robot.ts";

const WRITES = () => Promise.resolve({ write: true, protected: false });
const SECOND = 1_000_000_000;

/** Two pods that talk, one of them in JSON, and what happened in between. */
function talk(ops: FakeOps): void {
  const stamp = (at: number) => `2023-11-14T22:13:${String(20 + at).padStart(2, "0")}.${String(SECOND / 4)}Z`;
  const [web, db] = ["web-7c9-aaaaa", "web-7c9-bbbbb"];
  ops.log.write(
    logLine('{"level":"info","msg":"listening","port":8080}', { pod: web, stamp: stamp(0) }),
    logLine("2023/11/14 22:13:21 [warn] cache is cold", { pod: db, stamp: stamp(1) }),
    logLine('{"level":"error","msg":"no answer from cart","ms":2000,"user":"bob"}', {
      pod: web,
      stamp: stamp(2),
    }),
    { type: "mark", kind: "restarted", source: sourceOf(web), ms: 0, text: "exit code 1 (Error)" },
    logLine("\x1b[31mred\x1b[0m and a bell \x07", { pod: db, stamp: stamp(3) }),
    { type: "mark", kind: "dropped", source: sourceOf(db), ms: 0, text: "nobody read them", count: 1200 },
    logLine(
      'level=debug msg="a long line that goes on and on" path=/api/v1/things user=eve agent=probe/1.29',
      {
        pod: db,
        stamp: stamp(4),
      },
    ),
  );
}

interface Scene {
  readonly name: string;
  readonly keys: string;
  /** What is done once the keys are pressed. */
  readonly then?: (robot: Robot, ops: FakeOps) => Promise<unknown> | void;
  readonly more?: string;
  readonly options?: RobotOptions;
}

async function profile() {
  const memory = await openMemory({ directory: null, clock: new ManualClock(), warn: () => {} });
  const spec = {
    namespace: "shop",
    target: { type: "service", name: "web" },
    ports: [{ local: 8080, remote: 80 }],
  };
  memory.prefs.set("forward/https://127.0.0.1:6443 web", JSON.stringify({ title: "service/web", spec }));
  return memory;
}

const SCENES: readonly Scene[] = [
  { name: "logs", keys: "/web-7<enter>  l", then: (_, ops) => talk(ops) },
  { name: "logs-columns", keys: "/web-7<enter>  l", then: (_, ops) => talk(ops), more: "t<shift-j>m" },
  { name: "logs-filter", keys: "/web-7<enter>  l", then: (_, ops) => talk(ops), more: "&level>=warn" },
  {
    name: "logs-wrap-40x10",
    keys: "/web-7<enter>  l",
    then: (_, ops) => talk(ops),
    more: "w",
    options: { cols: 40, rows: 10 },
  },
  { name: "containers", keys: "/web-7<enter><enter>" },
  {
    name: "shell-beside",
    keys: "/web-7<enter><shift-x>",
    then: async (robot, ops) => {
      await robot.settle();
      ops.program.print("\x1b[1;32mroot@web\x1b[0m:/# ls\r\nbin  dev  etc\r\n\x1b[1;32mroot@web\x1b[0m:/# ");
      for (let turn = 0; turn < 50 && !robot.screen.includes("etc"); turn++) await robot.settle();
    },
    options: { cols: 140, writeRule: WRITES },
  },
  { name: "forward", keys: ":svc<enter><shift-f>" },
  { name: "forwards", keys: ":pf<enter>", options: { memory: profile } },
];

for (const { name, keys, then, more, options } of SCENES) {
  Deno.test(`frame: ${name}`, async () => {
    const ops = new FakeOps();
    await using robot = await Robot.start({ ops: ops.door, rows: 18, ...options });
    await robot.type(keys);
    await robot.wait(5);
    await then?.(robot, ops);
    await robot.wait(300);
    if (more !== undefined) await robot.type(more);
    await compareFrame(name, robot);
  });
}
