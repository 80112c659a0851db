import assert from "node:assert/strict";
import { Cancelled, ManualClock, OrkaError } from "../base/mod.ts";
import { Front } from "../../tests/support/front.ts";
import { onServers } from "../../tests/support/two_servers.ts";
import { createClient, type Credentials, HttpClient } from "./http_client.ts";
import { WriteGate } from "./write_gate.ts";

const TARGET = {
  server: "https://kube.example:6443/prefix",
  context: "",
  cluster: "",
  user: "",
  namespace: "default",
  contexts: [],
};

/** Behind a front that answers every request itself. */
const NOTHING = () => Promise.reject(new Error("no request comes this far"));

async function failure(promise: Promise<unknown>): Promise<OrkaError> {
  const error = await promise.then(() => assert.fail("it resolved"), (e) => e);
  assert.ok(error instanceof OrkaError, String(error));
  return error;
}

Deno.test("a Status becomes an error with its code, reason and the server's own words", async () => {
  const cases: readonly (readonly [number, string, string])[] = [
    [400, "BadRequest", "invalid"],
    [401, "Unauthorized", "unauthorized"],
    [403, "Forbidden", "forbidden"],
    [404, "NotFound", "not-found"],
    [406, "NotAcceptable", "not-acceptable"],
    [409, "Conflict", "conflict"],
    [409, "AlreadyExists", "already-exists"],
    [410, "Expired", "expired"],
    [422, "Invalid", "invalid"],
    [429, "TooManyRequests", "throttled"],
    [500, "InternalError", "server"],
    [503, "ServiceUnavailable", "server"],
    [504, "Timeout", "timeout"],
  ];
  for (const [status, reason, code] of cases) {
    const api = new Front(NOTHING);
    api.faults.fail({
      status,
      body: { reason, message: `said ${reason}`, details: { causes: [{ field: "spec.x", message: "bad" }] } },
    });
    const error = await failure(createClient({ fetch: api.fetch }).json("/api/v1/pods"));
    assert.deepEqual([error.code, error.reason, error.message, error.status], [
      code,
      reason,
      `said ${reason}`,
      status,
    ]);
    assert.deepEqual(error.causes, [{ field: "spec.x", message: "bad" }]);
  }
});

Deno.test("a page in the answer's place tells its status, its title or its first words, and no markup", async () => {
  const cases: readonly (readonly [string, string, string])[] = [
    [
      "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502</h1></body></html>",
      "text/html",
      "502: 502 Bad Gateway",
    ],
    [
      "<!DOCTYPE html><style>p{}</style><script>if (a<b) {}</script><p>Try&nbsp;again\n &amp; <b>wait</b></p>",
      "text/plain",
      "502 Bad Gateway: Try again & wait",
    ],
    ["<html></html>", "", "502 Bad Gateway"],
    [`<html>${"x".repeat(300)}`, "", `502 Bad Gateway: ${"x".repeat(199)}…`],
  ];
  for (const [page, type, expected] of cases) {
    const init = { status: 502, statusText: "Bad Gateway", headers: { "content-type": type } };
    const error = await failure(
      createClient({ fetch: () => Promise.resolve(new Response(page, init)) }).json("/x"),
    );
    assert.equal(error.message, `a web page came instead of the API's answer, with HTTP status ${expected}`);
    assert.equal(error.code, "server");
  }
  const plain = new Response("no route < here\nmore", { status: 502 });
  const error = await failure(createClient({ fetch: () => Promise.resolve(plain) }).json("/x"));
  assert.equal(error.message, "no route < here");
});

Deno.test("details of a Status that are none of the API's are left out", async () => {
  const cases: readonly (readonly [unknown, readonly unknown[]])[] = [
    [{ causes: {} }, []],
    [{ causes: [null, 7, { message: "bad", field: 3, reason: "FieldValueInvalid" }, { reason: "R" }] }, [
      { message: "bad", reason: "FieldValueInvalid" },
      { message: "R", reason: "R" },
    ]],
    ["none", []],
    [null, []],
  ];
  for (const [details, causes] of cases) {
    const body = { kind: "Status", code: 500, message: 7, reason: {}, details };
    const client = createClient({ fetch: () => Promise.resolve(Response.json(body, { status: 500 })) });
    const error = await failure(client.json("/api/v1/pods"));
    assert.deepEqual([error.code, error.message, error.causes], ["server", "status 500", causes]);
  }
});

