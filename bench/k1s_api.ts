/** What the benchmarks of the embedded cluster ask of an API server, in this process or over TLS, and their objects. */
import { Agent, type AgentOptions, request as httpsRequest } from "node:https";
import type { ApiServer } from "../src/k1s/mod.ts";

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** One API server, however it is reached. */
export interface Api {
  readonly send: (method: string, path: string, body?: unknown, type?: string) => Promise<Answer>;
  readonly close: () => void;
}

/** A server in this process. */
export function inProcess(server: ApiServer): Api {
  return {
    close: () => {},
    send: async (method, path, body, type) => {
      const response = await server.handler(requestOf(method, path, { body, type }));
      return { status: response.status, text: await response.text() };
    },
  };
}

export interface RequestParts {
  readonly body?: unknown;
  readonly type?: string | undefined;
  readonly signal?: AbortSignal;
  readonly accept?: string;
}

export function requestOf(
  method: string,
  path: string,
  { body, type, signal, accept }: RequestParts = {},
): Request {
  return new Request(`http://k1s${path}`, {
    method,
    headers: {
      "user-agent": "bench/1",
      ...(body === undefined ? {} : { "content-type": type ?? "application/json" }),
      ...(accept === undefined ? {} : { accept }),
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** A server behind a kubeconfig with a client certificate, over that many kept connections of HTTP/1.1. */
export function overTls(kubeconfig: string, connections: number): Api {
  const { server, tls } = credentials(Deno.readTextFileSync(kubeconfig));
  const { hostname, port } = new URL(server);
  const agent = new Agent({ keepAlive: true, maxSockets: connections, ...tls });
  return {
    close: () => agent.destroy(),
    send: (method, path, body, type) =>
      new Promise((resolve, reject) => {
        const text = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
        const headers = {
          "user-agent": "bench/1",
          accept: "application/json",
          ...(text === undefined
            ? {}
            : { "content-type": type ?? "application/json", "content-length": new Blob([text]).size }),
        };
        const outgoing = httpsRequest({ hostname, port, path, method, headers, agent }, (incoming) => {
          const chunks: string[] = [];
          incoming.setEncoding("utf8");
          incoming.on("data", (chunk: string) => chunks.push(chunk));
          incoming.on("end", () => resolve({ status: incoming.statusCode ?? 0, text: chunks.join("") }));
        });
        outgoing.on("error", reject);
        outgoing.end(text);
      }),
  };
}

/** The parts of a kubeconfig that a connection takes: one cluster and one user, as both servers write them. */
function credentials(text: string): { server: string; tls: AgentOptions } {
  const field = (name: string) => new RegExp(`[\\s{,]${name}: *"?([^\\s",}]+)`).exec(text)?.[1] ?? "";
  const pem = (name: string): string => {
    const data = field(`${name}-data`);
    return data === "" ? Deno.readTextFileSync(field(name)) : atob(data);
  };
  const tls = {
    ca: pem("certificate-authority"),
    cert: pem("client-certificate"),
    key: pem("client-key"),
  };
  return { server: field("server"), tls };
}

/** Sends and refuses anything but success. */
export async function must(api: Api, ...args: Parameters<Api["send"]>): Promise<string> {
  const { status, text } = await api.send(...args);
  if (status >= 300) throw new Error(`${args[0]} ${args[1]} was answered ${status}: ${text.slice(0, 300)}`);
  return text;
}

/** About 800 bytes, as a small object of most kinds. */
export function configMap(name: string, text = "x".repeat(600)): Record<string, unknown> {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, labels: { app: "bench" } },
    data: { text, step: "0" },
  };
}

/** A pod as a Deployment's controller makes them. */
export function pod(name: string): Record<string, unknown> {
  const mounts = [{ name: "data", mountPath: "/data" }];
  const resources = { requests: { cpu: "100m", memory: "64Mi" }, limits: { memory: "128Mi" } };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels: { app: "bench", tier: "web", "pod-template-hash": "6d4cf56db6" } },
    spec: {
      containers: [{
        name: "web",
        image: "registry.k8s.io/pause:3.10",
        ports: [{ containerPort: 8080 }],
        env: [{ name: "MODE", value: "bench" }],
        volumeMounts: mounts,
        resources,
      }],
      volumes: [{ name: "data", emptyDir: {} }],
    },
  };
}

/** Runs `count` calls of `one` by so many workers at once; calls a second. */
export async function rate(
  count: number,
  workers: number,
  one: (index: number) => Promise<unknown>,
): Promise<number> {
  let next = 0;
  const began = performance.now();
  await Promise.all(Array.from({ length: workers }, async () => {
    while (next < count) await one(next++);
  }));
  return Math.round(count / (performance.now() - began) * 1_000);
}
