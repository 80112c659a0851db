import assert from "node:assert/strict";
import { ManualClock } from "../../src/base/mod.ts";
import type { Embedded } from "../support/embedded.ts";
import { LogCluster } from "../support/log_cluster.ts";
import { cliOnEmbedded, type CliOptions, settled } from "./harness.ts";

const START = Date.UTC(2026, 7, 1, 10);

async function withCluster(
  use: (
    cluster: LogCluster,
    orka: (options?: CliOptions) => ReturnType<typeof cliOnEmbedded>,
  ) => Promise<void>,
): Promise<void> {
  const clock = new ManualClock(START + 60_000);
  await using cluster = await LogCluster.open({ clock });
  const { server, client } = cluster;
  await use(cluster, (options = {}) => cliOnEmbedded({ server, client } as Embedded, { clock, ...options }));
}

/** `text` at so many ms after START. */
const at = (ms: number, text: string | Uint8Array) => ({ ms: START + ms, text });

async function withWeb(use: Parameters<typeof withCluster>[0]): Promise<void> {
  await withCluster(async (cluster, orka) => {
    for (const [name, offset] of [["web-1", 0], ["web-2", 5]] as const) {
      await cluster.run(name, { labels: { app: "web" } });
      cluster.log(name).add(
        at(offset, '{"level":"info","msg":"up","n":1}'),
        at(offset + 10, 'level=error msg="it broke" n=2'),
        at(offset + 20, `plain ${name}`),
      );
    }
    await use(cluster, orka);
  });
}

Deno.test("logs of a pod: whole, its tail, its newest, a part, with times", () =>
  withWeb(async (_, cli) => {
    const orka = cli();
    const whole = '{"level":"info","msg":"up","n":1}\nlevel=error msg="it broke" n=2\nplain web-1\n';
    (await orka("logs", "web-1")).stdout(whole).stderr("").code(0);
    (await orka("logs", "pod/web-1")).stdout(whole).code(0);
    (await orka("ops", "logs", "web-1")).stdout(whole).code(0);
    (await orka("logs", "web-1", "main", "--tail=1")).stdout("plain web-1\n");
    (await orka("logs", "web-1", "--tail", "-1")).stdout(whole);
    (await orka("logs", "web-1", "--limit-bytes=5")).stdout('{"lev');
    (await orka("logs", "web-1", "--since-time=2026-08-01T10:00:01Z")).stdout("");
    (await orka("logs", "web-1", "--timestamps", "--tail=1")).stdout("2026-08-01T10:00:00.02Z plain web-1\n");
    (await orka("logs", "web-1", "--prefix", "--tail=1")).stdout("[pod/web-1/main] plain web-1\n");
  }));

Deno.test("lines of several pods come in the order of their times", () =>
  withWeb(async (cluster, cli) => {
    (await cli()("logs", "-l", "app=web", "--prefix")).code(0).stdout([
      '[pod/web-1/main] {"level":"info","msg":"up","n":1}',
      '[pod/web-2/main] {"level":"info","msg":"up","n":1}',
      '[pod/web-1/main] level=error msg="it broke" n=2',
      '[pod/web-2/main] level=error msg="it broke" n=2',
      "[pod/web-1/main] plain web-1",
      "[pod/web-2/main] plain web-2",
      "",
    ].join("\n"));
    (await cli()("logs", "-l", "app=web", "--tail=1")).stdout("plain web-1\nplain web-2\n");
    cluster.log("web-1").add(...Array.from({ length: 20 }, (_, n) => at(100 + n, `${n}`)));
    assert.equal((await cli()("logs", "-l", "app=web")).out.split("\n").length, 10 + 3 + 1);
    assert.equal((await cli()("logs", "-l", "app=web", "--tail=-1")).out.split("\n").length, 23 + 3 + 1);
    (await cli()("logs", "-l", "app=none")).stdout("").stderr("No resources found in default namespace.\n")
      .code(0);
  }));

Deno.test("a container that no pod of a selection has is an error that names those that there are", () =>
  withWeb(async (cluster, cli) => {
    const orka = (...args: string[]) => cli()("logs", ...args);
    const NONE = /^error: container nope is not valid for pod web-1\nIt has: main\.\n$/;
    for (const more of [[], ["-f"]]) {
      (await orka("-l", "app=web", "-c", "nope", ...more)).stdout("").stderr(NONE).code(1);
      (await orka("-l", "app=web", "-c", "main,nope", ...more)).stderr(NONE).code(1);
    }
    await cluster.run("web-3", { labels: { app: "web" }, containers: ["main", "side"] });
    cluster.log("web-3", { container: "side" }).add(at(1, "only here"));
    (await orka("-l", "app=web", "-c", "side")).stdout("only here\n").code(0);
  }));