Deno.test("Retry-After is told as seconds from 0 to five minutes, and not at all when it is neither", async () => {
  const cases: readonly (readonly [unknown, string | null, number | undefined])[] = [
    [7, null, 7],
    [7, "9", 7],
    [0, null, 0],
    [3_000_000, null, 300],
    [-1, null, undefined],
    ["soon", "9", 9],
    [null, "9", 9],
    [undefined, "3000000", 300],
    [undefined, "-1", undefined],
    [undefined, "", undefined],
    [undefined, "Fri, 31 Dec 1999 23:59:59 GMT", undefined],
  ];
  for (const [inBody, inHeader, seconds] of cases) {
    const body = { kind: "Status", code: 429, details: { retryAfterSeconds: inBody } };
    const headers = inHeader === null ? {} : { "retry-after": inHeader };
    const answer = () => Promise.resolve(Response.json(body, { status: 429, headers }));
    const error = await failure(createClient({ fetch: answer }).json("/api"));
    assert.equal(error.retryAfterSeconds, seconds, `${inBody} ${inHeader}`);
  }
});

onServers("what is no Status still tells its HTTP status", async (api) => {
  const client = api.client();
  assert.equal((await failure(client.json("/nope"))).code, "not-found");
  api.faults.fail({ status: 502, body: "<html>bad gateway" });
  const { message } = await failure(client.json("/api"));
  assert.equal(message, "a web page came instead of the API's answer, with HTTP status 502: bad gateway");
  api.faults.fail({ status: 429, body: "", headers: { "retry-after": "7" } });
  assert.equal((await failure(client.json("/api"))).retryAfterSeconds, 7);
});

/** As the API server's RBAC says it. */
const cannot = (what: string) => `User "jane \\"j\\"" cannot ${what} in the namespace "x": RBAC: no role`;

async function hintOf(path: string, message: string, method = "GET"): Promise<string | undefined> {
  const api = new Front(NOTHING);
  const writes = new WriteGate({ isOpen: true });
  api.faults.fail({ status: 403, body: { message } });
  return (await failure(createClient({ fetch: api.fetch, writes }).request(path, { method }))).hint;
}

Deno.test("a refusal by RBAC names the command line that asks for the right, in the refusal's own verb", async () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['list resource "pods"', "/api/v1/pods?limit=500", "list pods -A"],
    ['list resource "pods"', "/api/v1/namespaces/x/pods", "list pods -n x"],
    ['watch resource "pods"', "/api/v1/namespaces/x/pods?watch=true", "watch pods -n x"],
    ['get resource "pods"', "/api/v1/namespaces/x/pods/web", "get pods/web -n x"],
    ['get resource "pods/log"', "/api/v1/namespaces/x/pods/web/log", "get pods/web --subresource=log -n x"],
    // A WebSocket is a GET, and takes more than that.
    [
      'create resource "pods/exec"',
      "/api/v1/namespaces/x/pods/web/exec",
      "create pods/web --subresource=exec -n x",
    ],
    [
      'create resource "deployments"',
      "/apis/apps/v1/namespaces/x/deployments",
      "create deployments.apps -n x",
    ],
    [
      'patch resource "deployments"',
      "/apis/apps/v1/namespaces/x/deployments/d",
      "patch deployments.apps/d -n x",
    ],
    ['list resource "namespaces"', "/api/v1/namespaces", "list namespaces -A"],
    ['get resource "namespaces"', "/api/v1/namespaces/x", "get namespaces/x"],
    ['get path "/version"', "/version", "get /version"],
  ];
  for (const [what, path, line] of cases) {
    assert.equal(await hintOf(path, cannot(what)), `to see it: orka auth can-i ${line}`);
  }
});

Deno.test("a refusal that is no RBAC's, or about another thing than was asked for, names no such line", async () => {
  const cases: readonly (readonly [string, string])[] = [
    [
      "/api/v1/namespaces/x/pods",
      'pods "web" is forbidden: exceeded quota: pods, requested: pods=1, used: pods=9',
    ],
    [
      "/api/v1/namespaces/x/pods",
      'admission webhook "deny.example" denied the request: User "jane" is on leave',
    ],
    [
      "/api/v1/namespaces/x/pods",
      'users "joe" is forbidden: User "jane" cannot impersonate resource "users" in API group ""',
    ],
    [
      "/apis/rbac.authorization.k8s.io/v1/roles",
      'user "jane" (groups=[]) is attempting to grant RBAC permissions not currently held',
    ],
  ];
  for (const [path, message] of cases) assert.equal(await hintOf(path, message, "POST"), undefined, message);
});

function failing(error: Error): HttpClient {
  return new HttpClient({ target: TARGET, transport: { send: () => Promise.reject(error), close() {} } });
}

