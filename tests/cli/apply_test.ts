import assert from "node:assert/strict";
import { readObject } from "../../src/apply/mod.ts";
import type { KubeObject, Resource } from "../../src/kube/mod.ts";
import { type Embedded, openEmbedded } from "../support/embedded.ts";
import { resource } from "../support/resources.ts";
import { cliOnEmbedded, type CliOptions } from "./harness.ts";

const MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: x, mode: '1'}\n";

async function live(
  { client }: Embedded,
  name: string,
  { kind = "ConfigMap", namespace = "default" }: { kind?: string; namespace?: string } = {},
): Promise<KubeObject | null> {
  return await readObject(client, { resource: resource(kind), namespace, name });
}

function applied(text: string, more: CliOptions = {}): CliOptions {
  return { files: { "a.yaml": text }, ...more };
}

/** The managers of an object: name, operation, and what it owns at its top. */
function managers(object: KubeObject | null): string[] {
  const entries = object?.metadata.managedFields as { manager: string; operation: string }[];
  return entries.map(({ manager, operation }) => `${manager} ${operation}`);
}

const file = (orka: ReturnType<typeof cliOnEmbedded>) => (...flags: string[]) =>
  orka("apply", "-f", "a.yaml", ...flags);

Deno.test("apply without leave shows what would come, changes nothing and exits 3", async () => {
  await using cluster = await openEmbedded();
  const apply = file(cliOnEmbedded(cluster, applied(MAP)));
  (await apply()).stdout("configmap/c would be created\n").stderr(/--write/).code(3);
  (await apply("--dry-run=server")).stdout("configmap/c created (server dry run)\n").code(0);
  assert.equal(await live(cluster, "c"), null);
});

Deno.test("apply says created, unchanged, configured; with --server-side kubectl's word for it", async () => {
  await using cluster = await openEmbedded();
  const first = file(cliOnEmbedded(cluster, applied(MAP)));
  (await first("--write")).stdout("configmap/c created\n").code(0);
  (await first("--write")).stdout("configmap/c unchanged\n").code(0);
  const second = file(cliOnEmbedded(cluster, applied(MAP.replace("a: x, ", "b: z, "))));
  (await second()).stdout("configmap/c would change\n  - data.a: x\n  + data.b: z\n").code(3);
  (await second("--write")).stdout("configmap/c configured\n").code(0);
  assert.deepEqual((await live(cluster, "c"))?.data, { b: "z", mode: "1" });
  (await second("--write", "--server-side")).stdout("configmap/c serverside-applied\n").code(0);
  (await second("--write", "-o", "name")).stdout("configmap/c\n").code(0);
  assert.deepEqual(managers(await live(cluster, "c")), ["orka Apply"]);
});

Deno.test("a field of another manager is a conflict that names it and the ways out; force takes it over", async () => {
  await using cluster = await openEmbedded();
  const theirs = file(cliOnEmbedded(cluster, applied(MAP)));
  (await theirs("--write", "--field-manager=pipeline")).code(0);
  const mine = file(cliOnEmbedded(cluster, applied(MAP.replace("a: x", "a: z"))));
  for (const flags of [[], ["--write"]]) {
    (await mine(...flags)).stderr(
      /Apply failed with 1 conflict[^]*\.data\.a +is owned by "pipeline"[^]*--force-conflicts/,
    )
      .code(1);
  }
  (await mine("--write", "--force-conflicts")).stdout("configmap/c configured\n").code(0);
  assert.equal(((await live(cluster, "c"))?.data as { a: string }).a, "z");
});

