/**
 * The session on 20,000 pods, as a person has it: the real program in a real pty of 200x50, its screen read by a
 * terminal's own engine. First rows, all rows, memory, an idle while, keystrokes in a filter, and those with 50
 * changes a second. Times run from the start of the process, or from the key, to the last byte of the frame.
 */
import { PtyProgram } from "../tests/support/pty_program.ts";
import type { RealCluster } from "../tests/support/real_cluster.ts";
import { type Api, benchCluster, churn, connect, count, ensureLoad, plainList } from "./cluster_load.ts";
import { cpuMs, memory } from "./process_meter.ts";
import { programForms } from "./program.ts";
import { type Line, mb, median, ms, percentile, print, table } from "./report.ts";

const TIMES = 3;
const IDLE_MS = 10_000;
/** A frame is over when nothing was written for so long; far above the 16 ms between frames. */
const QUIET_MS = 60;
const CHANGES_PER_SECOND = 50;
/** Long enough for some hundred changes. */
const BUSY_ROUNDS = 4;
/** Typed letter by letter, then erased: 46 keystrokes over names, nodes and statuses. */
const PATTERNS = ["app-123", "7d9c5b8f6d-0a", "running", "0f9", "load-42", "app-1.*9c"];
/** Measured once on this cluster and this kind of machine; neither can run here. */
const PEERS = "k9s 9.6 s, sofka 2.8 s (noted)";

/** What each prefix ends in, learnt in the first, quiet pass: under changes a frame is never followed by quiet. */
const settledState = new Map<string, string>();

const cluster = await benchCluster();
using api = await connect(cluster);
await ensureLoad(cluster, api);
const pods = await count(api, "/api/v1/pods");
const forms = await programForms();

await starts();
await steady();

function open(cluster: RealCluster, command: readonly string[]): PtyProgram {
  const [program, ...args] = [...command, "-A"];
  const session = new PtyProgram(program!, args, {
    cols: 200,
    rows: 50,
    env: { KUBECONFIG: cluster.kubeconfig },
  });
  session.keepRaw = false;
  return session;
}

/** Rows of pods on the screen. */
function rowsShown(session: PtyProgram): number {
  return session.screen.lines().filter((line) => /\bapp-\d+-7d9c5b8f6d-\w+/.test(line)).length;
}

/** The whole collection is in when the count stands without its end: `20,000`, no more `12,500/20,000`. */
function allLoaded(session: PtyProgram): boolean {
  const text = session.screen.text();
  const whole = String(pods).replace(/\B(?=(\d{3})+$)/g, ",?");
  return new RegExp(`\\b${whole}\\b`).test(text) && !new RegExp(`\\d/${whole}\\b`).test(text);
}

interface Samples {
  readonly frame: number[];
  readonly first: number[];
  readonly all: number[];
}

/** One session from its start until everything is in. */
async function start(command: readonly string[], into: Samples): Promise<void> {
  await using session = open(cluster, command);
  const sinceStart = () => session.lastWriteMs - session.startedMs;
  into.frame.push(await session.until(() => session.bytes > 200 && sinceStart(), "a frame"));
  into.first.push(await session.until(() => rowsShown(session) > 0 && sinceStart(), "rows"));
  into.all.push(
    await session.until(() => allLoaded(session) && sinceStart(), "all rows", { timeoutMs: 60_000 }),
  );
}

async function starts(): Promise<void> {
  const kinds: Record<string, readonly string[]> = {
    bundled: forms.bundle,
    "from source": forms.source,
    ...(forms.compiled ? { compiled: forms.compiled } : {}),
  };
  const share = await plainList(
    api,
    "/api/v1/pods",
    "application/json;as=Table;v=v1;g=meta.k8s.io,application/json",
  );
  const samples = new Map(
    Object.keys(kinds).map((name) => [name, { frame: [], first: [], all: [] } as Samples]),
  );
  // One of each in turn, so that a noisy moment hits all forms.
  for (let i = 0; i < TIMES; i++) {
    for (const [name, command] of Object.entries(kinds)) await start(command, samples.get(name)!);
  }
  const lines = [...samples].flatMap(([name, { frame, first, all }]): Line[] => [
    { what: `first frame, ${name}`, value: ms(median(frame)) },
    {
      what: `first rows, ${name}`,
      value: ms(median(first)),
      target: "0.30 s",
      peer: PEERS,
      ratio: median(first) / 2800,
    },
    {
      what: `all rows, ${name}`,
      value: ms(median(all)),
      target: "2.00 s",
      peer: `API server alone ${ms(share.ms)}`,
      ratio: median(all) / share.ms,
    },
  ]);
  print(table(`session: ${pods} pods from the start of the process, median of ${TIMES}`, lines));
}

