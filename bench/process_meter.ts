/** A process measured from outside through /proc: Linux only. */
import { run, type RunOptions } from "../tests/support/real_cluster.ts";

/** Kernel ticks a second in /proc/PID/stat: USER_HZ, 100 on every Linux that Deno runs on. */
const TICKS_PER_SECOND = 100;

/** Resident bytes of a process with all its threads, now and at its highest. */
export function memory(pid: number): { readonly now: number; readonly peak: number } | null {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    const kilobytes = (field: string) =>
      Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0);
    return { now: kilobytes("VmRSS") * 1024, peak: kilobytes("VmHWM") * 1024 };
  } catch {
    return null; // it has ended
  }
}

/** CPU time that a process has used so far, user and system, all threads; ms, in steps of 10. */
export function cpuMs(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 1000 / TICKS_PER_SECOND;
}

export interface Measured {
  readonly code: number;
  readonly ms: number;
  /** Ms to the first bytes on stdout. */
  readonly firstMs: number;
  readonly peakBytes: number;
  readonly stdoutBytes: number;
  readonly lines: number;
  readonly stderr: string;
}

/** Runs a program to its end; reads and drops its output as a pipe's reader would. */
export async function measure(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Measured> {
  const started = performance.now();
  const child = new Deno.Command(command, {
    args: [...args],
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  })
    .spawn();
  let peakBytes = 0;
  // The high-water mark only grows, so the last look before the end is the answer.
  const poll = setInterval(() => peakBytes = Math.max(peakBytes, memory(child.pid)?.peak ?? 0), 4);
  const stderr = new Response(child.stderr).text();
  let stdoutBytes = 0, lines = 0, firstMs = NaN;
  for await (const chunk of child.stdout) {
    if (stdoutBytes === 0) firstMs = performance.now() - started;
    stdoutBytes += chunk.length;
    for (const byte of chunk) if (byte === 10) lines++;
  }
  const { code } = await child.status;
  const ms = performance.now() - started;
  clearInterval(poll);
  return { code, ms, firstMs, peakBytes, stdoutBytes, lines, stderr: await stderr };
}

/** `measure`, `times` over, each program in turn so that a noisy moment hits all of them; the runs by name. */
export async function compare<Name extends string>(
  programs: Readonly<Record<Name, readonly string[]>>,
  times: number,
  env: Readonly<Record<string, string>> = {},
): Promise<Record<Name, Measured[]>> {
  const runs = {} as Record<Name, Measured[]>;
  const names = Object.keys(programs) as Name[];
  for (const name of names) runs[name] = [];
  for (let i = 0; i < times; i++) {
    for (const name of names) {
      const [command, ...args] = programs[name];
      const measured = await measure(command!, args, env);
      if (measured.code !== 0) throw new Error(`${name} ended with ${measured.code}: ${measured.stderr}`);
      runs[name].push(measured);
    }
  }
  return runs;
}

/** Runs to the end; fails on a code other than 0. */
export async function must(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, options);
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}: ${stderr}`);
  return stdout;
}