const SCALED = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web}]}
`;

Deno.test("what was scaled since is a conflict that says so, and both ways out work", async () => {
  await using cluster = await openEmbedded();
  const apply = file(cliOnEmbedded(cluster, applied(SCALED)));
  (await apply("--write")).code(0);
  (await cliOnEmbedded(cluster)("scale", "deploy/web", "--replicas=5", "--write")).code(0);
  (await apply("--write")).stderr(
    /\.spec\.replicas +is owned by "orka" \(through scale: set by orka scale\)\n.*leave replicas out.*\n.*--force-conflicts\.\n$/,
  ).code(1);
  const without = file(cliOnEmbedded(cluster, applied(SCALED.replace("  replicas: 2\n", ""))));
  (await without("--write")).code(0);
  const replicas = async () =>
    ((await live(cluster, "web", { kind: "Deployment" }))?.spec as { replicas: number }).replicas;
  assert.equal(await replicas(), 5);
  (await apply("--write", "--force-conflicts")).code(0);
  assert.equal(await replicas(), 2);
});

const WIDGETS = `
apiVersion: example.com/v1
kind: Widget
metadata: {name: w, namespace: shop}
spec: {size: 2}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c, namespace: shop}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  names: {kind: Widget, plural: widgets}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop}
`;

Deno.test("namespaces and definitions go first, and what needs them waits for them", async () => {
  await using cluster = await openEmbedded();
  const apply = file(cliOnEmbedded(cluster, applied(WIDGETS)));
  (await apply()).stdout(
    /^namespace\/shop would be created\ncustom.*\nwidget.example.com\/w would be created\n/,
  )
    .stderr(/widget.example.com\/w: not tried on the server: its kind comes[^]*configmap\/c: not tried/).code(
      3,
    );
  (await apply("--write")).stdout(
    "namespace/shop created\ncustomresourcedefinition.apiextensions.k8s.io/widgets.example.com created\n" +
      "widget.example.com/w created\nconfigmap/c created\n",
  ).code(0);
  const widgets: Resource = { ...resource("Pod"), group: "example.com", kind: "Widget", plural: "widgets" };
  const widget = await readObject(cluster.client, { resource: widgets, namespace: "shop", name: "w" });
  assert.deepEqual(widget?.spec, { size: 2 });
});

Deno.test("mistakes are told with line and column, a custom kind's too, and nothing is sent", async () => {
  await using cluster = await openEmbedded();
  const text = `${MAP}---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: w}\nspec:\n  replica: 2\n`;
  const cases: [string, RegExp][] = [
    [text, /a\.yaml:10:3: spec\.replica: unknown field "replica": did you mean "replicas"\?/],
    [MAP.replace("'1'", "1"), /a\.yaml:4:20: data\.mode: /],
    [WIDGETS.replace("size: 2", "sise: 2"), /a\.yaml:5:8: spec\.sise: unknown field/],
    ["a: [", /error parsing a\.yaml:1:/],
    [
      `${MAP}---\napiVersion: x/v1\nkind: Nope\nmetadata: {name: nope}\n`,
      /from "a\.yaml": no matches for kind "Nope"/,
    ],
  ];
  for (const [broken, message] of cases) {
    (await file(cliOnEmbedded(cluster, applied(broken)))("--write")).stdout("").stderr(message).code(1);
  }
  assert.equal(await live(cluster, "c"), null);
  const lax = file(cliOnEmbedded(cluster, applied(`${MAP}more: 1\n`)));
  // a server-side apply takes no unknown field at all, whatever the validation
  (await lax("--write", "--server-side=false", "--validate=warn")).stderr(
    /Warning: a\.yaml:5:1: more: unknown field/,
  ).code(0);
  (await lax("--write", "--validate=sometimes")).code(2);
});

Deno.test("of several objects it is said which went through", async () => {
  await using cluster = await openEmbedded();
  const two = `${MAP}---\n${MAP.replace("name: c", "name: d, namespace: nowhere")}---\n${
    MAP.replace("name: c", "name: e")
  }`;
  (await file(cliOnEmbedded(cluster, applied(two)))("--write"))
    .stdout("configmap/c created\nconfigmap/e created\n")
    .stderr(/error: configmap\/d \(a\.yaml\): namespaces "nowhere" not found\n2 of 3 went through/).code(1);
  const lost = cliOnEmbedded(cluster, {
    ...applied(two),
    fault: ({ method, url }) => {
      if (method === "PATCH" && new URL(url).pathname.endsWith("/d")) {
        throw new TypeError("connection refused");
      }
      return null;
    },
  });
  (await file(lost)("--write")).stderr(/1 of 3 went through; not done: configmap\/d, configmap\/e/).code(1);
});

Deno.test("an object that stands in the manifests twice is configured by its second document", async () => {
  await using cluster = await openEmbedded();
  const twice = `${MAP}---\n${MAP.replace("a: x", "a: w")}`;
  (await file(cliOnEmbedded(cluster, applied(twice)))("--write"))
    .stdout("configmap/c created\nconfigmap/c configured\n").code(0);
});

Deno.test("what the server refuses is told in its words, with the object, its file and its reason", async () => {
  await using cluster = await openEmbedded();
  const orka = (text: string) => file(cliOnEmbedded(cluster, applied(text)));
  const deployment = (label: string) =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: w}\nspec:\n  selector: {matchLabels: {app: ${label}}}\n` +
    `  template: {metadata: {labels: {app: ${label}}}, spec: {containers: [{name: c, image: i}]}}\n`;
  (await orka(deployment("a"))("--write")).code(0);
  (await orka(deployment("b"))("--write")).stderr(/^The Deployment "w" is invalid: spec\.selector.*immutable/)
    .code(1);
  (await orka(MAP.replace("name: c", "name: Not_A_Name"))("--write")).stderr(/Not_A_Name/).code(1);
  (await orka(MAP.replace("name: c", "name: c, namespace: nowhere"))("--write"))
    .stderr(/^Error from server \(NotFound\): namespaces "nowhere" not found/).code(1);
});

