import assert from "node:assert/strict";
import { Remembered } from "./remembered.ts";

const open = () => Remembered.open({ a: "0" });

Deno.test("history tells Orka's changes and others' last writes, newest first", async () => {
  await using rig = await open();
  await rig.edit("a=1");
  await rig.edit("a=2");
  await rig.others({ metadata: { labels: { team: "a" } } }, "pipeline");
  const { out } = (await rig.orka("history cm/c")).code(0);
  assert.match(out, /^TIME +ID +VERB +BY +CHANGE\n/);
  assert.match(out, / 2 +edit +jane \(orka\) +data\.a: "1" -> "2"\n/);
  assert.match(out, / 1 +edit +jane \(orka\) +data\.a: "0" -> "1"\n/);
  assert.match(out, / - +Update +pipeline +metadata\.labels\.team\n/);
  assert.match(out, / - +create +- +uid /);
  assert.ok(out.indexOf('"1" -> "2"') < out.indexOf('"0" -> "1"'));
});

Deno.test("history --diff, -o json and --limit", async () => {
  await using rig = await open();
  await rig.edit("a=1");
  (await rig.orka("history cm c --diff")).stdout(/^\S+Z 1 edit jane \(orka\)\n {2}~ data\.a: "0" -> "1"\n/m);
  const entries = JSON.parse((await rig.orka("history cm c -o json")).out) as Record<string, unknown>[];
  const own = entries.find(({ source }) => source === "orka")!;
  assert.deepEqual([own.id, own.verb, own.user, own.manager], [1, "edit", "jane", "orka"]);
  assert.match(String(own.time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  const limited = JSON.parse((await rig.orka("history cm c -o json --limit 1")).out) as unknown[];
  assert.equal(limited.length, 1);
});

Deno.test("history outlives the object, and knows what never was", async () => {
  await using rig = await open();
  await rig.edit("a=1");
  (await rig.orka("delete cm c --write")).code(0);
  (await rig.orka("history cm c")).stdout(/ 2 +delete +jane \(orka\) +.*\n[^]* 1 +edit/).code(0);
  (await rig.orka("history cm nope")).stderr(/is not there, and Orka remembers nothing/).code(1);
  (await rig.orka("history cm")).code(2);
});

Deno.test("last-applied gives what was sent, up to three times back", async () => {
  await using rig = await open();
  (await rig.orka("last-applied get cm/c")).stderr(/applied nothing to configmap\/c/).code(1);
  for (const value of ["1", "2", "3", "4"]) await rig.edit(`a=${value}`);
  const at = async (index: number) =>
    (await rig.orka(`last-applied get cm c --index ${index} -o jsonpath={.data.a}`)).code(0).out;
  assert.deepEqual([await at(0), await at(1), await at(2)], ["4", "3", "2"]);
  (await rig.orka("last-applied get cm c --index 3")).stderr(/keeps 3/).code(1);
  const { out } = (await rig.orka("last-applied get cm c")).stderr(/^1 of 3: edit at /).code(0);
  assert.match(out, /^apiVersion: v1\ndata:\n {2}a: "4"\nkind: ConfigMap\n/);
  assert.doesNotMatch(out, /uid|resourceVersion/);
  (await rig.orka("last-applied list")).code(2);
});

Deno.test("a Secret's values are in no history", async () => {
  await using rig = await open();
  await rig.cluster.create({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "s" },
    data: { a: "b2xk" },
  });
  (await rig.orka("edit secret/s --write", { env: { KUBE_EDITOR: "sed -i s/b2xk/bmV3/" } })).code(0);
  const { out } = (await rig.orka("history secret/s --diff")).code(0);
  assert.match(out, /data\.a/);
  assert.doesNotMatch(out, /b2xk|bmV3/);
  (await rig.orka("last-applied get secret/s")).stderr(/values are not kept/).stdout(/^(?![^]*bmV3)/).code(0);
});
