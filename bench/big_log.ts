/**
 * A Worker with an embedded API server over TLS, whose pod `big` has ended and left a million lines: 68 MB, with times
 * 99 MB, sent in pieces as a node sends them. Posts its kubeconfig's path; any message closes it.
 */
import {
  ApiServer,
  createMemoryStore,
  keptCertificates,
  kubeconfigText,
  listen,
  type PodRuntime,
} from "../src/k1s/mod.ts";
import { embeddedPod } from "./embedded_pod.ts";

export const LINES = 1_000_000;
/** A line as programs write them, about 100 bytes with its time. */
const TEXT = '{"level":"info","msg":"request","path":"/products/17","status":200}';
const PIECE = 32 * 1024;

/** Bytes of the log: of its lines with `more` bytes before each. */
export function logBytes(more: number): number {
  return LINES * (TEXT.length + 1 + more);
}

function wholeLog(timestamps: boolean): Uint8Array {
  const encoder = new TextEncoder();
  const start = Date.UTC(2026, 7, 1);
  const lines = Array.from({ length: LINES }, (_, at) => {
    const stamp = timestamps ? `${new Date(start + at).toISOString().replace("Z", "123456Z")} ` : "";
    return `${stamp}${TEXT}\n`;
  });
  return encoder.encode(lines.join(""));
}

function pieces(bytes: Uint8Array, from: number): ReadableStream<Uint8Array> {
  let at = from;
  return new ReadableStream({
    pull(controller) {
      controller.enqueue(bytes.slice(at, at += PIECE));
      if (at >= bytes.length) controller.close();
    },
  });
}

async function serve(): Promise<void> {
  const [plain, stamped] = [wholeLog(false), wholeLog(true)];
  const runtime: Pick<PodRuntime, "logs"> = {
    logs(_pod, { timestamps, tailLines }) {
      const bytes = timestamps ? stamped : plain;
      const last = bytes.lastIndexOf(10, bytes.length - 2) + 1;
      return Promise.resolve(pieces(bytes, tailLines === undefined ? 0 : last));
    },
  };
  const directory = await Deno.makeTempDir({ prefix: "orka-bench-logs-" });
  const certificates = await keptCertificates(`${directory}/certificates`, Date.now());
  const store = createMemoryStore();
  const server = await ApiServer.open({
    storage: store.tenant("default"),
    caCertificate: certificates.ca,
    pods: runtime as PodRuntime,
  });
  const listener = await listen(server, { certificates, token: "bench" });
  const terminated = { exitCode: 0, reason: "Completed", containerID: "x://1" };
  await embeddedPod(server, "big", { phase: "Succeeded", state: { terminated } });
  const kubeconfig = `${directory}/kubeconfig`;
  const asked = { name: "k1s", server: listener.url, certificates, token: "bench" };
  await Deno.writeTextFile(kubeconfig, kubeconfigText(asked));
  worker.onmessage = async () => {
    await listener.close();
    await server.close();
    await store.close();
    await Deno.remove(directory, { recursive: true });
    worker.postMessage("closed");
  };
  worker.postMessage(kubeconfig);
}

const worker = globalThis as unknown as DedicatedWorkerGlobalScope;
if (typeof worker.postMessage === "function") await serve();
