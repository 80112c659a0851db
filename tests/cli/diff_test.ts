import assert from "node:assert/strict";
import { type Embedded, openEmbedded } from "../support/embedded.ts";
import { cliOnEmbedded, type CliOptions } from "./harness.ts";

const MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: x, b: z}\n";
const SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {token: old-secret}\n";

/** `diff -f a.yaml` of `text`, after `live` has been applied. */
async function diffing(
  { live, text, more = {} }: { live: string; text: string; more?: CliOptions },
  use: (
    diff: (...flags: string[]) => ReturnType<ReturnType<typeof cliOnEmbedded>>,
    cluster: Embedded,
  ) => Promise<void>,
) {
  await using cluster = await openEmbedded();
  if (live !== "") {
    (await cliOnEmbedded(cluster, { files: { "a.yaml": live } })("apply", "-f", "a.yaml", "--write")).code(0);
  }
  const orka = cliOnEmbedded(cluster, { ...more, files: { "a.yaml": text } });
  await use((...flags) => orka("diff", "-f", "a.yaml", ...flags), cluster);
}

Deno.test("diff exits with 0 for nothing, 1 for something, 2 when it can't be told", async () => {
  await diffing({ live: MAP, text: MAP }, async (diff) => void (await diff()).stdout("").code(0));
  await diffing({ live: MAP, text: MAP.replace("x", "n2") }, async (diff) => void (await diff()).code(1));
  await diffing(
    { live: MAP, text: "a: [" },
    async (diff) => void (await diff()).stderr(/a\.yaml:1:/).code(2),
  );
  await diffing({ live: MAP, text: MAP }, async (diff) => void (await diff("-o", "xml")).code(2));
});

Deno.test("diff is what apply would change, as a unified diff of YAML", () =>
  diffing({ live: MAP, text: MAP.replace("a: x", "a: w") }, async (diff) => {
    const { out } = (await diff()).code(1);
    assert.match(
      out,
      /^diff -u -N LIVE\/v1\.ConfigMap\.default\.c MERGED\/v1\.ConfigMap\.default\.c\n--- LIVE/,
    );
    assert.match(out, /\n@@ -1,6 \+1,6 @@\n apiVersion: v1\n data:\n- {2}a: x\n\+ {2}a: w\n {3}b: z\n/);
    (await diff("-o", "fields")).stdout("configmap/c would change\n  ~ data.a: x -> w\n").code(1);
    (await diff("-o", "json-patch")).stdout(
      '{"namespace":"default","object":"configmap/c","patch":[{"op":"replace","path":"/data/a","value":"w"}]}\n',
    ).code(1);
  }));

Deno.test("a new object is all additions, and what its namespace is not there for is shown as it stands", async () => {
  await diffing({ live: "", text: MAP }, async (diff) => {
    const { out } = (await diff()).stdout(/\n@@ -0,0 \+1,\d+ @@\n\+apiVersion: v1\n\+data:\n/).code(1);
    assert.doesNotMatch(out, /managedFields/);
    (await diff("--show-managed-fields")).stdout(/\n\+ {2}managedFields:\n/).code(1);
  });
  await diffing({ live: "", text: MAP.replace("name: c", "name: c, namespace: new") }, async (diff) => {
    (await diff()).stdout(/\+ {2}a: x\n/).stderr(/configmap\/c: as the manifest has it/).code(1);
  });
});

Deno.test("values of Secrets are masked in every form", () =>
  diffing({ live: SECRET, text: SECRET.replace("old-", "new-") }, async (diff) => {
    for (const style of ["yaml", "fields", "json-patch"]) {
      const { out } = (await diff("-o", style)).code(1);
      assert.match(out, /\*\*\*/, style);
      assert.doesNotMatch(out, /-secret|b2xkL|bmV3L/, style);
    }
  }));

Deno.test("a conflict and a refusal name the object, its file and what to do", async () => {
  await diffing({ live: "", text: MAP.replace("a: x", "a: w") }, async (diff, cluster) => {
    const theirs = cliOnEmbedded(cluster, { files: { "b.yaml": MAP } });
    (await theirs("apply", "-f", "b.yaml", "--field-manager=pipeline", "--write")).code(0);
    (await diff()).stderr(/configmap\/c \(a\.yaml\)[^]*\.data\.a +is owned by "pipeline"/).code(2);
    (await diff("--force-conflicts")).stdout(/\+ {2}a: w\n/).code(1);
    (await diff("--server-side=false")).stdout(/\+ {2}a: w\n/).code(1);
  });
});

Deno.test("KUBECTL_EXTERNAL_DIFF compares two directories; its code is the answer", async () => {
  const env = { KUBECTL_EXTERNAL_DIFF: "diff -r -N $(boo)" };
  await diffing({ live: MAP, text: MAP.replace("a: x", "a: w"), more: { env } }, async (diff) => {
    (await diff()).stdout(/\n2c2|3c3\n< {3}a: x\n---\n> {3}a: w\n/).code(1);
  });
  await diffing(
    { live: MAP, text: MAP, more: { env } },
    async (diff) => void (await diff()).stdout("").code(0),
  );
  const missing = { KUBECTL_EXTERNAL_DIFF: "no-such-program-here" };
  await diffing({ live: MAP, text: MAP, more: { env: missing } }, async (diff) => {
    (await diff()).stderr(/no program "no-such-program-here"/).code(2);
  });
});
