import assert from "node:assert/strict";
import { deleteObject } from "../../src/apply/mod.ts";
import { resource } from "../support/resources.ts";
import { Remembered } from "./remembered.ts";

const MAP = { resource: resource("ConfigMap"), namespace: "default", name: "c" };
const open = () => Remembered.open({ a: "1", b: "1" });

async function dataOf(rig: Remembered): Promise<unknown> {
  return (await rig.live())?.data ?? null;
}

Deno.test("undo shows the inverse; with leave it takes back one change after the other", async () => {
  await using rig = await open();
  await rig.edit("a=2");
  await rig.edit("b=2");
  (await rig.orka("undo")).stdout('configmap/c would change\n  ~ data.b: "2" -> "1"\n').code(3);
  (await rig.orka("undo --dry-run")).stdout("configmap/c edit undone (server dry run)\n").code(0);
  (await rig.orka("undo --write")).stdout("configmap/c edit undone\n").code(0);
  assert.deepEqual(await dataOf(rig), { a: "2", b: "1" });
  (await rig.orka("undo --write")).code(0);
  assert.deepEqual(await dataOf(rig), { a: "1", b: "1" });
  (await rig.orka("undo --write")).stderr(/changed nothing .* could be taken back/).code(1);
});

Deno.test("undo of an undo, by its number, does the change again", async () => {
  await using rig = await open();
  await rig.edit("a=2");
  (await rig.orka("undo 1 --write")).code(0);
  (await rig.orka("undo 1 --write")).stderr(/taken back already, by 2/).code(1);
  (await rig.orka("undo 2 --write")).code(0);
  assert.deepEqual(await dataOf(rig), { a: "2", b: "1" });
});

Deno.test("what others changed since is named, and set back only by force", async () => {
  await using rig = await open();
  await rig.edit("a=2");
  await rig.others({ data: { a: "theirs", b: "theirs" } });
  for (const line of ["undo", "undo --write"]) {
    (await rig.orka(line)).stderr(
      /data\.a was changed since by others: "2" then, "theirs" now; undo makes it "1"/,
    )
      .code(1);
  }
  assert.deepEqual(await dataOf(rig), { a: "theirs", b: "theirs" });
  (await rig.orka("undo --write --force")).code(0);
  assert.deepEqual(await dataOf(rig), { a: "1", b: "theirs" });
});

Deno.test("what others put into a created object since is named, and deleted with it only by force", async () => {
  await using rig = await open();
  (await rig.orka("delete cm c --write")).code(0);
  (await rig.orka("create configmap c --from-literal=a=1 --write")).code(0);
  await rig.others({ metadata: { annotations: { n: "1" } } }, "kube-controller-manager");
  (await rig.orka("undo --dry-run")).code(0);
  await rig.others({ data: { b: "theirs" } });
  (await rig.orka("undo --write --yes"))
    .stderr(/data\.b was changed since by others: absent then, "theirs" now; undo makes it absent/)
    .code(1);
  assert.deepEqual(await dataOf(rig), { a: "1", b: "theirs" });
  (await rig.orka("undo --write --force --yes")).code(0);
  assert.equal(await rig.live(), null);
});

Deno.test("what Orka itself changed in a created object since is named too: it may have been another person", async () => {
  await using rig = await open();
  (await rig.orka("create configmap d --from-literal=a=1 --write")).code(0);
  (await rig.orka("annotate cm d by=jane --write")).code(0);
  (await rig.orka("undo 1 --write --yes")).stderr(/metadata\.annotations.* was changed since by orka: absent/)
    .code(1);
  (await rig.orka("undo 2 --write --yes")).code(0);
  (await rig.orka("undo 1 --write --yes")).stdout("configmap/d create undone\n").code(0);
});