Deno.test("a namespace that contradicts -n is refused before anything is sent", async () => {
  await using cluster = await openEmbedded();
  const apply = file(cliOnEmbedded(cluster, applied(MAP.replace("name: c", "name: c, namespace: a"))));
  (await apply("-n", "b", "--write")).stderr(/from the provided object "a" does not match the namespace "b"/)
    .code(2);
});

Deno.test("what kubectl's client-side apply owned goes over to orka, so that it can be taken out", async () => {
  await using cluster = await openEmbedded();
  const clientSide = file(cliOnEmbedded(cluster, applied(MAP)));
  (await clientSide("--server-side=false", "--write")).stdout("configmap/c created\n").code(0);
  assert.deepEqual(managers(await live(cluster, "c")), ["kubectl-client-side-apply Update"]);
  const later = file(cliOnEmbedded(cluster, applied(MAP.replace("a: x, mode: '1'", "mode: '2'"))));
  (await later()).stdout(/~ data\.mode: "1" -> "2"/).code(3);
  (await later("--write")).stdout("configmap/c configured\n").code(0);
  const after = await live(cluster, "c");
  assert.deepEqual(managers(after), ["orka Apply"]);
  assert.deepEqual(after?.data, { mode: "2" });
  assert.equal(after?.metadata.annotations, undefined);
});

Deno.test("client-side apply merges three ways, says configured and unchanged, and keeps its note", async () => {
  await using cluster = await openEmbedded();
  const apply = (text: string) =>
    file(cliOnEmbedded(cluster, applied(text)))("--server-side=false", "--write");
  (await apply(MAP)).stdout("configmap/c created\n");
  (await apply(MAP)).stdout("configmap/c unchanged\n");
  const orka = cliOnEmbedded(cluster, applied(MAP));
  (await orka("patch", "cm", "c", "-p", "data: {theirs: t}", "--write")).stdout("configmap/c patched\n").code(
    0,
  );
  (await apply(MAP.replace("a: x", "b: z"))).stdout("configmap/c configured\n");
  assert.deepEqual((await live(cluster, "c"))?.data, { b: "z", mode: "1", theirs: "t" });
  (await orka("apply", "view-last-applied", "cm/c")).stdout(/^apiVersion: v1\ndata:\n {2}b: z\n/).code(0);
  (await orka("apply", "set-last-applied", "-f", "a.yaml", "--write")).stdout("configmap/c configured\n")
    .code(0);
  (await orka("apply", "view-last-applied", "cm/c", "-o", "json")).stdout(/"a": "x"/).code(0);
  (await orka("apply", "view-last-applied", "cm/kube-root-ca.crt")).code(1);
});