Deno.test("a query finds pods; a word that is near a name is proposed", () =>
  withWeb(async (_, cli) => {
    const clock = new ManualClock(START + 60_000);
    const orka = (...args: string[]) => settled(clock, cli({ clock })("logs", ...args));
    (await orka("l:app=web", "--tail=1")).stdout(
      "[pod/web-1/main] plain web-1\n[pod/web-2/main] plain web-2\n",
    ).code(0);
    (await orka("ns:nowhere web")).stderr(/no pod matches/).code(1);
    (await cli()("logs", "web")).stderr(/pods "web" not found[^]*Did you mean "web-1" or "web-2"/).code(1);
  }));

Deno.test("lines are filtered by text, level and field, and shown by field", () =>
  withWeb(async (_, cli) => {
    const orka = (...args: string[]) => cli()("logs", "web-1", ...args);
    (await orka("--where", "level>=error")).stdout('level=error msg="it broke" n=2\n');
    (await orka("--include", "plain", "--include", "up")).stdout(/up.*\nplain web-1\n/);
    (await orka("--exclude", "web|level")).stdout("");
    (await orka("--fields", "level,msg")).stdout("info up\nerror it broke\nplain web-1\n");
    (await orka("--where", "level")).stderr(/^error: --where, column 6: .*\n {2}level\n {7}\^\n/).code(2);
    (await orka("--include", "(")).stderr(/no regular expression/).code(2);
  }));

Deno.test("JSON for programs, whole and line by line", () =>
  withWeb(async (_, cli) => {
    const lines = (await cli()("logs", "web-1", "-o", "ndjson")).out.trimEnd().split("\n").map((text) =>
      JSON.parse(text)
    );
    assert.deepEqual(lines[1], {
      time: "2026-08-01T10:00:00.01Z",
      namespace: "default",
      pod: "web-1",
      container: "main",
      level: "error",
      text: 'level=error msg="it broke" n=2',
      fields: { level: "error", msg: "it broke", n: "2" },
    });
    assert.deepEqual(JSON.parse((await cli()("logs", "web-1", "--json")).out), lines);
    assert.deepEqual(
      JSON.parse((await cli()("logs", "web-1", "-o", "json", "--include", "nothing")).out),
      [],
    );
    (await cli()("logs", "web-1", "-o", "yaml")).stderr(/allowed formats/).code(2);
  }));

const HOSTILE = new Uint8Array([27, 91, 50, 74, 120, 255, 27, 93, 48, 59, 121, 7, 9, 122]);

Deno.test("escapes and broken text never reach a terminal, but a pipe and -o raw as they are", () =>
  withCluster(async (cluster, cli) => {
    await cluster.run("web-1");
    cluster.log("web-1").add(at(0, HOSTILE), at(1, "\x1b[31mred\x1b[0m WARN x"));
    const onTerminal = cli({ terminal: true, env: { NO_COLOR: "1" } });
    (await onTerminal("logs", "web-1")).stdout("␛[2Jx�␛]0;y␇\tz\nred WARN x\n");
    (await cli({ terminal: true })("logs", "web-1", "--tail=1")).stdout("\x1b[33mred WARN x\x1b[0m\n");
    (await cli({ terminal: true })("logs", "web-1", "--tail=1", "--no-color")).stdout("red WARN x\n");
    for (const orka of [cli(), cli({ terminal: true })]) {
      const { out } = await orka("logs", "web-1", "-o", "raw", "--tail=2");
      assert.equal(out, new TextDecoder().decode(HOSTILE) + "\n\x1b[31mred\x1b[0m WARN x\n");
    }
    assert.equal((await cli()("logs", "web-1", "--tail=1")).out, "\x1b[31mred\x1b[0m WARN x\n");
  }));

