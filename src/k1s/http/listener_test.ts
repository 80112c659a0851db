import assert from "node:assert/strict";
import { createMemoryStore } from "../storage/mod.ts";
import { createCertificates, keptCertificates } from "./certificates.ts";
import { ApiServer } from "./handler.ts";
import { kubeconfigText } from "./kubeconfig.ts";
import { Listener, type ListenOptions } from "./listener.ts";

const certificates = await createCertificates(Date.now());

async function withListener(
  options: ListenOptions,
  run: (listener: Listener) => Promise<void>,
): Promise<void> {
  const store = createMemoryStore({ upkeepMs: 0 });
  const server = await ApiServer.open({ storage: store.tenant("t") });
  const listener = await Listener.listen(server, options);
  try {
    await run(listener);
  } finally {
    await server.close();
    await listener.close();
    await store.close();
  }
}

interface Credentials {
  readonly cert?: string;
  readonly key?: string;
  readonly http2?: boolean;
}

async function ask(
  url: string,
  { credentials = {}, init = {} }: { credentials?: Credentials; init?: RequestInit } = {},
): Promise<{ status: number; text: string }> {
  const { cert, key, http2 = true } = credentials;
  const identity = cert === undefined || key === undefined ? {} : { cert, key };
  using client = Deno.createHttpClient({ caCerts: [certificates.ca], http2, http1: !http2, ...identity });
  const response = await fetch(url, { ...init, client });
  return { status: response.status, text: await response.text() };
}

const admin = { cert: certificates.admin, key: certificates.adminKey };

for (const http2 of [true, false]) {
  Deno.test(`a client certificate is its subject's, over HTTP/${http2 ? 2 : 1.1}`, () =>
    withListener({ certificates }, async ({ url }) => {
      const review = `${url}/apis/authentication.k8s.io/v1/selfsubjectreviews`;
      const init = { method: "POST", body: "{}", headers: { "content-type": "application/json" } };
      const { status, text } = await ask(review, { credentials: { ...admin, http2 }, init });
      assert.equal(status, 201);
      const { username, groups } = JSON.parse(text).status.userInfo;
      assert.deepEqual([username, groups], ["kubernetes-admin", ["system:masters", "system:authenticated"]]);
    }));
}

Deno.test("without credentials only health and version are told; the token opens", () =>
  withListener({ certificates, token: "sesame" }, async ({ url }) => {
    assert.equal((await ask(`${url}/version`)).status, 200);
    const refused = await ask(`${url}/api/v1/namespaces`);
    assert.equal(refused.status, 403);
    assert.match(
      JSON.parse(refused.text).message,
      /User "system:anonymous" cannot list resource "namespaces"/,
    );
    const bearer = (token: string) => ({ init: { headers: { authorization: `Bearer ${token}` } } });
    assert.equal((await ask(`${url}/api/v1/namespaces`, bearer("sesame"))).status, 200);
    assert.equal((await ask(`${url}/api/v1/namespaces`, bearer("open"))).status, 401);
    assert.equal((await ask(`${url}/version`, bearer("open"))).status, 401);
  }));

Deno.test("dots in a path lead nowhere", () =>
  withListener({}, async ({ port }) => {
    const raw = async (path: string) => {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      const head = `GET ${path} HTTP/1.1\r\nHost: k1s\r\nConnection: close\r\n\r\n`;
      await connection.write(new TextEncoder().encode(head));
      return await new Response(connection.readable).text();
    };
    // path, and whether the real server answers a Status
    const paths: readonly [string, boolean][] = [
      ["/api/../version", true],
      ["/api/v1/../../version", true],
      ["/api/v1/namespaces/../nodes", true],
      ["/api/v1/namespaces/default/%2e%2e/x", true],
      ["/api/v1/namespaces/..%2f..", true],
      ["/../etc/passwd", false],
      ["/./version", false],
      ["//api/v1/namespaces", false],
      ["//{version", false],
    ];
    for (const [path, isStatus] of paths) {
      const text = await raw(path);
      assert.match(text, /^HTTP\/1\.1 404/, path);
      assert.equal(text.includes('"kind":"Status"'), isStatus, path);
    }
    assert.match(await raw("/version"), /^HTTP\/1\.1 200/);
  }));

Deno.test("another authority's certificate is nobody's", async () => {
  const others = await createCertificates(Date.now());
  await withListener({ certificates }, async ({ url }) => {
    const credentials = { cert: others.admin, key: others.adminKey };
    assert.equal((await ask(`${url}/api/v1/namespaces`, { credentials })).status, 401);
  });
});

Deno.test("a watch comes frame by frame and ends with its client", () =>
  withListener({}, async ({ url }) => {
    const maps = `${url}/api/v1/namespaces/default/configmaps`;
    const response = await fetch(`${maps}?watch=true&fieldSelector=metadata.name%3Da`);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    const body = JSON.stringify({ metadata: { name: "a" } });
    const headers = { "content-type": "application/json" };
    assert.equal((await (await fetch(maps, { method: "POST", body, headers })).json()).kind, "ConfigMap");
    const { value } = await reader.read();
    assert.equal(JSON.parse(value!).object.metadata.name, "a");
    await reader.cancel();
  }));

Deno.test("certificates are made once and kept for their owner alone", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const now = Date.now();
    const made = await keptCertificates(`${directory}/pki`, now);
    assert.deepEqual(await keptCertificates(`${directory}/pki`, now + 1000), made);
    assert.equal((await Deno.stat(`${directory}/pki/admin.key`)).mode! & 0o777, 0o600);
    const later = await keptCertificates(`${directory}/pki`, now + 3640 * 24 * 60 * 60 * 1000);
    assert.notEqual(later.ca, made.ca);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("the kubeconfig carries what a client needs", () => {
  const text = kubeconfigText({ name: "k1s", server: "https://127.0.0.1:1", certificates, token: "t" });
  for (
    const part of [
      "certificate-authority-data: LS0t",
      "client-key-data: LS0t",
      "token: t",
      "current-context: k1s",
    ]
  ) {
    assert.ok(text.includes(part), part);
  }
});