Deno.test("a created object that is changed while its deletion is on the way is left; by the cluster, it is deleted", async () => {
  for (const manager of ["others", "kube-controller-manager"]) {
    await using rig = await open();
    (await rig.orka("delete cm c --write")).code(0);
    (await rig.orka("create configmap c --from-literal=a=1 --write")).code(0);
    const change = () => rig.others({ metadata: { annotations: { n: "1" } } }, manager);
    const ran = await rig.orka("undo --write", { terminal: true, answers: ["y"], onQuestion: change });
    if (manager === "others") ran.stderr(/it was changed at this moment\norka undo again/).code(1);
    else ran.code(0);
    assert.equal(await rig.live() === null, manager !== "others");
  }
});

Deno.test("a deletion is undone by making it anew, and that by a deletion; a person is asked first", async () => {
  await using rig = await open();
  (await rig.orka("delete cm c --write")).code(0);
  const no = await rig.orka("undo --write", { terminal: true, answers: ["n"] });
  no.stderr(/would be made anew\n.*Undo the delete of configmap\/c \(1\)\?/).code(3);
  (await rig.orka("undo --write", { terminal: true, answers: ["y"] })).code(0);
  assert.deepEqual(await dataOf(rig), { a: "1", b: "1" });
  (await rig.orka("undo 2 --write")).code(0);
  assert.equal(await dataOf(rig), null);
});

Deno.test("a newest change without a way back names the one before it that has one", async () => {
  await using rig = await open();
  await rig.edit("a=2");
  await rig.createSecret("eA==");
  (await rig.orka('patch secret s --type=merge -p {"data":{"a":"eg=="}} --write')).code(0);
  (await rig.orka("undo --write"))
    .stderr(
      /a Secret's values are not kept\n.*\norka undo 1 takes back the change before it: the edit of ConfigMap "c"\.\n/,
    )
    .code(1);
  (await rig.orka("undo 1 --write")).code(0);
  assert.deepEqual(await dataOf(rig), { a: "1", b: "1" });
});

Deno.test("a Job made anew is taken by the server, though its selector was of another uid", async () => {
  await using rig = await open();
  const template = { spec: { restartPolicy: "Never", containers: [{ name: "a", image: "a" }] } };
  await rig.cluster.create({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: "j" },
    spec: { template },
  });
  (await rig.orka("delete job j --write")).code(0);
  (await rig.orka("undo --write")).stdout(/undone/).code(0);
});

Deno.test("a Secret's change has no way back; what is gone is said to be gone", async () => {
  await using rig = await open();
  await rig.cluster.create({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "s" },
    data: { a: "b2xk" },
  });
  const env = { KUBE_EDITOR: "sed -i s/b2xk/bmV3/" };
  (await rig.orka("edit secret/s --write", { env })).code(0);
  (await rig.orka("undo --write")).stderr(/Secret's values are not kept[^]*ORKA_KEEP_SECRETS/).code(1);
  await rig.edit("a=2");
  await deleteObject(rig.cluster.client, MAP);
  (await rig.orka("undo --write")).stderr(/"c" is gone/).code(1);
});

Deno.test("another cluster's changes are not undone here", async () => {
  await using rig = await open();
  await rig.edit("a=2");
  const target = { server: "https://other.test" };
  (await rig.orka("undo", { target })).stderr(/changed nothing on https:\/\/other\.test/).code(1);
  (await rig.orka("undo 1", { target })).stderr(/was made on https:\/\/remembered\.test/).code(1);
  (await rig.orka("undo 9")).stderr(/there is no change 9/).code(1);
  (await rig.orka("undo nine")).code(2);
});

Deno.test("undo --list tells what can be taken back", async () => {
  await using rig = await open();
  (await rig.orka("undo --list")).stderr(/changed nothing/).stdout("").code(0);
  await rig.edit("a=2");
  (await rig.orka("undo --write")).code(0);
  (await rig.orka("undo --list")).stdout(
    /^ID .*UNDO +CHANGE\n2 .*undo +default +configmap\/c +yes .*\n1 .*edit .*done by 2 +data\.a: "1" -> "2"\n$/,
  );
  const [newest] = JSON.parse((await rig.orka("undo --list -o json")).out) as {
    id: number;
    undoes: number;
  }[];
  assert.deepEqual([newest!.id, newest!.undoes], [2, 1]);
});
