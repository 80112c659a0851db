import assert from "node:assert/strict";
import { Cancelled, ManualClock, OrkaError } from "../base/mod.ts";
import type { Connection, UserSettings } from "./connection.ts";
import { createCredentials, type UserCredentials } from "./credentials.ts";

const NOW_MS = 1_700_000_000_000;

function connectionOf(user: Partial<UserSettings>): Connection {
  return {
    target: { server: "https://s", context: "", cluster: "", user: "u", namespace: "default", contexts: [] },
    server: { server: "https://s", ca: "CA", skipVerify: false, serverName: "", proxyUrl: "" },
    user: {
      name: "u",
      exec: null,
      authProvider: null,
      tokenFile: "",
      token: "",
      username: "",
      password: "",
      cert: null,
      key: null,
      dir: "",
      ...user,
    },
    headers: [],
  };
}

function credentialsOf(
  user: Partial<UserSettings>,
  options: { clock?: ManualClock; heard?: string[] } = {},
): UserCredentials {
  const { clock = new ManualClock(NOW_MS), heard } = options;
  return createCredentials(connectionOf(user), {
    clock,
    env: () => undefined,
    onPluginOutput: (text) => heard?.push(text),
  });
}

async function withDir(use: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await use(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

async function failure(promise: Promise<unknown>): Promise<OrkaError> {
  const error = await promise.then(() => assert.fail("it resolved"), (e) => e);
  assert.ok(error instanceof OrkaError, String(error));
  return error;
}

Deno.test("tokens, basic and nothing; certificates besides", async () => {
  assert.deepEqual(await credentialsOf({ token: "t", username: "x" }).headers(), {
    authorization: "Bearer t",
  });
  assert.deepEqual(await credentialsOf({ username: "é", password: "p:w" }).headers(), {
    authorization: "Basic w6k6cDp3",
  });
  const none = credentialsOf({ cert: "C", key: "K" });
  assert.deepEqual([await none.headers(), await none.identity(), await none.refresh()], [{}, {
    cert: "C",
    key: "K",
  }, false]);
});

Deno.test("a token file is read again after a minute, and at once when the server refuses", async () => {
  await withDir(async (dir) => {
    const clock = new ManualClock(NOW_MS);
    const tokenFile = `${dir}/token`;
    const credentials = credentialsOf({ tokenFile }, { clock });
    const bearer = async () => (await credentials.headers())["authorization"];
    assert.equal((await failure(credentials.headers())).code, "kubeconfig");
    await Deno.writeTextFile(tokenFile, "one\n");
    assert.equal(await bearer(), "Bearer one");
    await Deno.writeTextFile(tokenFile, "two\n");
    assert.equal(await bearer(), "Bearer one");
    await clock.advance(60_000);
    assert.equal(await bearer(), "Bearer two");
    assert.equal(await credentials.refresh(), false);
    await Deno.writeTextFile(tokenFile, "three\n");
    assert.equal(await credentials.refresh(), true);
    assert.equal(await bearer(), "Bearer three");
  });
});

/** A plugin that counts its runs in its tokens and echoes what it was told. */
async function plugin(dir: string, answer: string): Promise<Partial<UserSettings>> {
  const script = `#!/bin/sh
n=$(cat "${dir}/runs" 2>/dev/null || echo 0); n=$((n+1)); echo $n > "${dir}/runs"
printf '%s' "$KUBERNETES_EXEC_INFO" > "${dir}/info"; printf '%s' "$*:$MODE" > "${dir}/args"
echo "sign in please" >&2
cat <<END
${answer}
END
`;
  await Deno.writeTextFile(`${dir}/plugin.sh`, script, { mode: 0o755 });
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1",
    command: "./plugin.sh",
    args: ["get", "token"],
    env: [{ name: "MODE", value: "test" }],
    provideClusterInfo: "true",
    interactiveMode: "IfAvailable",
  };
  return { exec, dir: `${dir}/` };
}

function execCredential(status: object): string {
  return JSON.stringify({ kind: "ExecCredential", apiVersion: "client.authentication.k8s.io/v1", status });
}

Deno.test("an exec plugin is run once until its answer expires or is refused", async () => {
  await withDir(async (dir) => {
    const clock = new ManualClock(NOW_MS);
    const heard: string[] = [];
    const expirationTimestamp = new Date(NOW_MS + 60_000).toISOString();
    const answer = execCredential({ token: "t-$n", expirationTimestamp });
    const credentials = credentialsOf(await plugin(dir, answer), { clock, heard });
    const [first, identity] = await Promise.all([credentials.headers(), credentials.identity()]);
    assert.deepEqual([first, identity], [{ authorization: "Bearer t-1" }, null]);
    assert.equal(await Deno.readTextFile(`${dir}/args`), "get token:test");
    const info = JSON.parse(await Deno.readTextFile(`${dir}/info`));
    assert.deepEqual(info.spec, {
      interactive: false,
      cluster: { server: "https://s", "certificate-authority-data": btoa("CA") },
    });
    assert.deepEqual(heard, ["sign in please\n"]);
    await clock.advance(49_000);
    assert.deepEqual(await credentials.headers(), { authorization: "Bearer t-1" });
    await clock.advance(1_000);
    assert.deepEqual(await credentials.headers(), { authorization: "Bearer t-2" });
    assert.equal(await credentials.refresh(), true);
    assert.deepEqual(await credentials.headers(), { authorization: "Bearer t-3" });
  });
});

Deno.test("an exec plugin may answer with a certificate", async () => {
  await withDir(async (dir) => {
    const answer = execCredential({ clientCertificateData: "C", clientKeyData: "K" });
    const credentials = credentialsOf(await plugin(dir, answer));
    assert.deepEqual([await credentials.headers(), await credentials.identity()], [{}, {
      cert: "C",
      key: "K",
    }]);
  });
});

Deno.test("an exec plugin that fails says why, and is tried again", async () => {
  await withDir(async (dir) => {
    const apiVersion = "client.authentication.k8s.io/v1beta1";
    const shell = (script: string) => ({ exec: { apiVersion, command: "sh", args: ["-c", script] } });
    const cases: readonly (readonly [Partial<UserSettings>, string, RegExp])[] = [
      [
        shell("echo expired session >&2; exit 3"),
        "unauthorized",
        /sh failed with exit code 3: expired session$/,
      ],
      [shell("echo hello"), "unauthorized", /wrote no JSON$/],
      [shell("echo '{}'"), "unauthorized", /neither a token nor a certificate$/],
      [
        { exec: { apiVersion, command: `${dir}/none`, installHint: "install it" } },
        "kubeconfig",
        /executable not found$/,
      ],
      [{ exec: { apiVersion: "v9", command: "sh" } }, "kubeconfig", /unknown apiVersion "v9"$/],
      [{ exec: { apiVersion } }, "kubeconfig", /without a command$/],
      [{ exec: { apiVersion, command: "sh", interactiveMode: "Always" } }, "kubeconfig", /interactively$/],
    ];
    for (const [user, code, message] of cases) {
      const credentials = credentialsOf(user);
      const error = await failure(credentials.headers());
      assert.equal(error.code, code, error.message);
      assert.match(error.message, message);
    }
    const once = credentialsOf(shell(`[ -e ${dir}/x ] && echo '{"status":{"token":"t"}}'; touch ${dir}/x`));
    await failure(once.headers());
    assert.deepEqual(await once.headers(), { authorization: "Bearer t" });
  });
});

function base64url(value: object): string {
  return btoa(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

Deno.test("an OIDC auth provider gives its id token while that is valid", async () => {
  const token = `${base64url({ alg: "none" })}.${base64url({ exp: Math.floor(Date.now() / 1000) + 3600 })}.x`;
  const oidc = (config: Record<string, string>) => credentialsOf({ authProvider: { name: "oidc", config } });
  assert.deepEqual(await oidc({ "id-token": token }).headers(), { authorization: `Bearer ${token}` });
  const error = await failure(oidc({}).headers());
  assert.deepEqual([error.code, /auth provider "oidc"/.test(error.message)], ["unauthorized", true]);
});

Deno.test("closing ends an exec plugin that still runs", async () => {
  const apiVersion = "client.authentication.k8s.io/v1";
  const exec = { apiVersion, command: "sh", args: ["-c", "echo begun >&2; exec sleep 60"] };
  const begun = Promise.withResolvers<void>();
  const credentials = createCredentials(connectionOf({ exec }), {
    clock: new ManualClock(NOW_MS),
    env: () => undefined,
    onPluginOutput: () => begun.resolve(),
  });
  const asked = credentials.headers().catch((error) => error);
  await begun.promise;
  credentials.close?.();
  assert.ok(await asked instanceof Cancelled);
});
