import { type Clock, OrkaError, toWire } from "../base/mod.ts";
import type { Client, OpenOptions, RequestOptions } from "../client/mod.ts";
import type { ServerStatus } from "./protocol.ts";

export interface ServerWatch {
  readonly client: Client;
  readonly status: ServerStatus;
  /** Notes the version once it is known. */
  setVersion(version: string): void;
}

/** Wraps a client so that every answer, and every failure to get one, tells how the server is. No request of its own. */
export function observeClient(
  client: Client,
  clock: Clock,
  onChange: (status: ServerStatus) => void,
): ServerWatch {
  let status: ServerStatus = { reachable: false, version: "", error: null, answeredMs: 0 };
  const set = (next: ServerStatus) => {
    const tell = next.reachable !== status.reachable || next.version !== status.version ||
      next.error?.code !== status.error?.code;
    status = next;
    if (tell) onChange(next);
  };
  const answered = () => set({ ...status, reachable: true, error: null, answeredMs: clock.now() });
  const failed = (error: unknown) => {
    if (!(error instanceof OrkaError)) return;
    // A refusal is an answer too: the server is there. What it refused is shown where it was asked.
    if (error.status !== undefined && error.code !== "unauthorized") return answered();
    // Without a status it was no server that said so: a credential plugin failed before anything was asked.
    const refused = error.code === "unauthorized" && error.status !== undefined;
    set({ ...status, reachable: refused, error: toWire(error) });
  };
  const request = async (path: string, options?: RequestOptions) => {
    try {
      const response = await client.request(path, options);
      answered();
      return response;
    } catch (error) {
      failed(error);
      throw error;
    }
  };
  const json = async (path: string, options?: RequestOptions) => {
    try {
      const value = await client.json(path, options);
      answered();
      return value;
    } catch (error) {
      failed(error);
      throw error;
    }
  };
  const open = (path: string, options: OpenOptions) => client.open(path, options);
  return {
    client: { target: client.target, request, json, open, close: () => client.close() },
    get status() {
      return status;
    },
    setVersion: (version) => set({ ...status, version }),
  };
}
