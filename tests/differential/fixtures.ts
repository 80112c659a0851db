/** Kept sequences with the real server's answers: shrunk ones as text, the corpus compressed. */
import type { Recorded } from "./step.ts";

export const CASES = new URL("../../fixtures/k1s/differential.jsonl", import.meta.url);
export const CORPUS = new URL("../../fixtures/k1s/differential.jsonl.gz", import.meta.url);

export async function readCases(url: URL): Promise<Recorded[]> {
  try {
    return lines(await Deno.readTextFile(url));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

export async function readCorpus(url: URL): Promise<Recorded[]> {
  const stream = new Blob([await Deno.readFile(url)]).stream().pipeThrough(new DecompressionStream("gzip"));
  return lines(await new Response(stream).text());
}

export async function writeCorpus(url: URL, recorded: readonly Recorded[]): Promise<void> {
  const text = recorded.map((entry) => `${JSON.stringify(entry)}\n`).join("");
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  await Deno.writeFile(url, new Uint8Array(await new Response(stream).arrayBuffer()));
}

function lines(text: string): Recorded[] {
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}
