import assert from "node:assert/strict";
import { OrkaError } from "../base/mod.ts";
import type { ConnectOptions } from "./connect_options.ts";
import { type Connection, resolveConnection } from "./connection.ts";

/** Files by name in a directory that goes away; `resolve` reads kubeconfigs from it. */
class Home implements AsyncDisposable {
  private constructor(readonly dir: string) {}

  static async with(files: Readonly<Record<string, string>>): Promise<Home> {
    const home = new Home(await Deno.makeTempDir());
    for (const [name, text] of Object.entries(files)) {
      const path = `${home.dir}/${name}`;
      await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      await Deno.writeTextFile(path, text);
    }
    return home;
  }

  /** `KUBECONFIG` lists names in the directory. */
  resolve(options: ConnectOptions = {}, env: Record<string, string> = {}): Promise<Connection> {
    const files = env["KUBECONFIG"]?.split(":").map((name) => `${this.dir}/${name}`).join(":");
    const all: Record<string, string> = {
      HOME: this.dir,
      ...env,
      ...(files === undefined ? {} : { KUBECONFIG: files }),
    };
    return resolveConnection(options, (name) => all[name]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.dir, { recursive: true });
  }
}

async function failure(promise: Promise<unknown>): Promise<OrkaError> {
  const error = await promise.then(() => assert.fail("it resolved"), (e) => e);
  assert.ok(error instanceof OrkaError, String(error));
  return error;
}

const ONE = `
current-context: one
contexts:
- {name: one, context: {cluster: c1, user: u1, namespace: team}}
- {name: two, context: {cluster: c2, user: u2}}
- {name: dangling, context: {cluster: gone, user: u1}}
clusters:
- name: c1
  cluster: {server: "https://one:6443/", certificate-authority: pki/ca.pem, proxy-url: "http://proxy:3128"}
- name: c2
  cluster: {server: "https://two", insecure-skip-tls-verify: true, tls-server-name: inner}
users:
- {name: u1, user: {client-certificate-data: ${btoa("CERT")}, client-key: pki/key.pem}}
- {name: u2, user: {token: t2, username: ignored, as: bob, as-groups: [dev, "ops, night"]}}
`;
const PKI = { ".kube/pki/ca.pem": "CA", ".kube/pki/key.pem": "KEY" };

Deno.test("the default file, its current context and the files that it names beside it", async () => {
  await using home = await Home.with({ ".kube/config": ONE, ...PKI });
  const { target, server, user } = await home.resolve();
  assert.deepEqual(target, {
    server: "https://one:6443",
    context: "one",
    cluster: "c1",
    user: "u1",
    namespace: "team",
    contexts: ["one", "two", "dangling"],
  });
  assert.deepEqual(server, {
    server: "https://one:6443",
    ca: "CA",
    skipVerify: false,
    serverName: "",
    proxyUrl: "http://proxy:3128",
  });
  assert.deepEqual([user.cert, user.key, user.token], ["CERT", "KEY", ""]);
});

Deno.test("options go before the kubeconfig", async () => {
  await using home = await Home.with({ ".kube/config": ONE, ...PKI, "other.pem": "OTHER" });
  const two = await home.resolve({ context: "two" });
  assert.deepEqual([two.target.server, two.target.namespace, two.server.skipVerify, two.server.serverName], [
    "https://two",
    "default",
    true,
    "inner",
  ]);
  assert.deepEqual(two.headers, [["Impersonate-User", "bob"], ["Impersonate-Group", "dev"], [
    "Impersonate-Group",
    "ops, night",
  ]]);
  const mixed = await home.resolve({
    cluster: "c2",
    user: "u1",
    namespace: "mine",
    insecureSkipTlsVerify: false,
    certificateAuthority: `${home.dir}/other.pem`,
    token: "mine",
    as: "eve",
    asUid: "7",
    asExtra: { scopes: ["a", "b"] },
  });
  assert.deepEqual([mixed.target.server, mixed.target.user, mixed.target.namespace], [
    "https://two",
    "u1",
    "mine",
  ]);
  assert.deepEqual([mixed.server.ca, mixed.server.skipVerify, mixed.user.token], ["OTHER", false, "mine"]);
  assert.deepEqual(mixed.headers, [
    ["Impersonate-User", "eve"],
    ["Impersonate-Uid", "7"],
    ["Impersonate-Extra-scopes", "a"],
    ["Impersonate-Extra-scopes", "b"],
  ]);
  const bare = await home.resolve({ server: "other:1234" });
  assert.equal(bare.target.server, "https://other:1234");
  assert.equal((await failure(home.resolve({ asGroups: ["g"] }))).code, "usage");
});

Deno.test("of several files the first that has a name wins, missing ones are skipped", async () => {
  const second = `
current-context: two
contexts: [{name: one, context: {cluster: x, user: y}}, {name: three, context: {cluster: c3, user: u2}}]
clusters:
- name: c3
  cluster:
    server: https://three
    certificate-authority: near.pem
`;
  await using home = await Home.with({
    "a/config": ONE,
    "b/config": second,
    "b/near.pem": "NEAR",
    "a/pki/ca.pem": "CA",
    "a/pki/key.pem": "K",
  });
  const env = { KUBECONFIG: "none:a/config:b/config" };
  const { target, server } = await home.resolve({}, env);
  assert.deepEqual([target.context, target.server, server.ca], ["one", "https://one:6443", "CA"]);
  assert.deepEqual(target.contexts, ["one", "two", "dangling", "three"]);
  const three = await home.resolve({ context: "three" }, env);
  assert.deepEqual([three.server.ca, three.user.token], ["NEAR", "t2"]);
  const only = await home.resolve({ kubeconfig: `${home.dir}/b/config`, context: "three", user: "" }, env);
  assert.deepEqual([only.target.contexts, only.user.token], [["one", "three"], ""]);
});

