/** Plays groups of kubectl commands to a server, and makes outputs of two servers comparable. */
import { run } from "../../support/real_cluster.ts";
import type { CommandGroup } from "./commands.ts";
import { FILES } from "./files.ts";

/** How a command ended, normalised. */
export interface Outcome {
  readonly line: string;
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface KubectlTarget {
  readonly kubectl: string;
  readonly kubeconfig: string;
}

/** Past it a command is killed and the test fails. */
const COMMAND_LIMIT_MS = 60_000;
/** What every run's namespace is called in the outcomes: as long as the real ones, so that columns stay as wide. */
const PLAIN_NAMESPACE = "kubectl-00000";

/** Plays a group in a fresh namespace, which goes at the end. */
export async function play(target: KubectlTarget, group: CommandGroup): Promise<Outcome[]> {
  const namespace = `kubectl-${crypto.randomUUID().slice(0, 5)}`;
  const directory = await Deno.makeTempDir({ prefix: "orka-kubectl-" });
  const player = new Player(target, namespace, directory);
  try {
    await player.prepare();
    return await player.play(group.lines);
  } finally {
    for (const line of group.cleanup ?? []) await player.run(line).catch(() => {});
    await player.run("delete ns {ns} --wait=false");
    await Deno.remove(directory, { recursive: true });
  }
}

interface Beside {
  readonly at: number;
  readonly child: Deno.ChildProcess;
  readonly output: Promise<Deno.CommandOutput>;
}

class Player {
  readonly #target: KubectlTarget;
  readonly #namespace: string;
  readonly #directory: string;

  constructor(target: KubectlTarget, namespace: string, directory: string) {
    this.#target = target;
    this.#namespace = namespace;
    this.#directory = directory;
  }