async function steady(): Promise<void> {
  await using session = open(cluster, forms.bundle);
  await session.until(() => allLoaded(session), "all rows", { timeoutMs: 60_000 });
  await quiet(session, 2_000);
  const loaded = memory(session.pid)!;
  const idle = await idleCost(session);
  const still = await keystrokes(session);
  const busy = await whileChanging(api, () => repeatedly(BUSY_ROUNDS, () => keystrokes(session)));
  const after = memory(session.pid)!;
  print(table(`session: ${pods} pods, bundled, 200x50`, [
    {
      what: "memory, all loaded",
      value: mb(loaded.now),
      target: "150 MB",
      peer: "sofka 512 MB (noted)",
      ratio: loaded.now / 512e6,
    },
    {
      what: "memory, peak of loading",
      value: mb(loaded.peak),
      peer: "k9s 1,364 MB (noted)",
      ratio: loaded.peak / 1364e6,
    },
    { what: "memory, after filtering and changes", value: mb(after.now) },
    {
      what: "idle CPU",
      value: `${(idle.cpuMs / IDLE_MS * 100).toFixed(1)} % of a core`,
      target: "0",
      peer: "k9s 45 % (noted)",
    },
    { what: "idle bytes written", value: `${idle.bytes} in ${IDLE_MS / 1000} s`, target: "0" },
    keystrokeLine("keystroke to frame", still),
    keystrokeLine(`the same with ${CHANGES_PER_SECOND} changes a second`, busy.result),
    { what: "changes made meanwhile", value: `${busy.made}` },
  ]));
}

function keystrokeLine(what: string, samples: readonly number[]): Line {
  const [p50, p95] = [percentile(samples, 50), percentile(samples, 95)];
  return { what, value: `p50 ${ms(p50)}, p95 ${ms(p95)} of ${samples.length}`, target: "p95 16 ms" };
}

/** CPU and bytes of ten seconds in which nobody does anything. */
async function idleCost(session: PtyProgram): Promise<{ cpuMs: number; bytes: number }> {
  const [cpu, bytes] = [cpuMs(session.pid), session.bytes];
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  return { cpuMs: cpuMs(session.pid) - cpu, bytes: session.bytes - bytes };
}

/** Resolves when the program has written nothing for `forMs`. */
async function quiet(session: PtyProgram, forMs: number): Promise<void> {
  for (;;) {
    const left = session.lastWriteMs + forMs - performance.now();
    if (left <= 0) return;
    await new Promise((resolve) => setTimeout(resolve, left));
  }
}

/** What the screen says of a filter: its text and how many rows match, e.g. `app-12 1100`; "" while it says neither. */
function filterState(session: PtyProgram): string {
  const match = /^ \/ +(.*?) +([\d,]+) of [\d,]+ *$/m.exec(session.screen.text());
  return match ? `${match[1]} ${match[2]}` : "";
}

/** Types every pattern into a filter; ms from each key to the last byte of its frame. */
async function keystrokes(session: PtyProgram): Promise<number[]> {
  const samples: number[] = [];
  for (const pattern of PATTERNS) {
    session.write("/");
    await quiet(session, QUIET_MS);
    for (let length = 1; length <= pattern.length; length++) {
      const prefix = pattern.slice(0, length);
      const known = settledState.get(prefix);
      const pressed = performance.now();
      session.write(prefix.at(-1)!);
      if (known === undefined) {
        await session.until(() => session.lastWriteMs > pressed, `a frame for "${prefix}"`);
        await quiet(session, QUIET_MS);
        if (filterState(session) === "") {
          throw new Error(`no count of matches on the screen:\n${session.screen.text()}`);
        }
        settledState.set(prefix, filterState(session));
      } else {
        await session.until(
          () => session.lastWriteMs > pressed && filterState(session) === known,
          `matches of "${prefix}"`,
        );
      }
      samples.push(session.lastWriteMs - pressed);
    }
    session.write("\x1b");
    await session.until(() => rowsShown(session) > 40, "the rows back");
    await new Promise((resolve) => setTimeout(resolve, 4 * QUIET_MS));
  }
  return samples;
}

async function repeatedly<T>(times: number, work: () => Promise<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for (let i = 0; i < times; i++) all.push(...await work());
  return all;
}

async function whileChanging<T>(api: Api, work: () => Promise<T>): Promise<{ result: T; made: number }> {
  const stop = new AbortController();
  const changing = churn(api, CHANGES_PER_SECOND, stop.signal);
  try {
    const result = await work();
    stop.abort();
    return { result, made: await changing };
  } finally {
    stop.abort();
    await changing;
  }
}
