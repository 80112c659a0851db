import assert from "node:assert/strict";
import { ManualClock } from "../../base/mod.ts";
import { createMemoryStore } from "../storage/mod.ts";
import { AccountTokens, ISSUER } from "./account_tokens.ts";
import { Authenticator } from "./authenticator.ts";
import { allowAuthenticated } from "./authorizer.ts";
import { impersonation } from "./impersonation.ts";
import { createSigningKey, keptSigningKey } from "./signing_key.ts";
import { ADMIN, ANONYMOUS } from "./user.ts";

async function withTokens(
  run: (
    at: { tokens: AccountTokens; clock: ManualClock; create: (place: string) => Promise<string> },
  ) => Promise<void>,
): Promise<void> {
  const clock = new ManualClock();
  const store = createMemoryStore({ clock, upkeepMs: 0 });
  const storage = store.tenant("t");
  const create = async (place: string) => {
    const [resource = "", namespace = "", name = ""] = place.split("/");
    const uid = crypto.randomUUID();
    await storage.create({ resource, namespace, name }, { value: "{}", uid });
    return uid;
  };
  await run({ tokens: new AccountTokens({ storage, clock }), clock, create });
  await store.close();
}

const TIMES = (clock: ManualClock) => ({
  audiences: [ISSUER],
  expirationSeconds: 600,
  nowMs: clock.now(),
});

Deno.test("a token is its service account's until it is over", () =>
  withTokens(async ({ tokens, clock, create }) => {
    const uid = await create("serviceaccounts/ns/robot");
    const subject = { namespace: "ns", account: { name: "robot", uid } };
    const token = await tokens.issue(subject, TIMES(clock));
    const verdict = await tokens.verify(token, [ISSUER, "other"]);
    assert.ok(verdict && "user" in verdict);
    assert.equal(verdict.user.name, "system:serviceaccount:ns:robot");
    assert.deepEqual(verdict.user.groups, [
      "system:serviceaccounts",
      "system:serviceaccounts:ns",
      "system:authenticated",
    ]);
    assert.deepEqual(verdict.audiences, [ISSUER]);
    await clock.advance(661_000);
    assert.deepEqual(await tokens.verify(token, [ISSUER]), { error: "service account token has expired" });
  }));

Deno.test("a token is nobody's for other audiences, other keys, and after what it is bound to", () =>
  withTokens(async ({ tokens, clock, create }) => {
    const account = { name: "robot", uid: await create("serviceaccounts/ns/robot") };
    const token = await tokens.issue({ namespace: "ns", account }, TIMES(clock));
    assert.match(
      error(await tokens.verify(token, ["x"])),
      /\["https:.*"\] is invalid for the target audiences \["x"\]/,
    );
    const [head, body, signature] = token.split(".");
    const forged = JSON.parse(atob(body!.replaceAll("-", "+").replaceAll("_", "/")));
    forged.sub = "system:serviceaccount:kube-system:admin";
    const other = new TextEncoder().encode(JSON.stringify(forged)).toBase64({
      alphabet: "base64url",
      omitPadding: true,
    });
    assert.match(
      error(await tokens.verify(`${head}.${other}.${signature}`, [ISSUER])),
      /cryptographic primitive/,
    );
    const gone = { ...account, uid: "former" };
    assert.match(
      error(
        await tokens.verify(await tokens.issue({ namespace: "ns", account: gone }, TIMES(clock)), [ISSUER]),
      ),
      /does not match claim \(former\)/,
    );
    const secret = { name: "gone", uid: "x" };
    assert.equal(
      error(
        await tokens.verify(await tokens.issue({ namespace: "ns", account, secret }, TIMES(clock)), [ISSUER]),
      ),
      "service account token has been invalidated",
    );
    for (const nonsense of ["", "a", "a.b.c", "....", `${head}.bnVsbA.x`]) {
      assert.equal(await tokens.verify(nonsense, [ISSUER]), undefined);
    }
  }));

function error(verdict: Awaited<ReturnType<AccountTokens["verify"]>>): string {
  return verdict && "error" in verdict ? verdict.error : "";
}

