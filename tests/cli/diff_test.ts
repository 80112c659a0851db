import assert from "node:assert/strict";
import { onServers, type TestServer } from "../support/two_servers.ts";
import { type Cli, cliOn, type CliOptions } from "./harness.ts";

const MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: x, b: z}\n";
const SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {token: old-secret}\n";

interface Diffed {
  /** Applied first; empty: nothing. */
  readonly live: string;
  readonly text: string;
  readonly more?: CliOptions;
}

/** `diff -f a.yaml` of the text. */
async function diffing(server: TestServer, { live, text, more = {} }: Diffed): Promise<Cli> {
  if (live !== "") {
    (await cliOn(server, { files: { "a.yaml": live } })("apply", "-f", "a.yaml", "--write")).code(0);
  }
  const orka = cliOn(server, { ...more, files: { "a.yaml": text } });
  return (...flags) => orka("diff", "-f", "a.yaml", ...flags);
}

onServers("diff exits with 0 for nothing, 1 for something, 2 when it can't be told", async (server) => {
  const of = (text: string) => diffing(server, { live: MAP, text });
  (await (await of(MAP))()).stdout("").code(0);
  (await (await of(MAP.replace("x", "n2")))()).code(1);
  (await (await of("a: ["))()).stderr(/a\.yaml:1:/).code(2);
  (await (await of(MAP))("-o", "xml")).code(2);
});

onServers("diff is what apply would change, as a unified diff of YAML", async (server) => {
  const diff = await diffing(server, { live: MAP, text: MAP.replace("a: x", "a: w") });
  (await diff()).stdout(/^diff -u -N LIVE\/v1\.ConfigMap\.NS\.c MERGED\/v1\.ConfigMap\.NS\.c\n--- LIVE/)
    .stdout(/\n@@ -1,6 \+1,6 @@\n apiVersion: v1\n data:\n- {2}a: x\n\+ {2}a: w\n {3}b: z\n/).code(1);
  (await diff("-o", "fields")).stdout("configmap/c would change\n  ~ data.a: x -> w\n").code(1);
  (await diff("-o", "json-patch")).stdout(
    '{"namespace":"NS","object":"configmap/c","patch":[{"op":"replace","path":"/data/a","value":"w"}]}\n',
  ).code(1);
});

onServers(
  "a new object is all additions; what has no namespace yet is shown as it stands",
  async (server) => {
    const diff = await diffing(server, { live: "", text: MAP });
    const { out } = (await diff()).stdout(/\n@@ -0,0 \+1,\d+ @@\n\+apiVersion: v1\n\+data:\n/).code(1);
    assert.doesNotMatch(out, /managedFields/);
    (await diff("--show-managed-fields")).stdout(/\n\+ {2}managedFields:\n/).code(1);
    const away = await diffing(server, {
      live: "",
      text: MAP.replace("name: c", "name: c, namespace: no-such-namespace"),
    });
    (await away()).stdout(/\+ {2}a: x\n/).stderr(/configmap\/c: as the manifest has it/).code(1);
  },
);

onServers("values of Secrets are masked in every form", async (server) => {
  const diff = await diffing(server, { live: SECRET, text: SECRET.replace("old-", "new-") });
  for (const style of ["yaml", "fields", "json-patch"]) {
    const { out } = (await diff("-o", style)).code(1);
    assert.match(out, /\*\*\*/, style);
    assert.doesNotMatch(out, /-secret|b2xkL|bmV3L/, style);
  }
});

onServers("a conflict and a refusal name the object, its file and what to do", async (server) => {
  const theirs = cliOn(server, { files: { "b.yaml": MAP } });
  (await theirs("apply", "-f", "b.yaml", "--field-manager=pipeline", "--write")).code(0);
  const diff = await diffing(server, { live: "", text: MAP.replace("a: x", "a: w") });
  (await diff()).stderr(/configmap\/c \(a\.yaml\)[^]*\.data\.a +is owned by "pipeline"/).code(2);
  (await diff("--force-conflicts")).stdout(/\+ {2}a: w\n/).code(1);
  (await diff("--server-side=false")).stdout(/\+ {2}a: w\n/).code(1);
});

onServers("KUBECTL_EXTERNAL_DIFF compares two directories; its code is the answer", async (server) => {
  const env = { KUBECTL_EXTERNAL_DIFF: "diff -r -N $(boo)" };
  const differs = await diffing(server, { live: MAP, text: MAP.replace("a: x", "a: w"), more: { env } });
  (await differs()).stdout(/\n3c3\n< {3}a: x\n---\n> {3}a: w\n/).code(1);
  const same = await diffing(server, { live: "", text: MAP, more: { env } });
  (await same()).stdout("").code(0);
  const missing = { KUBECTL_EXTERNAL_DIFF: "no-such-program-here" };
  const broken = await diffing(server, { live: "", text: MAP, more: { env: missing } });
  (await broken()).stderr(/no program "no-such-program-here"/).code(2);
});