Deno.test("a connection that fails is told in kubectl's words", async () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    [
      "tcp connect error: Connection refused (os error 111)",
      "unreachable",
      /^The connection to the server kube\.example:6443 was refused - did you specify the right host or port\?$/,
    ],
    ["dns error: failed to lookup address information", "unreachable", /no such host$/],
    ["invalid peer certificate: UnknownIssuer", "tls", /signed by unknown authority$/],
    ["invalid peer certificate: certificate not valid for name", "tls", /kube\.example:6443/],
    ["invalid peer certificate: Expired", "tls", /has expired$/],
    ["received fatal alert: CertificateRequired", "tls", /CertificateRequired$/],
    [
      "received fatal alert: HandshakeFailure: peer closed connection",
      "tls",
      /HandshakeFailure/,
    ],
    ["tls handshake eof", "unreachable", /6443: EOF$/],
    [
      "peer closed connection without sending TLS close_notify: https://docs.rs/rustls/latest/rustls/manual/_03_howto/index.html#unexpected-eof",
      "unreachable",
      /6443: EOF$/,
    ],
    [
      "Client network socket disconnected before secure TLS connection was established (ECONNRESET)",
      "unreachable",
      /6443: EOF$/,
    ],
    ["socket hang up", "unreachable", /6443: EOF$/],
    ["Connection reset by peer (os error 104)", "unreachable", /: connection reset by peer$/],
    ["read ECONNRESET", "unreachable", /: connection reset by peer$/],
    ["No route to host (os error 113)", "unreachable", /no route to host$/],
    ["something new", "unreachable", /^Unable to connect to the server kube\.example:6443: something new$/],
  ];
  for (const [text, code, message] of cases) {
    const cause = new Error(
      `error sending request for url (https://kube.example:6443/x): client error (Connect): ${text}`,
    );
    const error = await failure(failing(new TypeError("fetch failed", { cause })).json("/x"));
    assert.equal(error.code, code, text);
    assert.match(error.message, message);
    assert.equal(error.hint === undefined, code !== "tls", text);
  }
});

onServers("no answer in time is a timeout; without a limit it waits on", async (api) => {
  const clock = new ManualClock();
  const delayed = new Front(api.fetch, { clock });
  const client = createClient({ fetch: delayed.fetch, clock, timeoutMs: 5_000 });
  delayed.faults.stall();
  const stalled = failure(client.json("/version"));
  await clock.advance(5_000);
  assert.equal((await stalled).code, "timeout");
  delayed.faults.delay(60_000);
  const patient = client.json("/version", { timeoutMs: 0 });
  await clock.advance(60_000);
  assert.equal((await patient as { major: string }).major, "1");
  assert.equal(clock.pending, 0);
});

/** A body that begins and then goes quiet. */
function stalling(text: string, status: number): Response {
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => controller.enqueue(new TextEncoder().encode(text)),
  });
  return new Response(body, { status });
}

Deno.test("a body that stops coming ends: an error's with what came, JSON as a timeout, both when unwanted", async () => {
  const clock = new ManualClock();
  const client = (status: number) =>
    createClient({ fetch: () => Promise.resolve(stalling("{ no", status)), clock });
  const refused = failure(client(500).json("/version"));
  await clock.advance(5_000);
  assert.deepEqual([(await refused).code, (await refused).message], ["server", "{ no"]);
  const stalled = failure(client(200).json("/version"));
  await clock.advance(60_000);
  assert.equal((await stalled).code, "timeout");
  for (const status of [500, 200]) {
    const abort = new AbortController();
    const reason = new Error("mine");
    const unwanted = client(status).json("/version", { signal: abort.signal }).catch((error) => error);
    await clock.advance(1);
    abort.abort(reason);
    assert.equal(await unwanted, reason);
    const closing = client(status);
    const open = closing.json("/version").catch((error) => error);
    await clock.advance(1);
    closing.close();
    assert.ok(await open instanceof Cancelled);
  }
  assert.equal(clock.pending, 0);
});

Deno.test("of an error's endless body only the beginning is read", async () => {
  let pulls = 0;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      pulls++;
      controller.enqueue(new Uint8Array(16 * 1024).fill(97));
    },
  });
  const client = createClient({ fetch: () => Promise.resolve(new Response(body, { status: 502 })) });
  assert.equal((await failure(client.json("/version"))).message, "a".repeat(200));
  assert.ok(pulls < 8, `${pulls} chunks of 16 KB`);
});

