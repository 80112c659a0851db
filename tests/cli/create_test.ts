import assert from "node:assert/strict";
import { readObject } from "../../src/apply/mod.ts";
import { type Embedded, openEmbedded } from "../support/embedded.ts";
import { resource } from "../support/resources.ts";
import { cliOnEmbedded, type CliOptions } from "./harness.ts";

const MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: x}\n";

const live = ({ client }: Embedded, kind: string, name: string) =>
  readObject(client, { resource: resource(kind), namespace: "default", name });

async function creating(
  use: (cluster: Embedded, orka: (options?: CliOptions) => ReturnType<typeof cliOnEmbedded>) => Promise<void>,
) {
  await using cluster = await openEmbedded();
  await use(cluster, (options) => cliOnEmbedded(cluster, options));
}

Deno.test("create makes what is not there, and nothing of what is", () =>
  creating(async (cluster, orka) => {
    const create = (text: string, ...flags: string[]) =>
      orka({ files: { "a.yaml": text } })("create", "-f", "a.yaml", ...flags);
    (await create(MAP)).stdout("configmap/c would be created\n").code(3);
    (await create(MAP, "--dry-run=server")).stdout("configmap/c created (server dry run)\n").code(0);
    (await create(MAP, "--dry-run=client")).stdout("configmap/c created (dry run)\n").code(0);
    assert.equal(await live(cluster, "ConfigMap", "c"), null);
    (await create(MAP, "--write")).stdout("configmap/c created\n").code(0);
    (await create(MAP, "--write")).stderr(
      /^Error from server \(AlreadyExists\): configmaps "c" already exists/,
    ).code(1);
    (await create(`${MAP}---\n${MAP.replace("name: c", "name: d")}`, "--write"))
      .stdout("configmap/d created\n").stderr(/configmap\/c \(a\.yaml\)[^]*1 of 2 went through/).code(1);
    (await create(MAP.replace("name: c", "generateName: g-"), "--write"))
      .stdout(/^configmap\/g-\w{5} created\n$/).code(0);
    (await create(`${MAP}dta: 1\n`, "--write")).stderr(
      /a\.yaml:5:1: dta: unknown field "dta": did you mean "data"/,
    )
      .code(1);
  }));

Deno.test("create from flags goes to the cluster like any other object", () =>
  creating(async (cluster, orka) => {
    (await orka()("create", "deployment", "web", "--image=nginx", "--replicas=2", "--write"))
      .stdout("deployment.apps/web created\n").code(0);
    const found = await live(cluster, "Deployment", "web");
    assert.equal((found?.spec as { replicas: number }).replicas, 2);
    assert.deepEqual((found?.metadata.managedFields as { manager: string }[]).map(({ manager }) => manager), [
      "orka",
    ]);
    (await orka()("create", "ns", "shop", "--write", "-o", "name")).stdout("namespace/shop\n").code(0);
    (await orka()("create", "sa", "s", "--save-config", "--write")).code(0);
    assert.match(JSON.stringify(await live(cluster, "ServiceAccount", "s")), /last-applied-configuration/);
  }));

Deno.test("create job --from runs a cronjob now", () =>
  creating(async (cluster, orka) => {
    const cronjob = ["cronjob", "nightly", "--image=busybox", "--schedule=@daily", "--write"];
    (await orka()("create", ...cronjob, "--", "date")).code(0);
    (await orka()("create", "job", "now", "--from=cronjob/nightly", "--write")).stdout(
      "job.batch/now created\n",
    );
    const job = await live(cluster, "Job", "now");
    assert.equal(job?.metadata.annotations?.["cronjob.kubernetes.io/instantiate"], "manual");
    assert.equal(job?.metadata.ownerReferences?.[0]?.name, "nightly");
    (await orka()("create", "job", "now", "--from=cronjob/nope", "--write")).stderr(
      /cronjobs\.batch "nope" not found/,
    );
  }));

Deno.test("create token prints a token with leave alone", () =>
  creating(async (_, orka) => {
    (await orka()("create", "sa", "robot", "--write")).code(0);
    (await orka()("create", "token", "robot")).stdout("").stderr(/--write/).code(3);
    (await orka()("create", "token", "robot", "--duration=1h", "--write")).stdout(
      /^[\w-]+\.[\w-]+\.[\w-]+\n$/,
    ).code(0);
    (await orka()("create", "token", "nobody", "--write")).stdout("").stderr(/"nobody" not found/).code(1);
    (await orka()("create", "token", "--write")).code(2);
  }));