Deno.test("what is wrong is told with its file, and a near miss with what was meant", async () => {
  await using home = await Home.with({
    ".kube/config": ONE,
    ".kube/pki/ca.pem": "CA",
    "yaml": "a: b\nc: [d\ne: f\n",
    "list": "- a\n",
    "empty": "",
    ".kube/base64": ONE.replace(btoa("CERT"), "a%b"),
    "nocurrent": ONE.replace("current-context: one", ""),
    ".kube/half": ONE.replace("client-key: pki/key.pem", "x: y"),
  });
  const at = (name: string) => failure(home.resolve({ kubeconfig: `${home.dir}/${name}` }));
  const cases: readonly (readonly [OrkaError, string, RegExp])[] = [
    [
      await failure(home.resolve({ context: "tow" })),
      "no-context",
      /^context "tow" does not exist in .*\/config$/,
    ],
    [await failure(home.resolve({ context: "dangling" })), "no-context", /^cluster "gone" does not exist/],
    [await failure(home.resolve({ user: "u9" })), "no-context", /^user "u9" does not exist/],
    [
      await failure(home.resolve()),
      "kubeconfig",
      /unable to read client-key .*\.kube\/pki\/key\.pem: no such file/,
    ],
    [await at("nofile"), "kubeconfig", /nofile": no such file or directory$/],
    [await at("yaml"), "kubeconfig", /yaml": line [34]: /],
    [await at("list"), "kubeconfig", /list": it is no kubeconfig/],
    [await at("empty"), "kubeconfig", /^no cluster is configured in .*empty$/],
    [await at(".kube/base64"), "kubeconfig", /client-certificate-data is not base64$/],
    [await at("nocurrent"), "no-context", /^no current context is set/],
    [await at(".kube/half"), "kubeconfig", /has no client-key/],
    [
      await failure(home.resolve({}, { KUBECONFIG: "none" })),
      "kubeconfig",
      /^no cluster is configured: .*none: no such file$/,
    ],
  ];
  for (const [error, code, message] of cases) {
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
  }
  assert.match(cases[0]![0].hint ?? "", /"two"/);
  assert.match(cases.at(-1)![0].hint ?? "", /--kubeconfig/);
});

Deno.test("JSON, and YAML beyond the small reader, are kubeconfigs too", async () => {
  const anchors = `
clusters:
- &c {name: a, cluster: {server: "https://anchored"}}
contexts: [{name: x, context: {cluster: a, user: ""}}]
current-context: >-
  x
`;
  const json = JSON.stringify({
    "current-context": "j",
    contexts: [{ name: "j", context: { cluster: "c" } }],
    clusters: [{ name: "c", cluster: { server: "https://json", "insecure-skip-tls-verify": true } }],
  });
  await using home = await Home.with({ anchors, json });
  const of = (name: string) => home.resolve({ kubeconfig: `${home.dir}/${name}` });
  assert.equal((await of("anchors")).target.server, "https://anchored");
  const { server } = await of("json");
  assert.deepEqual([server.server, server.skipVerify], ["https://json", true]);
});

Deno.test("without any kubeconfig a pod's service account is used, if there is one", async () => {
  await using home = await Home.with({ "sa/token": "secret\n", "sa/ca.crt": "CA", "sa/namespace": "mine\n" });
  const env = { KUBERNETES_SERVICE_HOST: "10.0.0.1", KUBERNETES_SERVICE_PORT: "443" };
  const pod = await home.resolve({}, { ...env, ORKA_SERVICE_ACCOUNT_DIR: `${home.dir}/sa` });
  assert.deepEqual([pod.target.server, pod.target.namespace, pod.target.context], [
    "https://10.0.0.1:443",
    "mine",
    "",
  ]);
  assert.deepEqual([pod.server.ca, pod.user.tokenFile], ["CA", `${home.dir}/sa/token`]);
  const none = await failure(home.resolve({}, { ...env, ORKA_SERVICE_ACCOUNT_DIR: `${home.dir}/none` }));
  assert.equal(none.code, "kubeconfig");
});

Deno.test("a CA that the command line names is checked against, whatever the kubeconfig skips", async () => {
  await using home = await Home.with({ ".kube/config": ONE, ...PKI, "other.pem": "OTHER" });
  const certificateAuthority = `${home.dir}/other.pem`;
  const { server } = await home.resolve({ context: "two", certificateAuthority });
  assert.deepEqual([server.ca, server.skipVerify], ["OTHER", false]);
  const asked = await home.resolve({ context: "two", certificateAuthority, insecureSkipTlsVerify: true });
  assert.equal(asked.server.skipVerify, true);
});

Deno.test("a server without a scheme is HTTPS where there is a CA, a client certificate or no checking", async () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["", "", "http"],
    ["", "token: t", "http"],
    [`, certificate-authority-data: ${btoa("CA")}`, "", "https"],
    [", insecure-skip-tls-verify: true", "", "https"],
    ["", `client-certificate-data: ${btoa("CERT")}, client-key-data: ${btoa("KEY")}`, "https"],
  ];
  for (const [cluster, user, scheme] of cases) {
    const config = `
current-context: x
contexts:
- {name: x, context: {cluster: c, user: u}}
clusters:
- {name: c, cluster: {server: "kube:6443"${cluster}}}
users:
- {name: u, user: {${user}}}
`;
    await using home = await Home.with({ ".kube/config": config });
    const { server, target } = await home.resolve();
    assert.deepEqual([server.server, target.server], [`${scheme}://kube:6443`, `${scheme}://kube:6443`]);
  }
});
