/** A program run to its end: its time, its CPU and how much it printed. Linux only. */

export interface CpuMeasured {
  readonly code: number;
  readonly ms: number;
  /** To the first bytes on stdout. */
  readonly firstMs: number;
  /** User and system, all threads. */
  readonly cpuMs: number;
  readonly bytes: number;
  readonly stderr: string;
}

/** Clock ticks a second in /proc/PID/stat: USER_HZ. */
const TICKS_PER_SECOND = 100;

/** This process's CPU time of children that it has waited for, ms. */
function childrenMs(): number {
  const stat = Deno.readTextFileSync("/proc/self/stat");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[13]) + Number(fields[14])) * 1000 / TICKS_PER_SECOND;
}

/** One at a time: the CPU of every child that ends meanwhile is counted. */
export async function cpuOf(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<CpuMeasured> {
  const [started, before] = [performance.now(), childrenMs()];
  const child = new Deno.Command(command, {
    args: [...args],
    env: { ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stderr = new Response(child.stderr).text();
  let [bytes, firstMs] = [0, NaN];
  for await (const chunk of child.stdout) {
    if (bytes === 0) firstMs = performance.now() - started;
    bytes += chunk.length;
  }
  const { code } = await child.status;
  const ms = performance.now() - started;
  return { code, ms, firstMs, cpuMs: childrenMs() - before, bytes, stderr: await stderr };
}
