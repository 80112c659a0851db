/**
 * What people get wrong, against the real program: each ends with the right exit code, says on stderr what is
 * wrong and where, prints nothing on stdout, and nothing hangs. No cluster is needed.
 */
import assert from "node:assert/strict";
import { fromSource, PtyProgram } from "./support/pty_program.ts";
import { orka, type Output } from "./support/real_cluster.ts";

/** A folder with a kubeconfig for one server, gone with its scope. */
class Home implements AsyncDisposable {
  private constructor(readonly dir: string, readonly kubeconfig: string) {}

  static async create(config: string | { server: string; insecure?: boolean }): Promise<Home> {
    const dir = await Deno.makeTempDir({ prefix: "orka-bad-input-" });
    const text = typeof config === "string" ? config : kubeconfigFor(config.server, config.insecure ?? false);
    await Deno.writeTextFile(`${dir}/config`, text);
    return new Home(dir, `${dir}/config`);
  }

  get env(): Record<string, string> {
    return { KUBECONFIG: this.kubeconfig, XDG_CACHE_HOME: this.dir, XDG_STATE_HOME: this.dir };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.dir, { recursive: true });
  }
}

function kubeconfigFor(server: string, insecure: boolean): string {
  const cluster = { server, ...(insecure ? { "insecure-skip-tls-verify": true } : {}) };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster }],
    users: [{ name: "u", user: { token: "expired-token" } }],
    contexts: [{ name: "good", context: { cluster: "c", user: "u" } }],
    "current-context": "good",
  });
}

interface Served extends AsyncDisposable {
  readonly url: string;
}

/** A server on a free port of the loopback. */
function serve(
  handler: (request: Request) => Response | Promise<Response>,
  tls?: { cert: string; key: string },
): Served {
  const options = { hostname: "127.0.0.1", port: 0, onListen: () => {}, ...tls };
  const server = Deno.serve(options, handler);
  const { port } = server.addr as Deno.NetAddr;
  return {
    url: `${tls ? "https" : "http"}://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** A port where nothing listens. */
function closedPort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}

function status(code: number, reason: string, message: string): Response {
  return Response.json({ kind: "Status", apiVersion: "v1", status: "Failure", code, reason, message }, {
    status: code,
  });
}

function refused(output: Output, code: number, stderr: RegExp): void {
  assert.equal(output.code, code, `exit code; stderr: ${output.stderr}`);
  assert.match(output.stderr, stderr);
  assert.equal(output.stdout, "");
  assert.doesNotMatch(output.stderr, /\.ts:\d+/, "a stack trace is for bugs");
}

const GET = ["get", "pods"];
const TIMEOUT = { timeoutMs: 20_000 };

Deno.test("no kubeconfig and no cluster: refused connection, not a crash", async () => {
  await using home = await Home.create("");
  const env = { ...home.env, KUBECONFIG: `${home.dir}/missing` };
  const output = await orka(GET, { env, ...TIMEOUT });
  refused(output, 1, /localhost:8080|missing|kubeconfig|no such file|cannot find/i);
});

Deno.test("a kubeconfig that is not YAML is named with its path", async () => {
  await using home = await Home.create("apiVersion: v1\nclusters: [{name: a, cluster: {server: x}\n");
  refused(await orka(GET, { env: home.env, ...TIMEOUT }), 1, new RegExp(home.kubeconfig));
});

Deno.test("a kubeconfig of the wrong shape is refused", async () => {
  await using home = await Home.create("apiVersion: v1\nkind: Config\nclusters: 7\ncurrent-context: [1]\n");
  refused(await orka(GET, { env: home.env, ...TIMEOUT }), 1, new RegExp(home.kubeconfig));
});

Deno.test("a context that is not there is named", async () => {
  await using home = await Home.create({ server: "https://127.0.0.1:1" });
  refused(await orka([...GET, "--context", "nope"], { env: home.env, ...TIMEOUT }), 1, /nope/);
});

Deno.test("a server that refuses connections is named", async () => {
  const port = closedPort();
  await using home = await Home.create({ server: `https://127.0.0.1:${port}` });
  refused(await orka(GET, { env: home.env, ...TIMEOUT }), 1, new RegExp(`127\\.0\\.0\\.1:${port}`));
});

Deno.test("a host name that does not resolve is named", async () => {
  await using home = await Home.create({ server: "https://no-such-host.invalid:6443" });
  refused(await orka(GET, { env: home.env, ...TIMEOUT }), 1, /no-such-host\.invalid/);
});

Deno.test("a server that never answers runs into --request-timeout", async () => {
  const { promise, resolve } = Promise.withResolvers<Response>();
  await using server = serve(() => promise);
  await using home = await Home.create({ server: server.url });
  const output = await orka([...GET, "--request-timeout", "1s"], { env: home.env, ...TIMEOUT });
  resolve(new Response());
  refused(output, 1, /time|deadline/i);
  assert.ok(output.ms < 10_000, `took ${output.ms} ms`);
});

Deno.test("a server that takes the connection and stays silent runs into --request-timeout", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const taken: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const conn of listener) taken.push(conn);
  })();
  await using home = await Home.create({
    server: `https://127.0.0.1:${(listener.addr as Deno.NetAddr).port}`,
  });
  const output = await orka([...GET, "--request-timeout", "1s"], { env: home.env, ...TIMEOUT });
  listener.close();
  await accepting.catch(() => {});
  for (const conn of taken) conn.close();
  refused(output, 1, /time|deadline/i);
});