  async prepare(): Promise<void> {
    for (const [name, text] of Object.entries(FILES)) {
      await Deno.writeTextFile(`${this.#directory}/${name}`, this.#fill(text));
    }
    for (const line of ["create ns {ns}", "wait --for=create sa/default cm/kube-root-ca.crt --timeout=30s"]) {
      const { code, stderr } = await this.run(line);
      if (code !== 0) throw new Error(`kubectl ${line}: ${stderr}`);
    }
  }

  async play(lines: readonly string[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    const beside: Beside[] = [];
    for (const line of lines) {
      const at = outcomes.length;
      const outcome = line.startsWith("&") ? null : await this.run(line.replace(/^~/, ""));
      if (!outcome) beside.push(await this.#start(line, at));
      outcomes.push({ line, ...comparable(line, outcome ?? { code: 0, stdout: "", stderr: "" }) });
    }
    for (const each of beside) outcomes[each.at] = await this.#end(each, lines[each.at]!);
    return outcomes;
  }

  async run(line: string): Promise<Omit<Outcome, "line">> {
    const { args, env, input } = this.#command(line);
    const stdin = input === undefined ? undefined : await Deno.readTextFile(`${this.#directory}/${input}`);
    const options = { cwd: this.#directory, env, timeoutMs: COMMAND_LIMIT_MS };
    const ran = await run(this.#target.kubectl, args, {
      ...options,
      ...(stdin === undefined ? {} : { stdin }),
    });
    return this.#outcome(ran.code, ran.stdout, ran.stderr);
  }

  async #start(line: string, at: number): Promise<Beside> {
    const { args, env } = this.#command(line.slice(1));
    const options = { args, env, cwd: this.#directory, stdout: "piped", stderr: "piped" } as const;
    const child = new Deno.Command(this.#target.kubectl, { ...options, stdin: "null" }).spawn();
    const output = child.output();
    // a watch that has not begun would miss what the next line does
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    return { at, child, output };
  }

  async #end({ child, output }: Beside, line: string): Promise<Outcome> {
    // what is on its way arrives before the interrupt
    const timer = setTimeout(() => child.kill("SIGINT"), 1_000);
    const { code, stdout, stderr } = await output.finally(() => clearTimeout(timer));
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { line, ...this.#outcome(code, text(stdout), text(stderr)) };
  }

  #command(line: string): { args: string[]; env: Record<string, string>; input: string | undefined } {
    const [typed = "", input] = line.split(/ < (?=\S+$)/);
    const words = shellWords(this.#fill(typed));
    const env: Record<string, string> = { HOME: this.#directory, TZ: "UTC" };
    while (/^[A-Z_]+=/.test(words[0] ?? "")) {
      const [name = "", ...value] = words.shift()!.split("=");
      env[name] = value.join("=");
    }
    const { kubeconfig } = this.#target;
    return { args: ["--kubeconfig", kubeconfig, "--namespace", this.#namespace, ...words], env, input };
  }

  #fill(text: string): string {
    return text.replaceAll("{ns}", this.#namespace);
  }

  #outcome(code: number, stdout: string, stderr: string): Omit<Outcome, "line"> {
    const plain = (text: string) =>
      normalise(text.replaceAll(this.#namespace, PLAIN_NAMESPACE).replaceAll(this.#directory, "DIR"));
    return { code, stdout: plain(stdout), stderr: plain(stderr) };
  }
}

/** An outcome without what is not compared. */
function comparable(line: string, outcome: Omit<Outcome, "line">): Omit<Outcome, "line"> {
  return line.startsWith("~") ? { code: outcome.code, stdout: "", stderr: "" } : outcome;
}

/** Words of a line, with single and double quotes and backslashes as in a shell. */
export function shellWords(line: string): string[] {
  const words = line.match(/(?:'[^']*'|"[^"]*"|\\.|[^\s'"\\])+/g) ?? [];
  return words.map((word) =>
    word.replace(
      /'([^']*)'|"([^"]*)"|\\(.)/g,
      (_, single, double, escaped) => single ?? double ?? escaped ?? "",
    )
  );
}

/** What differs between two servers, or two runs, by nature: [pattern, what stands for it]. */
const ACCIDENTS: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "UID"],
  [/\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, "TIME"],
  [/\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} 20\d\d \d\d:\d\d:\d\d [+-]\d{4}/g, "TIME"],
  [/(resourceVersion\\*"?: ?\\*"?)\d+/g, "$1RV"],
  [/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----\\?n?/g, "CERTIFICATE"],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, "TOKEN"],
  [/\b10\.\d+\.\d+\.\d+\b/g, "IP"],
  [/127\.0\.0\.1:\d+/g, "SERVER"],
  [/\b3[012]\d{3}\b/g, "NODEPORT"],
  [/\/tmp\/(LIVE|MERGED)-\d+/g, "/tmp/$1"],
  [/(^| )(<invalid>|(\d+[smhdy])+|<unknown>)(?=$| |\))/gm, "$1AGE"],
  [/^(---|\+\+\+)(.*)\t.*$/gm, "$1$2"],
  [/ {2,}/g, "  "],
  [/ +$/gm, ""],
  [/\b(made-|kube-api-access-)\w{5}\b/g, "$1XXXXX"],
  [/(Resource Version: +)\d+/g, "$1RV"],
  [/(kubectl-edit-)\d+/g, "$1N"],
  [/^([IWE])\d{4} \S+ +\d+ (\w+\.go):\d+\]/gm, "$1 $2]"],
];

function normalise(text: string): string {
  return ACCIDENTS.reduce((plain, [pattern, by]) => plain.replace(pattern, by), text);
}

/** One text for each way in which two outcomes of a command differ that is not listed; none when they agree. */
export function differences(
  expected: Outcome,
  actual: Outcome,
  known: ReadonlyMap<string, string>,
): string[] {
  if (known.has(expected.line)) return [];
  const found: string[] = [];
  if (expected.code !== actual.code) found.push(`exit code ${actual.code}, not ${expected.code}`);
  for (const name of ["stdout", "stderr"] as const) {
    if (expected[name] !== actual[name]) {
      found.push(`${name}\n--- expected\n${expected[name]}\n--- actual\n${actual[name]}`);
    }
  }
  return found.map((text) => `kubectl ${expected.line}: ${text}`);
}
