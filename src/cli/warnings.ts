import type { Client } from "../client/mod.ts";
import { type CliIo, note, safeLines } from "./io.ts";
import { wrapClient } from "./wrapped_client.ts";

/**
 * A client that passes the server's warnings (deprecated versions, for one) on to stderr, each once, as kubectl does.
 * https://kubernetes.io/blog/2020/09/03/warnings/
 */
export function withWarnings(client: Client, io: CliIo): Client {
  const told = new Set<string>();
  return wrapClient(client, async (path, options) => {
    const response = await client.request(path, options);
    for (const text of warningTexts(response.headers.get("warning") ?? "")) {
      if (told.has(text)) continue;
      told.add(text);
      await note(io, `Warning: ${safeLines(text)}`);
    }
    return response;
  });
}

/** The texts of `299 - "one", 299 - "two"`. */
export function warningTexts(header: string): string[] {
  return [...header.matchAll(/\b299 \S+ "((?:[^"\\]|\\.)*)"/g)].map((match) =>
    match[1]!.replace(/\\(.)/g, "$1")
  );
}
