/**
 * Records list pages and watch frames of a real API server while it works, for the replay tests:
 *
 *     deno run -A tools/record_streams.ts KUBECONFIG CONTEXT > fixtures/streams/recorded.ndjson
 *
 * It makes two namespaces and a custom kind of its own, creates, changes and deletes objects of several kinds in
 * them, and removes everything at the end. A line is one `Recorded`: a page of the first list, a frame of the watch
 * that follows it, or a page of the list at the end, which is what a replay has to arrive at.
 */
import { type Client, connect } from "../src/client/mod.ts";
import {
  type Recorded,
  type RecordedFrame,
  type RecordedTable,
  withoutManagedFields,
} from "../tests/support/recorded.ts";

const NAMESPACES = ["orka-recording-a", "orka-recording-b"];
const GROUP = "recording.orka.dev";
const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";
const STREAMS = NAMESPACES.flatMap((ns) => [
  `/api/v1/namespaces/${ns}/pods`,
  `/api/v1/namespaces/${ns}/configmaps`,
  `/api/v1/namespaces/${ns}/events`,
  `/apis/apps/v1/namespaces/${ns}/deployments`,
  `/apis/apps/v1/namespaces/${ns}/replicasets`,
  `/apis/${GROUP}/v1/namespaces/${ns}/tapes`,
]);

const encoder = new TextEncoder();
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function write(line: Recorded): void {
  Deno.stdout.writeSync(encoder.encode(`${JSON.stringify(line)}\n`));
}

async function recordList(client: Client, stream: string, op: "page" | "final"): Promise<string> {
  let token = "";
  let version = "";
  do {
    const query = `?includeObject=Object&limit=3${
      token === "" ? "" : `&continue=${encodeURIComponent(token)}`
    }`;
    const answer = await client.json(stream + query, { accept: TABLE });
    const body = withoutManagedFields(answer as RecordedTable);
    write({ stream, op, body });
    token = body.metadata.continue ?? "";
    version ||= body.metadata.resourceVersion;
  } while (token !== "");
  return version;
}

async function recordWatch(
  client: Client,
  stream: string,
  from: { version: string; signal: AbortSignal },
): Promise<void> {
  const query = `?watch=true&allowWatchBookmarks=true&includeObject=Object&resourceVersion=${from.version}`;
  const response = await client.request(stream + query, {
    accept: TABLE,
    lane: "watch",
    signal: from.signal,
  });
  let rest = "";
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  // An open body does not end with its request's signal.
  from.signal.addEventListener("abort", () => void reader.cancel(), { once: true });
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      write({ stream, op: "frame", body: withoutManagedFields<RecordedFrame>(JSON.parse(line)) });
    }
  }
}

async function send(client: Client, method: string, path: string, body?: unknown): Promise<void> {
  const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  const response = await client.request(path, {
    method,
    headers: { "content-type": type },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  await response.body?.cancel();
}

const TAPES = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `tapes.${GROUP}` },
  spec: {
    group: GROUP,
    scope: "Namespaced",
    names: { plural: "tapes", singular: "tape", kind: "Tape", listKind: "TapeList" },
    versions: [{
      name: "v1",
      served: true,
      storage: true,
      schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      additionalPrinterColumns: [
        { name: "Side", type: "string", jsonPath: ".spec.side" },
        { name: "Minutes", type: "integer", jsonPath: ".spec.minutes" },
        { name: "Made", type: "date", jsonPath: ".spec.made" },
        { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
      ],
    }],
  },
};

async function prepare(client: Client): Promise<void> {
  for (const name of NAMESPACES) {
    await send(client, "POST", "/api/v1/namespaces", {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name },
    });
  }
  await send(client, "POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", TAPES);
  for (let tries = 0;; tries++) {
    try {
      await send(client, "GET", `/apis/${GROUP}/v1/tapes`);
      break;
    } catch (error) {
      if (tries > 100) throw error;
      await wait(100); // a new kind is served a moment after it is made
    }
  }
  for (const ns of NAMESPACES) for (let i = 0; i < 5; i++) await make(client, ns, i);
}

async function make(client: Client, ns: string, i: number): Promise<void> {
  await send(client, "POST", `/api/v1/namespaces/${ns}/configmaps`, {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: `settings-${i}`, labels: { app: `app-${i % 3}` } },
    data: { key: 'ä ✓ \u0007 "quoted" \\ backslash', n: String(i) },
  });
  await send(client, "POST", `/apis/${GROUP}/v1/namespaces/${ns}/tapes`, {
    apiVersion: `${GROUP}/v1`,
    kind: "Tape",
    metadata: { name: `tape-${i}` },
    spec: { side: i % 2 ? "B" : "A", ...(i === 3 ? {} : { minutes: i * 30 }), made: "2026-01-02T03:04:05Z" },
  });
}

function deployment(name: string, replicas: number): unknown {
  const labels = { app: name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: "main", image: "registry.example.com/app:1" }] },
      },
    },
  };
}

/** A few seconds of a cluster's life. */
async function live(client: Client): Promise<void> {
  for (const ns of NAMESPACES) {
    const [apps, core] = [`/apis/apps/v1/namespaces/${ns}/deployments`, `/api/v1/namespaces/${ns}`];
    await send(client, "POST", apps, deployment("web", 3));
    await send(client, "POST", apps, deployment("gone", 1));
    for (let i = 5; i < 9; i++) await make(client, ns, i);
    for (let i = 0; i < 6; i++) {
      await send(client, "PATCH", `${core}/configmaps/settings-1`, { data: { n: `changed ${i}` } });
      await send(client, "PATCH", `/apis/${GROUP}/v1/namespaces/${ns}/tapes/tape-0`, {
        spec: { minutes: i },
      });
    }
    await send(client, "PATCH", `${core}/configmaps/settings-2`, { metadata: { labels: { app: "moved" } } });
    await send(client, "DELETE", `${core}/configmaps/settings-0`);
    await send(client, "DELETE", `/apis/${GROUP}/v1/namespaces/${ns}/tapes/tape-1`);
  }
  await wait(3000);
  for (const ns of NAMESPACES) {
    const apps = `/apis/apps/v1/namespaces/${ns}/deployments`;
    await send(client, "PATCH", `${apps}/web`, { spec: { replicas: 1 } });
    await send(client, "DELETE", `${apps}/gone?propagationPolicy=Background`);
    // The same name again is another object.
    await send(client, "POST", `/api/v1/namespaces/${ns}/configmaps`, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "settings-0" },
    });
  }
  await wait(4000);
}

async function cleanUp(client: Client): Promise<void> {
  const crd = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/tapes.${GROUP}`;
  for (const path of [crd, ...NAMESPACES.map((ns) => `/api/v1/namespaces/${ns}`)]) {
    await send(client, "DELETE", path).catch(() => {});
  }
}

async function main(kubeconfig: string, context: string): Promise<void> {
  const client = await connect({ kubeconfig, context });
  const stop = new AbortController();
  try {
    await prepare(client);
    const watches: Promise<void>[] = [];
    for (const stream of STREAMS) {
      const version = await recordList(client, stream, "page");
      watches.push(recordWatch(client, stream, { version, signal: stop.signal }));
    }
    await live(client);
    stop.abort();
    await Promise.all(watches);
    for (const stream of STREAMS) await recordList(client, stream, "final");
  } finally {
    await cleanUp(client);
    client.close();
  }
}

const [kubeconfig, context] = Deno.args;
if (kubeconfig === undefined || context === undefined) {
  throw new Error("usage: record_streams.ts KUBECONFIG CONTEXT");
}
await main(kubeconfig, context);
