import { OrkaError } from "../base/mod.ts";
import type { Client, RequestOptions } from "../client/mod.ts";
import { parseJson } from "../kube/mod.ts";

/** The same client with `request` in place of its own; `json` goes through it too. */
export function wrapClient(
  client: Client,
  request: (path: string, options?: RequestOptions) => Promise<Response>,
): Client {
  return {
    target: client.target,
    request,
    json: async (path, options) => parseBody(await request(path, options), { path, signal: options?.signal }),
    open: (path, options) => client.open(path, options),
    close: () => client.close(),
  };
}

async function parseBody(
  response: Response,
  { path, signal }: { path: string; signal: AbortSignal | undefined },
): Promise<unknown> {
  const text = await response.text().catch((cause) => {
    signal?.throwIfAborted();
    throw new OrkaError("unreachable", `the connection was lost while ${path} was read`, { cause });
  });
  try {
    return parseJson(text);
  } catch (cause) {
    throw new OrkaError("protocol", `the server's answer to ${path} is not JSON`, { cause });
  }
}