onServers("the caller's abort is the caller's reason, and a closed client refuses", async (api) => {
  const client = api.client();
  const abort = new AbortController();
  const reason = new Error("mine");
  api.faults.stall();
  const stalled = client.json("/version", { signal: abort.signal }).catch((error) => error);
  abort.abort(reason);
  assert.equal(await stalled, reason);
  api.faults.stall();
  const open = client.json("/version").catch((error) => error);
  client.close();
  assert.ok(await open instanceof Cancelled);
  assert.ok(await client.json("/version").catch((error) => error) instanceof Cancelled);
});

class Tokens implements Credentials {
  refreshed = 0;

  constructor(public current: string, readonly next: string | null) {}

  headers(): Promise<Record<string, string>> {
    return Promise.resolve({ authorization: `Bearer ${this.current}` });
  }

  refresh(): Promise<boolean> {
    this.refreshed++;
    if (this.next === null) return Promise.resolve(false);
    this.current = this.next;
    return Promise.resolve(true);
  }
}

Deno.test("401 asks the credentials once more, and only once", async () => {
  const cases: readonly (readonly [string | null, number, string])[] = [
    ["good", 2, "ok"],
    ["still bad", 2, "unauthorized"],
    [null, 1, "unauthorized"],
  ];
  for (const [next, requests, want] of cases) {
    const sent: string[] = [];
    const credentials = new Tokens("old", next);
    const client = new HttpClient({
      target: TARGET,
      credentials,
      transport: {
        send(request) {
          sent.push(request.headers.get("authorization")!);
          const good = sent.at(-1) === "Bearer good";
          return Promise.resolve(new Response("{}", { status: good ? 200 : 401 }));
        },
        close() {},
      },
    });
    const got = await client.json("/x").then(() => "ok", (error) => error.code);
    assert.deepEqual([got, sent.length, credentials.refreshed], [want, requests, 1]);
  }
});

/** Stands for a plugin, a proxy or a disk that does not answer. */
const never = <T>() => new Promise<T>(() => {});
const none: Credentials = { headers: () => Promise.resolve({}), refresh: () => Promise.resolve(false) };

Deno.test("credentials and connections that hang end with the time limit, the caller and the client", async () => {
  const refused = () => Promise.resolve(new Response("{}", { status: 401 }));
  const hanging: readonly (readonly [string, Credentials, () => Promise<Response>])[] = [
    ["headers", { ...none, headers: never }, refused],
    ["refresh", { ...none, refresh: never }, refused],
    ["connection", none, never],
  ];
  for (const [what, credentials, send] of hanging) {
    const clock = new ManualClock();
    let closed = 0;
    const client = new HttpClient({
      target: TARGET,
      clock,
      timeoutMs: 1_000,
      credentials: { ...credentials, close: () => closed++ },
      transport: { send, close() {} },
    });
    const late = failure(client.json("/x"));
    await clock.advance(1_000);
    assert.equal((await late).code, "timeout", what);
    const abort = new AbortController();
    const reason = new Error("mine");
    const unwanted = client.json("/x", { signal: abort.signal }).catch((error) => error);
    await clock.advance(1);
    abort.abort(reason);
    assert.equal(await unwanted, reason, what);
    const open = client.json("/x").catch((error) => error);
    await clock.advance(1);
    client.close();
    assert.ok(await open instanceof Cancelled, what);
    assert.deepEqual([closed, clock.pending], [1, 0], what);
  }
});

Deno.test("an answer that comes after its request was given up is dropped", async () => {
  const clock = new ManualClock();
  let answer = (_: Response) => {};
  const fetch = () => new Promise<Response>((resolve) => answer = resolve);
  const late = failure(createClient({ fetch, clock, timeoutMs: 1_000 }).json("/x"));
  await clock.advance(1_000);
  assert.equal((await late).code, "timeout");
  let dropped = false;
  answer(new Response(new ReadableStream({ cancel: () => void (dropped = true) })));
  await clock.advance(0);
  assert.ok(dropped);
});

Deno.test("requests go to the server's path with the common headers", async () => {
  let seen: Request | null = null;
  const client = new HttpClient({
    target: TARGET,
    headers: [["Impersonate-User", "bob"], ["Impersonate-Group", "a"], ["Impersonate-Group", "b"]],
    transport: {
      send(request) {
        seen = request;
        return Promise.resolve(new Response("{}"));
      },
      close() {},
    },
  });
  await client.json("/api/v1/pods?limit=1", { accept: "application/x", headers: { "x-a": "1" } });
  assert.equal(seen!.url, "https://kube.example:6443/prefix/api/v1/pods?limit=1");
  const header = (name: string) => seen!.headers.get(name);
  assert.deepEqual(
    [header("accept"), header("x-a"), header("impersonate-user"), header("impersonate-group")],
    [
      "application/x",
      "1",
      "bob",
      "a, b",
    ],
  );
});
