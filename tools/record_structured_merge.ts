/**
 * Compares src/k1s/smd with structured-merge-diff itself on random sequences, or records what the latter makes of them.
 * Needs Go.
 *
 *     deno run -A tools/record_structured_merge.ts compare SEED COUNT
 *     deno run -A tools/record_structured_merge.ts record SEED COUNT > fixtures/k1s/structured_merge.jsonl
 */
import { firstDifference, type RecordedStep } from "../src/k1s/smd/recorded_sequences.ts";
import { SampleMaker, type SampleSequence } from "../src/k1s/smd/sample_sequences.ts";

async function play(sequences: readonly SampleSequence[]): Promise<RecordedStep[][]> {
  const child = new Deno.Command("go", {
    args: ["run", "."],
    cwd: new URL("./structured_merge", import.meta.url),
    env: { GOFLAGS: "-mod=mod" },
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const output = child.output();
  const writer = child.stdin.getWriter();
  await writer.write(
    new TextEncoder().encode(sequences.map((sequence) => `${JSON.stringify(sequence)}\n`).join("")),
  );
  await writer.close();
  const { stdout, success } = await output;
  if (!success) throw new Error("the Go program failed");
  return new TextDecoder().decode(stdout).trim().split("\n").map((line) => JSON.parse(line));
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

const [mode, seed, count] = Deno.args;
const maker = new SampleMaker(Number(seed));
const sequences = Array.from({ length: Number(count) }, () => maker.sequence());
const recorded = await play(sequences);
if (mode === "record") {
  for (const [at, sequence] of sequences.entries()) say(JSON.stringify({ sequence, steps: recorded[at] }));
} else {
  const differences = sequences.map((sequence, at) => firstDifference(sequence, recorded[at]!)).filter((d) =>
    d
  );
  for (const difference of differences.slice(0, 3)) say(JSON.stringify(difference));
  say(`${sequences.length} sequences, ${recorded.flat().length} steps, ${differences.length} differ`);
}
