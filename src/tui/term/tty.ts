/** The parts of a terminal that Deno alone doesn't give: keys that can be left unread, and job control. */

/** Reads keys only between `resume` and `pause`. */
export interface Keyboard {
  resume(): void;
  pause(): void;
  close(): void;
}

export interface KeyboardEvents {
  readonly onData: (bytes: Uint8Array) => void;
  /** The terminal is gone. */
  readonly onEnd: () => void;
}

/** Costs some 25 ms the first time: `node:process` is not on the way to the first frame. */
export async function loadKeyboard({ onData, onEnd }: KeyboardEvents): Promise<Keyboard> {
  const { default: process } = await import("node:process");
  const { stdin } = process;
  const encoder = new TextEncoder();
  const onBytes = (chunk: Uint8Array | string) =>
    onData(typeof chunk === "string" ? encoder.encode(chunk) : chunk);
  stdin.on("data", onBytes);
  stdin.on("end", onEnd);
  stdin.on("error", onEnd);
  stdin.pause();
  return {
    resume() {
      stdin.setRawMode(true);
      stdin.resume();
    },
    pause() {
      stdin.pause();
    },
    close() {
      stdin.off("data", onBytes);
      stdin.off("end", onEnd);
      stdin.pause();
    },
  };
}

/**
 * True when no shell could continue us: we lead our own session (a terminal opened straight on the program).
 * Only Linux can tell cheaply; elsewhere a stop is trusted to have a shell behind it.
 */
export async function isOrphaned(): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  try {
    const [group, session] = groupAndSession(await Deno.readTextFile("/proc/self/stat"));
    return group === session;
  } catch {
    return false;
  }
}

/** Fields 5 and 6 of /proc/PID/stat (proc(5)); the name in field 2 may hold anything, so count from its end. */
export function groupAndSession(stat: string): [group: number, session: number] {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return [Number(fields[2]), Number(fields[3])];
}
