/** `--append-hash`: a suffix that changes with the data, as kubectl and kustomize make it. */
import { jsonText } from "../../kube/mod.ts";

/** Letters for the hex digits that could make words or be misread. */
const LETTERS: Readonly<Record<string, string>> = { "0": "g", "1": "h", "3": "k", "a": "m", "e": "t" };

/** Ten characters of the SHA-256 of Go's JSON of what the hash is about. */
export async function hashSuffix(content: object): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(jsonText(content)));
  const hex = new Uint8Array(digest).toHex().slice(0, 10);
  return hex.replace(/[013ae]/g, (digit) => LETTERS[digit]!);
}