Deno.test("edit-last-applied edits the note alone, of the objects that it shows alone", async () => {
  await using cluster = await openEmbedded();
  const two = `${MAP}---\n${MAP.replace("name: c", "name: d")}`;
  (await file(cliOnEmbedded(cluster, applied(two)))("--server-side=false", "--write")).code(0);
  const edit = (editor: string, ...args: string[]) =>
    cliOnEmbedded(cluster, { env: { KUBE_EDITOR: editor } })("apply", "edit-last-applied", ...args);
  (await edit("true", "cm/c", "--write")).stdout("").stderr("Edit cancelled, no changes made.\n").code(0);
  (await edit("sed -i '$a # x'", "cm/c", "--write")).stdout("").stderr(/^Edit cancelled/).code(0);
  const show = await edit("sed -i 's/a: x/a: w/'", "cm/c");
  show.stdout("configmap/c would change\n  ~ data.a: x -> w\n").code(3);
  (await edit("sed -i 's/a: x/a: w/'", "cm", "c", "d", "--write")).stdout(
    "configmap/c edited\nconfigmap/d edited\n",
  )
    .code(0);
  (await edit('sed -i s/"w"/"z"/', "cm/d", "-o", "name", "--write")).stdout("configmap/d\n").code(0);
  const noted = (name: string) => cliOnEmbedded(cluster)("apply", "view-last-applied", `cm/${name}`);
  (await noted("c")).stdout(/a: w\n/);
  (await noted("d")).stdout(/a: z\n/);
  assert.deepEqual((await live(cluster, "d"))?.data, { a: "x", mode: "1" });
  const other = await edit("sed -i 's/name: c/name: d/'", "cm/c", "--write");
  other.stderr(/ConfigMap "d" is none of the objects/).code(1);
  for (const ran of [show, other]) {
    const [, kept] = /kept in (.*)\/[^/]*\n/.exec(ran.err)!;
    await Deno.remove(kept!, { recursive: true });
  }
  await cluster.create({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "bare" } });
  (await edit("true", "cm/bare")).stderr(/no last-applied-configuration annotation/).code(1);
  (await edit("true")).code(2);
});

Deno.test("prune deletes what was applied before and is in the manifests no more", async () => {
  await using cluster = await openEmbedded();
  const labelled = (name: string) => MAP.replace("{name: c}", `{name: ${name}, labels: {app: x}}`);
  (await file(cliOnEmbedded(cluster, applied(`${labelled("c")}---\n${labelled("d")}`)))("--write")).code(0);
  await cluster.create({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "theirs", labels: { app: "x" } },
  });
  // an apply of one's own on what another has made, as an edit is, does not make it one's own
  (await file(cliOnEmbedded(cluster, applied(labelled("theirs"))))("--write")).code(0);
  const apply = file(cliOnEmbedded(cluster, applied(labelled("c"))));
  (await apply("--prune", "--write")).stderr(/without explicitly passing --all/).code(2);
  const diff = (...flags: string[]) =>
    cliOnEmbedded(cluster, applied(labelled("c")))("diff", "-f", "a.yaml", ...flags);
  (await diff("--prune", "-l", "app=x", "-o", "fields")).stdout("configmap/d would be deleted\n").code(1);
  (await diff("--prune")).code(2);
  (await apply("--prune", "-l", "app=x")).stdout(/configmap\/d would be deleted\n$/)
    .stderr(/^configmap\/theirs is not pruned: "\w+" set fields of it too\nNothing was changed:.*\n$/).code(
      3,
    );
  (await apply("--prune", "-l", "app=x", "--write")).stdout("configmap/c unchanged\nconfigmap/d pruned\n")
    .code(0);
  assert.equal(await live(cluster, "d"), null);
  assert.notEqual(await live(cluster, "theirs"), null);
});