Deno.test("credentials: certificate before token, wrong ones nobody's, none anonymous", () =>
  withTokens(async ({ tokens }) => {
    const authenticator = new Authenticator(tokens);
    authenticator.admit("sesame", ADMIN);
    const certificate = { commonName: "ann", organizations: ["dev"] };
    const ann = await authenticator.user({ certificate, authorization: "Bearer wrong" });
    assert.deepEqual([ann?.name, ann?.groups], ["ann", ["dev", "system:authenticated"]]);
    assert.equal(await authenticator.user({ authorization: "Bearer sesame" }), ADMIN);
    assert.equal(await authenticator.user({ authorization: "Bearer open" }), undefined);
    assert.equal(await authenticator.user({ refusedCertificate: true }), undefined);
    assert.equal(await authenticator.user({ authorization: "Basic eDp5" }), ANONYMOUS);
    assert.equal(await authenticator.user({ trusted: ADMIN, authorization: null }), ADMIN);
  }));

Deno.test("a signing key is kept for its owner alone, and signs the same after a restart", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const made = await keptSigningKey(`${directory}/pki`);
    assert.equal((await keptSigningKey(`${directory}/pki`)).id, made.id);
    assert.equal((await Deno.stat(`${directory}/pki/sa.key`)).mode! & 0o777, 0o600);
    assert.notEqual((await createSigningKey()).id, made.id);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

/** Headers, and the user that they make: name, uid, groups, extra; or the refusal. As the real server answered. */
const IMPERSONATIONS: readonly [Record<string, string>, unknown][] = [
  [{}, { type: "none" }],
  [{ "Impersonate-User": "bob" }, { type: "user", user: { name: "bob", groups: ["system:authenticated"] } }],
  [
    {
      "Impersonate-User": "bob",
      "Impersonate-Group": "a, b",
      "Impersonate-Uid": "1",
      "Impersonate-Extra-acme.com%2Fproject": "p",
    },
    {
      type: "user",
      user: {
        name: "bob",
        uid: "1",
        groups: ["a", "b", "system:authenticated"],
        extra: { "acme.com/project": ["p"] },
      },
    },
  ],
  [
    { "Impersonate-User": "system:serviceaccount:ns:robot" },
    {
      type: "user",
      user: {
        name: "system:serviceaccount:ns:robot",
        groups: ["system:serviceaccounts", "system:serviceaccounts:ns", "system:authenticated"],
      },
    },
  ],
  [
    { "Impersonate-User": "system:anonymous", "Impersonate-Group": "system:masters" },
    {
      type: "user",
      user: { name: "system:anonymous", groups: ["system:masters", "system:unauthenticated"] },
    },
  ],
  [
    { "Impersonate-Extra-a": "b" },
    {
      type: "invalid",
      message: 'requested &user.DefaultInfo{Name:"", UID:"", Groups:[]string(nil), ' +
        'Extra:map[string][]string{"a":[]string{"b"}}} without impersonating a user name',
    },
  ],
];

for (const [headers, expected] of IMPERSONATIONS) {
  Deno.test(`impersonation ${JSON.stringify(headers)}`, () => {
    assert.deepEqual(impersonation(new Headers(headers)), expected);
  });
}

Deno.test("whoever is authenticated may do everything, others see health and version alone", async () => {
  const delete1 = { type: "path", verb: "delete", path: "/x" } as const;
  const version = { type: "path", verb: "get", path: "/version" } as const;
  const allowed = async (user: typeof ADMIN, attributes: typeof delete1 | typeof version) =>
    (await allowAuthenticated.authorize(user, attributes)).allowed;
  assert.equal(await allowed(ADMIN, delete1), true);
  assert.equal(await allowed({ name: "bob", groups: ["dev"] }, delete1), true);
  assert.equal(await allowed(ANONYMOUS, delete1), false);
  assert.equal(await allowed(ANONYMOUS, version), true);
  assert.equal((await allowAuthenticated.rules(ANONYMOUS, "ns")).resourceRules.length, 0);
});
