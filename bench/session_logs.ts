/**
 * A log followed in the session, as a person has it: the real program in a real pty of 200x50, a pod that writes 5,000
 * and then 20,000 lines a second. How many lines came, what they cost, and how smooth it is: the time between frames,
 * and from the writing of a line to the frame that shows it. `deno run -A bench/session_logs.ts [RATE…]`.
 */
import { PtyProgram } from "../tests/support/pty_program.ts";
import { childServer } from "./child_server.ts";
import { cpuMs, memory } from "./process_meter.ts";
import { programForms } from "./program.ts";
import { type Line, mb, ms, percentile, print, table } from "./report.ts";

const RATES = Deno.args.length > 0 ? Deno.args.map(Number) : [5_000, 20_000];
const WARM_MS = 3_000;
const MEASURED_MS = 15_000;
/** Writes that follow each other sooner belong to one frame: a pty hands on a few kilobytes at a time. */
const ONE_FRAME_MS = 4;
/** Where smooth ends, ms: 25 frames a second. */
const SMOOTH_MS = 40;

const { bundle } = await programForms();
for (const rate of RATES) await follow(rate);

interface Seen {
  /** The number of the newest line on the screen. */
  readonly seq: number;
  /** When it was written, Unix ms. */
  readonly ms: number;
}

async function follow(rate: number): Promise<void> {
  await using server = await childServer("log_server.ts", rate);
  const [program, ...args] = [...bundle, "-n", "default", "--server", `http://127.0.0.1:${server.port}`];
  await using session = new PtyProgram(program!, args, {
    cols: 200,
    rows: 50,
    env: { KUBECONFIG: "/dev/null" },
  });
  session.keepRaw = false;
  await session.shows(/big +1\/1 +Running/);
  session.write("l");
  await session.shows('"seq":');
  await new Promise((resolve) => setTimeout(resolve, WARM_MS));
  const [startMs, startCpu, first] = [performance.now(), cpuMs(session.pid), newest(session)!];
  const gaps: number[] = [];
  const ages: number[] = [];
  let lastMs = startMs;
  let last = first;
  await session.until(
    () => {
      const seen = newest(session);
      const now = performance.now();
      if (seen !== null && seen.seq !== last.seq && now - lastMs > ONE_FRAME_MS) {
        gaps.push(now - lastMs);
        ages.push(Date.now() - seen.ms);
        [lastMs, last] = [now, seen];
      }
      return now - startMs > MEASURED_MS;
    },
    "the end",
    { timeoutMs: 2 * MEASURED_MS },
  );
  const elapsedMs = performance.now() - startMs;
  const cpu = cpuMs(session.pid) - startCpu;
  const came = (last.seq - first.seq) * 1000 / elapsedMs;
  print(
    table(`session: a log of ${rate} lines a second followed for ${MEASURED_MS / 1000} s, bundled, 200x50`, [
      { what: "lines shown a second", value: came.toFixed(0), target: String(rate) },
      {
        what: "CPU, whole program",
        value: `${(cpu / elapsedMs * 100).toFixed(0)} % of a core`,
        target: "50 %",
      },
      { what: "frames a second", value: (gaps.length * 1000 / elapsedMs).toFixed(0) },
      spread("from frame to frame", gaps, `p95 ${SMOOTH_MS} ms`),
      spread("from a line's writing to its frame", ages),
      { what: "memory", value: mb(memory(session.pid)!.now) },
    ]),
  );
  session.write("\x03");
  await session.ends();
}

function spread(what: string, values: readonly number[], target?: string): Line {
  const [p50, p95, p99] = [50, 95, 99].map((p) => ms(percentile(values, p)));
  return { what, value: `p50 ${p50}, p95 ${p95}, p99 ${p99}`, ...(target === undefined ? {} : { target }) };
}

/** The last line of the log on the screen; null while a frame is half there. */
function newest({ screen }: PtyProgram): Seen | null {
  const line = screen.lines().findLast((text) => text.includes('"seq":')) ?? "";
  const found = /"seq":(\d+),"ms":(\d{13})/.exec(line);
  return found ? { seq: Number(found[1]), ms: Number(found[2]) } : null;
}
