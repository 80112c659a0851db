import assert from "node:assert/strict";
import { patchObject, readObject } from "../../src/apply/mod.ts";
import { type Embedded, openEmbedded } from "../support/embedded.ts";
import { resource } from "../support/resources.ts";
import { cliOnEmbedded, type CliOptions, type Ran } from "./harness.ts";

const DEPLOYMENT = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web" },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: "web" } },
    template: {
      metadata: { labels: { app: "web" } },
      spec: { containers: [{ name: "web", image: "web:1" }] },
    },
  },
};
const WEB = { resource: resource("Deployment"), namespace: "default", name: "web" };
const THREE = "sed -i 's/replicas: 2/replicas: 3/'";

/** A cluster with a deployment, and a directory that edits keep their files in. */
class Rig implements AsyncDisposable {
  private constructor(readonly cluster: Embedded, readonly directory: string) {}

  static async open(): Promise<Rig> {
    const cluster = await openEmbedded();
    await cluster.create(DEPLOYMENT);
    return new Rig(cluster, await Deno.makeTempDir({ prefix: "orka-test-" }));
  }

  /** `editor`: a line of shell, run on the file. */
  async orka(editor: string, args: readonly string[], options: CliOptions = {}): Promise<Ran> {
    const env = { KUBE_EDITOR: editor, NO_COLOR: "1", ...options.env };
    const ran = await cliOnEmbedded(this.cluster, { ...options, env })(...args);
    const kept = keptPath(ran);
    if (kept !== null) this.#kept.push(kept.replace(/\/[^/]*$/, ""));
    return ran;
  }

  readonly #kept: string[] = [];

  async replicas(): Promise<number> {
    return ((await readObject(this.cluster.client, WEB))!.spec as { replicas: number }).replicas;
  }

