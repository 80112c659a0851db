/**
 * Examples in a page that are run: in every `console` block a line that begins with `$ orka` is a command, and what
 * follows is what it prints on stdout. ` # exit 3` after a command is its exit code, which is 0 otherwise.
 */
import type { Cli } from "../cli/harness.ts";

const BLOCK = /```console\n([^]*?)```/g;
const EXIT = / +# exit (\d+)$/;

/** The page with its examples' output as it is now. */
export async function withRunExamples(page: string, orka: Cli): Promise<string> {
  let text = "";
  let from = 0;
  for (const match of page.matchAll(BLOCK)) {
    text += page.slice(from, match.index) + "```console\n" + await runBlock(match[1]!, orka) + "```";
    from = match.index + match[0].length;
  }
  return text + page.slice(from);
}

async function runBlock(block: string, orka: Cli): Promise<string> {
  let text = "";
  for (const line of block.split("\n").filter((line) => line.startsWith("$ orka "))) {
    const command = line.replace(EXIT, "");
    const { out, err, exitCode } = await orka(...argumentsOf(command.slice("$ orka ".length)));
    if (exitCode === 70) throw new Error(`${command}: ${err}`);
    text += `${command}${exitCode === 0 ? "" : ` # exit ${exitCode}`}\n${out.replace(/ +$/gm, "")}`;
  }
  return text;
}

/** As a shell splits them; single quotes alone are known. */
function argumentsOf(line: string): string[] {
  return [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ""));
}
