/** The Worker that validates: one request in, one answer out, in order. */
/// <reference lib="deno.worker" />
import { answer, type ValidateRequest } from "./validator.ts";

const scope = self as unknown as DedicatedWorkerGlobalScope;

let last: Promise<unknown> = Promise.resolve();

scope.onmessage = ({ data }: MessageEvent<ValidateRequest>) => {
  last = last.then(async () => scope.postMessage(await answer(data)));
};