  /** A script that does another thing each time: the n-th line of shell the n-th time. */
  async turns(...lines: readonly string[]): Promise<string> {
    const path = `${this.directory}/editor`;
    const cases = lines.map((line, at) => `${at}) ${line} "$1";;`).join(" ");
    const script =
      `n=$(cat "${path}.n" 2>/dev/null || echo 0)\necho $((n+1)) > "${path}.n"\ncase $n in ${cases} esac\n`;
    await Deno.writeTextFile(path, script);
    return `sh ${path}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cluster[Symbol.asyncDispose]();
    for (const directory of [this.directory, ...this.#kept]) {
      await Deno.remove(directory, { recursive: true });
    }
  }
}

function keptPath({ err }: Ran): string | null {
  return /Your text is kept in (.*)/.exec(err)?.[1] ?? null;
}

Deno.test("edit without leave to write shows what would change, keeps the text and exits 3", async () => {
  await using rig = await Rig.open();
  const ran = (await rig.orka(THREE, ["edit", "deploy/web"]))
    .stdout("deployment.apps/web would change\n  ~ spec.replicas: 2 -> 3\n").stderr(/--write/).code(3);
  const path = keptPath(ran)!;
  assert.match(await Deno.readTextFile(path), /replicas: 3/);
  assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
  assert.equal((await Deno.stat(path.replace(/\/[^/]*$/, ""))).mode! & 0o777, 0o700);
  assert.equal(await rig.replicas(), 2);
});

Deno.test("edit with leave sends it, and leaves no file behind", async () => {
  await using rig = await Rig.open();
  const ran = (await rig.orka(THREE, ["edit", "deploy", "web", "--write"]))
    .stdout("deployment.apps/web edited\n").stderr(/~ spec.replicas: 2 -> 3/).code(0);
  assert.equal(keptPath(ran), null);
  assert.equal(await rig.replicas(), 3);
  const live = await readObject(rig.cluster.client, WEB);
  const owners = live!.metadata.managedFields as unknown as { manager: string; operation: string }[];
  assert.ok(owners.some(({ manager, operation }) => manager === "orka" && operation === "Apply"));
});

Deno.test("edit --dry-run exits 0 and changes nothing", async () => {
  await using rig = await Rig.open();
  (await rig.orka(THREE, ["edit", "deploy/web", "--dry-run", "--write"])).stdout(/would change/).code(0);
  assert.equal(await rig.replicas(), 2);
});

Deno.test("a text left as it was, or emptied, cancels", async () => {
  await using rig = await Rig.open();
  const cancelled = "Edit cancelled, no changes made.\n";
  (await rig.orka("true", ["edit", "deploy/web", "--write"])).stderr(cancelled).stdout("").code(0);
  const emptied = await rig.orka("truncate -s 0", ["edit", "deploy/web", "--write"]);
  emptied.stderr(/cancelled/).code(0);
});

Deno.test("on a terminal a fault reopens the editor with the reason on top", async () => {
  await using rig = await Rig.open();
  const seen = `${rig.directory}/seen`;
  const editor = await rig.turns(
    "sed -i 's/replicas: 2/replica: 3/'",
    `cp "$1" ${seen}; sed -i 's/replica: 3/replicas: 3/'`,
  );
  (await rig.orka(editor, ["edit", "deploy/web", "--write"], { terminal: true, answers: ["y"] })).code(0);
  assert.match(await Deno.readTextFile(seen), /^#\| line \d+, .*unknown field "replica".*"replicas"/m);
  assert.equal(await rig.replicas(), 3);
});

Deno.test("a fault left as it is ends the edit, and the text is kept", async () => {
  await using rig = await Rig.open();
  const wrong = "sed -i 's/replicas: 2/replicas: [2/'";
  for (const terminal of [true, false]) {
    const ran = (await rig.orka(wrong, ["edit", "deploy/web", "--write"], { terminal }))
      .stderr(/line \d+, column \d+/).code(1);
    const kept = (await Deno.readTextFile(keptPath(ran)!)).split("\n");
    const [, line] = /line (\d+)/.exec(ran.err)!;
    assert.match(kept.slice(Number(line) - 2, Number(line)).join(), /replicas: \[2/);
  }
});

Deno.test("what the server refuses is told, and the text kept", async () => {
  await using rig = await Rig.open();
  const immutable = "sed -i '/matchLabels/{n;s/web/x/}'";
  const ran = (await rig.orka(immutable, ["edit", "deploy/web", "--write"])).stderr(/selector/).code(1);
  assert.ok(keptPath(ran));
});

Deno.test("an editor that fails ends the edit; what was typed before is kept", async () => {
  await using rig = await Rig.open();
  const bare = (await rig.orka("false", ["edit", "deploy/web", "--write"])).stderr(/ended with code 1/).code(
    1,
  );
  assert.equal(keptPath(bare), null);
  (await rig.orka("/no/such-editor", ["edit", "deploy/web"])).stderr(/EDITOR names the editor/).code(1);
  const failing = "f() { sed -i 's/replicas: 2/replicas: 3/' \"$1\"; return 3; }; f";
  const typed = (await rig.orka(failing, ["edit", "deploy/web", "--write"])).stderr(/code 3/).code(1);
  assert.match(await Deno.readTextFile(keptPath(typed)!), /replicas: 3/);
  assert.equal(await rig.replicas(), 2);
});

Deno.test("Ctrl-C after the editor ends the edit with 130, and the text is kept", async () => {
  await using rig = await Rig.open();
  const ending = new AbortController();
  const ran = await rig.orka(THREE, ["edit", "deploy/web", "--write"], {
    signal: ending.signal,
    fault: ({ url }) => {
      if (new URL(url).pathname !== "/openapi/v3") return null;
      ending.abort();
      return { status: 503 };
    },
  });
  assert.match(await Deno.readTextFile(keptPath(ran.code(130))!), /replicas: 3/);
  assert.equal(await rig.replicas(), 2);
});

async function ownedByHpa(rig: Rig): Promise<void> {
  const patch = { spec: { replicas: 7 } };
  await patchObject(rig.cluster.client, WEB, { type: "merge", patch, fieldManager: "hpa" });
}

const NINE = "sed -i -e 's/replicas: 7/replicas: 9/' -e 's/web:1/web:2/'";

Deno.test("fields that others own are taken over, dropped, edited again, or left, as the person says", async () => {
  await using rig = await Rig.open();
  await ownedByHpa(rig);
  const ask = (...answers: string[]) =>
    rig.orka(NINE, ["edit", "deploy/web", "--write"], { terminal: true, answers });
  (await ask("n")).stderr(/\.spec\.replicas: conflict with "hpa"/).code(3);
  assert.equal(await rig.replicas(), 7);
  (await ask("d", "y")).code(0);
  assert.equal(await rig.replicas(), 7);
  (await ask("t", "y")).code(0);
  assert.equal(await rig.replicas(), 9);
});

Deno.test("without a person --force-conflicts takes over, and without it nothing is changed", async () => {
  await using rig = await Rig.open();
  await ownedByHpa(rig);
  const ran = (await rig.orka(NINE, ["edit", "deploy/web", "--write"])).stderr(/--force-conflicts/).code(1);
  assert.ok(keptPath(ran));
  (await rig.orka(NINE, ["edit", "deploy/web", "--write", "--force-conflicts"])).code(0);
  assert.equal(await rig.replicas(), 9);
});

Deno.test("a no keeps the text; e opens the editor again", async () => {
  await using rig = await Rig.open();
  const no = await rig.orka(THREE, ["edit", "deploy/web", "--write"], { terminal: true, answers: ["n"] });
  assert.ok(keptPath(no.code(3)));
  const editor = await rig.turns(THREE, "sed -i 's/replicas: 3/replicas: 4/'");
  const again = { terminal: true, answers: ["e", "y"] };
  (await rig.orka(editor, ["edit", "deploy/web", "--write"], again)).code(0);
  assert.equal(await rig.replicas(), 4);
});

Deno.test("an edit that was looked at too long is shown anew where its object changed meanwhile", async () => {
  await using rig = await Rig.open();
  const { cluster } = rig;
  let isTried = false;
  // Somebody else is at it, once, between the dry run that is shown and the yes.
  const handler: typeof cluster.server.handler = async (request) => {
    const answer = await cluster.server.handler(request);
    if (!isTried && request.url.endsWith("dryRun=All&force=true")) {
      isTried = true;
      const patch = { metadata: { annotations: { beat: "1" } } };
      await patchObject(cluster.client, WEB, { type: "merge", patch, fieldManager: "other" });
    }
    return answer;
  };
  const slow = { client: cluster.client, server: { handler } };
  const run = (env: Record<string, string>) => {
    const options = {
      terminal: true,
      answers: ["y", "y"],
      env: { KUBE_EDITOR: THREE, NO_COLOR: "1", ...env },
    };
    return cliOnEmbedded(slow, options)("edit", "deploy/web", "--write");
  };
  // Whatever is older than no time at all.
  const ran = (await run({ ORKA_MAX_SNAPSHOT_AGE_SECS: "0" })).code(0);
  assert.equal(ran.err.match(/Not sent yet/g)?.length, 1, ran.err);
  assert.equal(ran.err.match(/Send it\?/g)?.length, 2);
  assert.equal(await rig.replicas(), 3);
});

Deno.test("in a protected context the name has to be typed", async () => {
  await using rig = await Rig.open();
  const files = { "/c.yaml": "contexts: [{match: prod, protected: true}]" };
  const guarded = { env: { ORKA_CONFIG: "/c.yaml" }, files, target: { context: "prod" } };
  const ask = (...answers: string[]) =>
    rig.orka(THREE, ["edit", "deploy/web", "--write"], { ...guarded, terminal: true, answers });
  (await ask("y")).stderr(/type web to send it/).code(3);
  (await rig.orka(THREE, ["edit", "deploy/web", "--write"], guarded)).stderr(/protected/).code(3);
  assert.equal(await rig.replicas(), 2);
  (await ask("web")).code(0);
  assert.equal(await rig.replicas(), 3);
});

Deno.test("the end of the answers is a no", async () => {
  await using rig = await Rig.open();
  const ran = await rig.orka(THREE, ["edit", "deploy/web", "--write"], { terminal: true, answers: [] });
  assert.ok(keptPath(ran.code(3)));
});

Deno.test("several objects in one text; a name that is not there", async () => {
  await using rig = await Rig.open();
  await rig.cluster.create({ ...DEPLOYMENT, metadata: { name: "api" } });
  (await rig.orka(THREE, ["edit", "deploy", "web", "api", "--write"]))
    .stdout("deployment.apps/web edited\ndeployment.apps/api edited\n").code(0);
  (await rig.orka(THREE, ["edit", "deploy", "nope"])).stderr(/not found/).code(1);
  (await rig.orka(THREE, ["edit"])).code(2);
});

Deno.test("a manifest keeps its comments, and is saved when it was sent", async () => {
  await using rig = await Rig.open();
  const file = `${rig.directory}/web.yaml`;
  const text = `# mine\nreplicas: 2\n`.replace("replicas: 2\n", `${JSON.stringify(DEPLOYMENT)}\n`);
  await Deno.writeTextFile(file, text);
  const files = { [file]: text };
  const five = 'sed -i \'s/"replicas":2/"replicas":5/\'';
  (await rig.orka(five, ["edit", "-f", file], { files })).stdout(/spec.replicas: 2 -> 5/).code(3);
  assert.equal(await Deno.readTextFile(file), text);
  (await rig.orka(five, ["edit", "-f", file, "--write"], { files })).code(0);
  assert.equal(await Deno.readTextFile(file), text.replace('"replicas":2', '"replicas":5'));
  assert.equal(await rig.replicas(), 5);
});

