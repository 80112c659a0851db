/** A server of a benchmark in a process of its own, so that its work and its garbage are counted nowhere else. */

export interface ChildServer extends AsyncDisposable {
  /** On 127.0.0.1. */
  readonly port: number;
}

/** Runs a file beside this one, which prints its port. */
export async function childServer(name: string, count: number): Promise<ChildServer> {
  const file = decodeURIComponent(new URL(`./${name}`, import.meta.url).pathname);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", file, String(count)],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  if (value === undefined) throw new Error(`${name} ended before it served`);
  return {
    port: Number(new TextDecoder().decode(value).trim()),
    async [Symbol.asyncDispose]() {
      child.kill();
      await reader.cancel();
      await child.status;
    },
  };
}
