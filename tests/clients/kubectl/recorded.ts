/** What a real server answered to the kubectl commands: fixtures/k1s/kubectl.json.gz, written by record.ts. */
import type { Outcome } from "./session.ts";

const FILE = new URL("../../../fixtures/k1s/kubectl.json.gz", import.meta.url);

/** By group's name. */
export type Recorded = Readonly<Record<string, readonly Outcome[]>>;

export async function readRecorded(): Promise<Recorded> {
  const file = await Deno.open(FILE);
  return await new Response(file.readable.pipeThrough(new DecompressionStream("gzip"))).json();
}

export async function writeRecorded(recorded: Recorded): Promise<void> {
  const text = new Blob([JSON.stringify(recorded, null, 1)]);
  const zipped = text.stream().pipeThrough(new CompressionStream("gzip"));
  await Deno.writeFile(FILE, zipped);
}