Deno.test("edit -f --dry-run and --apply open no editor", async () => {
  await using rig = await Rig.open();
  const files = { "/w.yaml": JSON.stringify({ ...DEPLOYMENT, spec: { ...DEPLOYMENT.spec, replicas: 6 } }) };
  const never = "sh -c 'exit 9'";
  const ran = await rig.orka(never, ["edit", "-f", "/w.yaml", "--dry-run"], { files });
  ran.stdout(/spec.replicas: 2 -> 6/).code(0);
  (await rig.orka(never, ["edit", "-f", "/w.yaml", "--apply"], { files })).code(3);
  (await rig.orka(never, ["edit", "-f", "/w.yaml", "--apply", "--write"], { files })).code(0);
  assert.equal(await rig.replicas(), 6);
  const bad = { "/w.yaml": files["/w.yaml"].replace("replicas", "replica") };
  (await rig.orka(never, ["edit", "-f", "/w.yaml", "--apply", "--write"], { files: bad }))
    .stderr(/\/w\.yaml: line 1, column \d+: spec.replica: unknown field/).code(1);
  (await rig.orka(never, ["edit", "-f", "/w.yaml", "--dry-run"], { files: { "/w.yaml": "# nothing\n" } }))
    .stderr(/no objects in \/w\.yaml/).code(1);
});