Deno.test("on a terminal pods, levels, times and what is to stand out have their looks", () =>
  withWeb(async (_, cli) => {
    const orka = cli({ terminal: true });
    const { out } = await orka("logs", "-l", "app=web", "--tail=2", "--highlight", "br.ke", "--timestamps");
    const [error, , plain] = out.split("\n");
    // deno-lint-ignore no-control-regex
    const prefix = /^\x1b\[(\d+)m\[pod\/web-1\/main\]\x1b\[0m \x1b\[2m2026-08-01T10:00:00\.0\dZ \x1b\[0m/;
    assert.match(error!, prefix);
    assert.ok(error!.endsWith('\x1b[31mlevel=error msg="it \x1b[1;7mbroke\x1b[0m\x1b[31m" n=2\x1b[0m'));
    assert.match(plain!, /plain web-1$/);
    assert.equal(prefix.exec(plain!)?.[1], prefix.exec(error!)?.[1], "a pod keeps its colour");
  }));

Deno.test("containers: the default one is said, others are named, unknown ones listed", () =>
  withCluster(async (cluster, cli) => {
    await cluster.run("web-1", { containers: ["main", "side"] });
    cluster.log("web-1").add(at(0, "a"));
    cluster.log("web-1", { container: "side" }).add(at(1, "b"));
    const orka = cli();
    (await orka("logs", "web-1")).stdout("a\n").stderr('Defaulted container "main" out of: main, side\n');
    (await orka("logs", "web-1", "-c", "side")).stdout("b\n").stderr("");
    (await orka("logs", "web-1", "--all-containers", "--prefix")).stdout(
      "[pod/web-1/main] a\n[pod/web-1/side] b\n",
    );
    (await orka("logs", "web-1", "-c", "sid")).stderr(/not valid for pod web-1[^]*"side"[^]*main, side/).code(
      1,
    );
    (await orka("logs", "web-1", "-c", "side", "--all-containers")).code(2);
  }));

Deno.test("a pod that does not run says why; the instance before is another log", () =>
  withCluster(async (cluster, cli) => {
    const orka = cli();
    await cluster.create("web-1");
    await cluster.set("web-1", { state: { waiting: { reason: "ContainerCreating" } }, phase: "Pending" });
    for (const more of [[], ["-f"]]) {
      (await orka("logs", "web-1", ...more)).stderr(/is waiting to start: ContainerCreating/).code(1);
    }
    (await orka("logs", "web-1", "-p")).stderr(
      /previous terminated container "main" in pod "web-1" not found/,
    ).code(1);
    cluster.log("web-1").add(at(0, "dying"));
    cluster.log("web-1", { restarts: 1 }).add(at(9, "reborn"));
    await cluster.restart("web-1", { restarts: 1 });
    (await orka("logs", "web-1")).stdout("reborn\n");
    (await orka("logs", "web-1", "-p")).stdout("dying\n");
  }));

Deno.test("one bad container ends the rest, unless errors are to be ignored", () =>
  withWeb(async (cluster, cli) => {
    await cluster.create("web-3", { labels: { app: "web" } });
    (await cli()("logs", "-l", "app=web", "--tail=1")).code(1);
    (await cli()("logs", "-l", "app=web", "--tail=1", "--ignore-errors")).code(0)
      .stdout("plain web-1\nplain web-2\n").stderr(/error: web-3\/main failed: .*waiting to start/);
  }));

Deno.test("what kubectl refuses is refused in its words", async () => {
  await withWeb(async (_, cli) => {
    const table: readonly (readonly [string[], RegExp])[] = [
      [[], /expected 'logs POD'/],
      [["web-1", "-l", "a=b"], /only a selector \(-l\) or a POD name is allowed/],
      [
        ["web-1", "--since=5s", "--since-time=2026-08-01T10:00:00Z"],
        /only one of --since-time \/ --since may be used/,
      ],
      [["web-1", "--tail=-2"], /--tail must be greater than or equal to -1/],
      [["web-1", "--tail=x"], /invalid argument "x" for "--tail"/],
      [["web-1", "--since=x"], /invalid argument "x" for "--since"/],
      [["web-1", "--limit-bytes=-1"], /--limit-bytes must be greater than 0/],
      [["web-1", "-p", "-f"], /only one of follow/],
      [
        ["-l", "app=web", "-f", "--max-log-requests=1"],
        /attempting to follow 2 log streams.*concurrency is 1/,
      ],
    ];
    for (const [args, words] of table) (await cli()("logs", ...args)).stderr(words).code(2);
  });
});

Deno.test("a followed pod prints lines as they come, stitches a restart and ends with the pod", () =>
  withCluster(async (cluster, cli) => {
    await cluster.run("web-1");
    cluster.log("web-1").add(at(0, "one"));
    let text = "";
    const seen = (what: string) =>
      new Promise<void>((resolve) => {
        const look = () => text.includes(what) ? resolve() : setTimeout(look, 1);
        look();
      });
    const run = cli({ onStdout: (more) => text += more })("logs", "web-1", "-f");
    await seen("one\n");
    cluster.log("web-1").add(at(5, "two"));
    await seen("two\n");
    cluster.log("web-1", { restarts: 1 }).add(at(9, "three"));
    cluster.log("web-1").end();
    await cluster.restart("web-1", { restarts: 1, exitCode: 137 });
    await seen("three\n");
    cluster.log("web-1", { restarts: 1 }).end();
    await cluster.set("web-1", { state: { terminated: { exitCode: 0 } }, restarts: 1, phase: "Succeeded" });
    (await run).code(0).stdout("one\ntwo\n--- web-1/main restarted: exit code 137 (Error) ---\nthree\n");
  }));

Deno.test("Ctrl-C ends a follower with 130", () =>
  withCluster(async (cluster, cli) => {
    await cluster.run("web-1");
    cluster.log("web-1").add(at(0, "one"));
    const interrupt = new AbortController();
    const onStdout = () => interrupt.abort(new DOMException("interrupted", "AbortError"));
    (await cli({ onStdout, signal: interrupt.signal })("logs", "web-1", "-f")).code(130).stdout("one\n");
  }));