Deno.test("create says what it makes when it is asked for something else", () =>
  creating(async (_, orka) => {
    const cases: readonly (readonly [string[], RegExp])[] = [
      [[], /must specify -f, or a kind and a name/],
      [["deploymnt", "web"], /create makes no deploymnt from flags\nDid you mean "deployment"\?/],
      [["secret", "s"], /there is no s\nOne of: secret generic, secret docker-registry, secret tls/],
      [["ns", "a", "b"], /exactly one NAME is required, got 2/],
      [["ns", "a", "--edit"], /--edit is for -f\norka create ns a --dry-run=client -o yaml/],
      [["-f", "-", "--edit"], /no editor can have stdin/],
      [["ns", "a", "-f", "a.yaml"], /unexpected argument "ns"/],
    ];
    for (const [args, message] of cases) (await orka()("create", ...args, "--write")).stderr(message).code(2);
  }));

Deno.test("--user names a subject for bindings, and the kubeconfig's user for all else", () =>
  creating(async (_, orka) => {
    const binding = [
      "rolebinding",
      "b",
      "--role=r",
      "--user=ada",
      "--dry-run=client",
      "-o",
      "jsonpath={.subjects[*].name}",
    ];
    const ran = (await orka()("create", ...binding)).stdout("ada").code(0);
    assert.equal(ran.connected[0]?.user, undefined);
    const other = await orka()("create", "ns", "n", "--user=ada", "--dry-run=client");
    assert.equal(other.connected[0]?.user, "ada");
  }));

Deno.test("create --edit creates what comes back from the editor, and keeps what could not be", () =>
  creating(async (cluster, orka) => {
    const files = { "a.yaml": `# mine\n${MAP}`, "b.yaml": MAP.replace("name: c", "name: d") };
    const edited = (editor: string, ...more: string[]) =>
      orka({ files, env: { KUBE_EDITOR: editor } })("create", "-f", "a.yaml", "--edit", ...more);
    (await edited("true", "--write")).stdout("").stderr("Edit cancelled, no changes made.\n").code(0);
    (await edited("sed -i d", "--write")).stderr(/^Edit cancelled/).code(0);
    (await edited("sed -i 's/a: x/a: w/'")).stdout("configmap/c would be created\n").stderr(
      /--write[^]*kept in /,
    )
      .code(3);
    const [, kept] = /kept in (.*)\n/.exec(
      (await edited("sed -i 's/^data/dato/'", "--write")).stderr(/the edited text:5:1: dato: unknown field/)
        .code(1).err,
    )!;
    assert.match(await Deno.readTextFile(kept!), /^# mine$/m);
    await Deno.remove(kept!.replace(/\/[^/]*$/, ""), { recursive: true });
    assert.equal(await live(cluster, "ConfigMap", "c"), null);
    (await edited("sed -i 's/a: x/a: w/'", "-f", "b.yaml", "--write")).stdout(
      "configmap/c created\nconfigmap/d created\n",
    )
      .stderr("").code(0);
    assert.deepEqual((await live(cluster, "ConfigMap", "d"))?.data, { a: "w" });
  }));

Deno.test("a mistake is shown to a person in the editor again, above the text", () =>
  creating(async (cluster, orka) => {
    const seen = await Deno.makeTempFile();
    // its first run breaks the text, its second mends it
    const KUBE_EDITOR =
      `sh -c 'cat "$1" >> ${seen}; sed -i "s/^data/dato/;t;s/dato/data/;s/a: x/a: z/" "$1"' x`;
    const create = orka({ files: { "a.yaml": MAP }, env: { KUBE_EDITOR }, terminal: true });
    (await create("create", "-f", "a.yaml", "--edit", "--write")).stdout("configmap/c created\n").code(0);
    assert.deepEqual((await live(cluster, "ConfigMap", "c"))?.data, { a: "z" });
    assert.match(await Deno.readTextFile(seen), /\n#\|.*dato: unknown field "dato"/);
    await Deno.remove(seen);
  }));