Deno.test("taking out what others set says whose it was", async () => {
  await using rig = await Rig.open();
  const patch = { metadata: { labels: { team: "a" } } };
  await patchObject(rig.cluster.client, WEB, { type: "merge", patch, fieldManager: "pipeline" });
  const editor = "sed -i '/team: a/d;/^  labels:$/d'";
  for (const write of [[], ["--write"]]) {
    const ran = await rig.orka(editor, ["edit", "deploy/web", ...write]);
    ran.stderr(/metadata\.labels(\.team)? was set by pipeline/);
  }
  assert.equal((await readObject(rig.cluster.client, WEB))!.metadata.labels, undefined);
});

Deno.test("edit -o json shows JSON", async () => {
  await using rig = await Rig.open();
  const editor = `sed -i 's/"replicas": 2/"replicas": 3/'`;
  (await rig.orka(editor, ["edit", "deploy/web", "-o", "json", "--write"])).code(0);
  assert.equal(await rig.replicas(), 3);
  (await rig.orka(editor, ["edit", "deploy/web", "-o", "wide"])).code(2);
});

Deno.test("a Secret is edited as it is; its values are not in the diff", async () => {
  await using rig = await Rig.open();
  await rig.cluster.create({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "s" },
    data: { a: "b2xk" },
  });
  (await rig.orka("sed -i s/b2xk/bmV3/", ["edit", "secret/s", "--write"]))
    .stdout("secret/s edited\n").stderr(/^(?![^]*(b2xk|bmV3))[^]*data\.a/).code(0);
});
