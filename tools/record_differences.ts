/**
 * Plays random sequences to the embedded server and a real one and tells where their answers differ.
 *
 *     deno run -A tools/record_differences.ts KUBECONFIG [--from SEED] [--count N] [--shrink] [--keep] [--corpus]
 *
 * `--shrink` takes out of each differing sequence what its first difference does not need; `--keep` adds it to
 * fixtures/k1s/differential.jsonl with the real answers, one for each kind of difference; `--corpus` writes the real
 * answers to all sequences, each up to its first difference, to fixtures/k1s/differential.jsonl.gz.
 */
import { type Difference, differences, told } from "../tests/differential/compare.ts";
import { CASES, CORPUS, readCases, writeCorpus } from "../tests/differential/fixtures.ts";
import { sequenceOf } from "../tests/differential/generate.ts";
import { play } from "../tests/differential/player.ts";
import { shrink } from "../tests/differential/shrink.ts";
import type { Recorded, Step } from "../tests/differential/step.ts";
import { EmbeddedTarget, RealTarget } from "../tests/differential/targets.ts";

const [kubeconfig = ""] = Deno.args;
const flag = (name: string) => Deno.args.includes(`--${name}`);
const number = (name: string, otherwise: number) =>
  flag(name) ? Number(Deno.args[Deno.args.indexOf(`--${name}`) + 1]) : otherwise;

async function ours(steps: readonly Step[]) {
  await using target = await EmbeddedTarget.open();
  return await play(target, steps);
}

/** What two differences have in common when they are one. */
function signature({ step, path, real, ours: mine }: Difference): string {
  const kind = step.path.replace(/\?.*/, "").split("/").filter((part) => !/NS/.test(part)).slice(-2).join(
    "/",
  );
  const brief = (value: unknown) => String(JSON.stringify(value)).replace(/\d+/g, "0").slice(0, 60);
  return [step.method, step.type ?? "", kind, path.replace(/\d+/g, "0"), brief(real), brief(mine)].join(
    " | ",
  );
}

const found = new Map<string, { count: number; seed: number; text: string }>();
const recorded: Recorded[] = [];
const kept: Recorded[] = [];
const [from, count] = [number("from", 1), number("count", 50)];
{
  await using real = await RealTarget.open(kubeconfig);
  const realAnswers = async (steps: readonly Step[]) => {
    const answers = await play(real, steps);
    await real.clean(steps);
    return answers;
  };
  for (let seed = from; seed < from + count; seed++) {
    const sequence = sequenceOf(seed);
    const answers = await realAnswers(sequence.steps);
    const [first] = differences(sequence.steps, answers, await ours(sequence.steps));
    const end = first?.index ?? sequence.steps.length;
    recorded.push({ ...sequence, steps: sequence.steps.slice(0, end), answers: answers.slice(0, end) });
    if (!first) continue;
    const key = signature(first);
    const known = found.get(key);
    if (known) {
      known.count++;
      continue;
    }
    let text = `${told(first)}\n  request ${JSON.stringify(first.step.body ?? null)}`;
    if (flag("shrink")) {
      const shows = async (steps: readonly Step[]) =>
        differences(steps, await realAnswers(steps), await ours(steps)).some((other) =>
          signature(other) === key
        );
      const steps = await shrink(sequence.steps.slice(0, first.index + 1), shows);
      const short = { name: sequence.name, steps, answers: await realAnswers(steps) };
      kept.push(short);
      text = `${steps.map((step) => JSON.stringify(step)).join("\n")}\n${text}`;
    }
    found.set(key, { count: 1, seed, text });
  }
}
const requests = recorded.reduce((sum, { steps }) => sum + steps.length, 0);
for (const { count: times, seed, text } of [...found.values()].sort((a, b) => a.count - b.count)) {
  await Deno.stdout.write(
    new TextEncoder().encode(`== ${times} times, first seed ${seed}\n${text}\n` + "\n"),
  );
}
await Deno.stdout.write(
  new TextEncoder().encode(
    `${recorded.length} sequences, ${requests} requests, ${found.size} kinds of difference` + "\n",
  ),
);
if (flag("corpus")) await writeCorpus(CORPUS, recorded);
if (flag("keep")) {
  const all = [...await readCases(CASES), ...kept];
  await Deno.writeTextFile(CASES, all.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
}