Deno.test("a certificate that nobody trusts is refused, and taken with insecure-skip-tls-verify", async () => {
  const read = (name: string) => Deno.readTextFile(new URL(`../fixtures/tls/${name}`, import.meta.url));
  const tls = { cert: await read("self_signed.crt"), key: await read("self_signed.key") };
  await using server = serve(() => status(401, "Unauthorized", "Unauthorized"), tls);
  await using strict = await Home.create({ server: server.url });
  refused(await orka(GET, { env: strict.env, ...TIMEOUT }), 1, /certificate|x509|UnknownIssuer/i);
  await using lax = await Home.create({ server: server.url, insecure: true });
  refused(await orka(GET, { env: lax.env, ...TIMEOUT }), 1, /logged in|Unauthorized/i);
});

Deno.test("an expired token is told from a missing right", async () => {
  await using server = serve(() => status(401, "Unauthorized", "Unauthorized"));
  await using home = await Home.create({ server: server.url });
  refused(await orka(GET, { env: home.env, ...TIMEOUT }), 1, /logged in|credentials/i);
});

Deno.test("a server that is not Kubernetes is said to be none", async () => {
  await using server = serve(() =>
    new Response("<html>It works!</html>", { headers: { "content-type": "text/html" } })
  );
  await using home = await Home.create({ server: server.url });
  refused(await orka(GET, { env: home.env, ...TIMEOUT }), 1, /not JSON/);
});

Deno.test("a body that ends in the middle is an error, not half a list", async () => {
  await using server = serve(() =>
    new Response('{"kind":"APIResourceList","resources":[{"na', {
      headers: { "content-type": "application/json" },
    })
  );
  await using home = await Home.create({ server: server.url });
  refused(await orka(GET, { env: home.env, ...TIMEOUT }), 1, /not JSON/);
});

Deno.test("an unknown verb and an unknown flag are usage errors with a near miss", async () => {
  await using home = await Home.create({ server: "https://127.0.0.1:1" });
  refused(await orka(["gte", "pods"], { env: home.env, ...TIMEOUT }), 2, /\bget\b/);
  refused(
    await orka(["get", "pods", "--al-namespaces"], { env: home.env, ...TIMEOUT }),
    2,
    /--all-namespaces/,
  );
  refused(await orka(["get", "pods", "-o", "yml"], { env: home.env, ...TIMEOUT }), 2, /yaml/);
});

Deno.test("the session wants a terminal on both ends", async () => {
  await using home = await Home.create({ server: "https://127.0.0.1:1" });
  refused(await orka([], { env: home.env, ...TIMEOUT }), 2, /terminal/i);
});

Deno.test("a session on a server that is away says so, and quits on request with the terminal restored", async () => {
  await using home = await Home.create({ server: `https://127.0.0.1:${closedPort()}` });
  const { command, args } = fromSource([]);
  await using session = new PtyProgram(command, args, { cols: 100, rows: 24, env: home.env });
  await session.shows(/refused|unreachable|connect/i);
  session.write(":q\r");
  assert.equal((await session.ends()).code, 0);
  assert.ok(!session.screen.isAlternate, "the alternate screen was left");
});

Deno.test("a session with an unknown context says so, offers those there are, and quits", async () => {
  await using home = await Home.create({ server: "https://127.0.0.1:1" });
  const { command, args } = fromSource(["--context", "nope"]);
  await using session = new PtyProgram(command, args, { cols: 100, rows: 24, env: home.env });
  await session.shows(/context "nope" does not exist/);
  await session.shows(/^\s*good\s+c\s+u\b/m);
  session.write(":q\r");
  assert.equal((await session.ends()).code, 0);
  assert.ok(!session.screen.isAlternate);
});

Deno.test("a terminal of 20x5 gets a session that still quits", async () => {
  await using home = await Home.create({ server: `https://127.0.0.1:${closedPort()}` });
  const { command, args } = fromSource([]);
  await using session = new PtyProgram(command, args, { cols: 20, rows: 5, env: home.env });
  await session.until(
    () => session.screen.isAlternate && session.screen.text().trim() !== "",
    "a first frame",
  );
  session.write(":q\r");
  assert.equal((await session.ends()).code, 0);
});

Deno.test("a session with an expired token says that, not that something is forbidden, and quits", async () => {
  await using server = serve(() => status(401, "Unauthorized", "Unauthorized"));
  await using home = await Home.create({ server: server.url });
  const { command, args } = fromSource([]);
  await using session = new PtyProgram(command, args, { cols: 100, rows: 24, env: home.env });
  await session.shows(/credentials/i);
  session.write(":q\r");
  assert.equal((await session.ends()).code, 0);
});

Deno.test("a session on a server that never answers draws at once, and quits while it waits", async () => {
  const { promise, resolve } = Promise.withResolvers<Response>();
  await using server = serve(() => promise);
  await using home = await Home.create({ server: server.url });
  const { command, args } = fromSource([]);
  await using session = new PtyProgram(command, args, { cols: 100, rows: 24, env: home.env });
  await session.shows("orka");
  session.write(":q\r");
  assert.equal((await session.ends()).code, 0);
  resolve(new Response());
});
