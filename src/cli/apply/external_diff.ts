/** `KUBECTL_EXTERNAL_DIFF`: another program compares two directories of YAML files. */
import { OrkaError } from "../../base/mod.ts";
import type { CliIo } from "../io.ts";
import { type Difference, fileName, yamlOf } from "./diff_texts.ts";

/** Arguments that the variable may hold, as kubectl takes them; others are left out. */
const ARGUMENT = /^[a-zA-Z0-9-=]+$/;

/** The program and its arguments; null where the variable names none. */
export function externalDiff(value: string | undefined): readonly [string, ...string[]] | null {
  const [program, ...args] = (value ?? "").split(" ");
  return program ? [program, ...args.filter((arg) => ARGUMENT.test(arg))] : null;
}

/** Runs it on two directories; its exit code. Its output is passed on. Throws OrkaError `io` when it can't be run. */
export async function runExternalDiff(
  io: CliIo,
  [program, ...args]: readonly [string, ...string[]],
  differences: readonly Difference[],
): Promise<number> {
  const root = await Deno.makeTempDir({ prefix: "orka-diff-" });
  try {
    const directories = { LIVE: `${root}/LIVE`, MERGED: `${root}/MERGED` };
    for (const path of Object.values(directories)) await Deno.mkdir(path, { mode: 0o700 });
    for (const each of differences) {
      const { before, after } = each;
      // a file that is missing on one side is what -N of diff makes empty
      if (before !== null) await write(`${directories.LIVE}/${fileName(each)}`, yamlOf(before));
      if (after !== null) await write(`${directories.MERGED}/${fileName(each)}`, yamlOf(after));
    }
    return await passOn(io, { program, args: [...args, directories.LIVE, directories.MERGED] });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function write(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(path, text, { mode: 0o600 });
}

async function passOn(
  io: CliIo,
  { program, args }: { readonly program: string; readonly args: readonly string[] },
): Promise<number> {
  try {
    const command = new Deno.Command(program, {
      args: [...args],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      signal: io.signal,
    });
    const { code, stdout, stderr } = await command.output();
    await io.stdout.write(stdout);
    await io.stderr.write(stderr);
    return code;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new OrkaError("io", `KUBECTL_EXTERNAL_DIFF: there is no program "${program}"`, { cause: error });
  }
}
