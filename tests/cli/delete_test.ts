import assert from "node:assert/strict";
import { readObject } from "../../src/apply/mod.ts";
import { type Embedded, openEmbedded } from "../support/embedded.ts";
import { resource } from "../support/resources.ts";
import { cliOnEmbedded, type CliOptions } from "./harness.ts";

const MAP = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c", labels: { app: "x" } } };

async function withMaps(
  use: (cluster: Embedded, isThere: (name: string) => Promise<boolean>) => Promise<void>,
) {
  await using cluster = await openEmbedded();
  for (const name of ["c", "d", "e"]) {
    await cluster.create({ ...MAP, metadata: { name, labels: { app: name === "e" ? "y" : "x" } } });
  }
  const target = { resource: resource("ConfigMap"), namespace: "default" };
  await use(cluster, async (name) => await readObject(cluster.client, { ...target, name }) !== null);
}

Deno.test("delete without leave to write shows what would go, changes nothing and exits 3", () =>
  withMaps(async (cluster, isThere) => {
    const orka = cliOnEmbedded(cluster);
    (await orka("delete", "cm", "c")).stdout('configmap "c" would be deleted\n').stderr(/--write/).code(3);
    (await orka("delete", "cm", "c", "--dry-run=server")).stdout(
      'configmap "c" deleted (server dry run) from default namespace\n',
    )
      .code(0);
    (await orka("delete", "cm", "c", "--write=false")).code(3);
    assert.ok(await isThere("c"));
  }));

Deno.test("what is not done is printed as data where data was asked for, and the exit code says that it is not done", () =>
  withMaps(async (cluster, isThere) => {
    const orka = cliOnEmbedded(cluster, {
      files: { "a.yaml": JSON.stringify({ ...MAP, data: { a: "1" } }) },
    });
    for (const output of [["-o", "json"], ["--json"]]) {
      const ran = (await orka("delete", "cm", "c", "d", ...output)).stderr(/^Nothing was changed.*--write/)
        .code(3);
      assert.match(ran.out, /^\{\n {4}"apiVersion": "v1",[^]*"name": "d"/);
    }
    (await orka("label", "cm", "c", "a=b", "-o", "jsonpath={.metadata.labels.a}")).stdout("b").code(3);
    (await orka("apply", "-f", "a.yaml", "-o", "name")).stdout("configmap/c\n").stderr(/--write/).code(3);
    (await orka("create", "ns", "n", "-o", "name")).stdout("namespace/n\n").code(3);
    assert.ok(await isThere("c"));
    assert.ok(await isThere("d"));
  }));

Deno.test("delete with leave deletes what was named, selected or all", () =>
  withMaps(async (cluster, isThere) => {
    const orka = cliOnEmbedded(cluster);
    (await orka("delete", "cm/c", "--write")).stdout('configmap "c" deleted from default namespace\n').code(
      0,
    );
    (await orka("delete", "cm", "-l", "app=x", "--write")).stdout(
      'configmap "d" deleted from default namespace\n',
    ).code(0);
    assert.ok(await isThere("e"));
    (await orka("delete", "cm", "c", "--write")).stderr(/configmaps "c" not found/).code(1);
    (await orka("delete", "cm", "c", "--ignore-not-found", "--write")).stdout("").code(0);
    (await orka("delete", "cm", "--write")).stderr(/no name was specified/).code(2);
    (await orka("delete", "cm", "--all", "--write")).code(0);
    assert.ok(!await isThere("e"));
  }));

Deno.test("ORKA_WRITE and the config file give leave too, and --write=false takes it", () =>
  withMaps(async (cluster, isThere) => {
    const config = { "/c.yaml": "contexts: [{match: embedded, write: true}]" };
    const target = { context: "embedded" };
    const cases: readonly (readonly [CliOptions, string[], number])[] = [
      [{ env: { ORKA_WRITE: "0" } }, [], 3],
      [{ env: { ORKA_CONFIG: "/c.yaml" }, files: config, target: { context: "other" } }, [], 3],
      [{ env: { ORKA_CONFIG: "/c.yaml" }, files: config, target }, ["--write=false"], 3],
      [{ env: { ORKA_CONFIG: "/c.yaml" }, files: config, target }, [], 0],
    ];
    for (const [options, flags, code] of cases) {
      (await cliOnEmbedded(cluster, options)("delete", "cm", "c", ...flags)).code(code);
    }
    assert.ok(!await isThere("c"));
    (await cliOnEmbedded(cluster, { env: { ORKA_WRITE: "1" } })("delete", "cm", "d")).code(0);
  }));

Deno.test("on a terminal a person is asked; in a protected context the name has to be typed", () =>
  withMaps(async (cluster, isThere) => {
    const ask = (answers: string[], more: CliOptions = {}) =>
      cliOnEmbedded(cluster, { terminal: true, answers, ...more })("delete", "cm", "c", "--write");
    (await ask(["n"])).stderr(/Delete configmap "c" in namespace "default"\?/).code(3);
    (await ask([])).code(3);
    const files = { "/c.yaml": "contexts: [{match: prod, protected: true}]" };
    const guarded = { env: { ORKA_CONFIG: "/c.yaml" }, files, target: { context: "prod" } };
    (await ask(["y"], guarded)).stderr(/type c to go on/).code(3);
    (await ask([], { ...guarded, terminal: false })).stderr(/protected/).code(3);
    assert.ok(await isThere("c"));
    (await ask(["c"], guarded)).code(0);
    assert.ok(!await isThere("c"));
  }));

Deno.test("a deletion that finalizers hold is waited for, and named when the wait is over", () =>
  withMaps(async (cluster, isThere) => {
    await cluster.create({ ...MAP, metadata: { name: "held", finalizers: ["a/b"] } });
    const orka = cliOnEmbedded(cluster);
    (await orka("delete", "cm", "held", "--write", "--timeout=300ms")).stderr(/finalizers: a\/b/).code(1);
    (await orka("delete", "cm", "held", "--write", "--wait=false")).code(0);
    assert.ok(await isThere("held"));
  }));

Deno.test("several objects: those that went through are told from those that did not", () =>
  withMaps(async (cluster) => {
    const orka = cliOnEmbedded(cluster, {
      fault: (request) =>
        request.method === "DELETE" && new URL(request.url).pathname.endsWith("/d") ? { status: 500 } : null,
    });
    (await orka("delete", "cm", "c", "d", "e", "--write"))
      .stdout('configmap "c" deleted from default namespace\nconfigmap "e" deleted from default namespace\n')
      .stderr(/2 of 3 went through/)
      .code(1);
  }));

Deno.test("of several objects that are named, those that are not there are told and the others are done", () =>
  withMaps(async (cluster, isThere) => {
    const orka = cliOnEmbedded(cluster);
    const NOPE = 'Error from server (NotFound): configmaps "nope" not found\n';
    (await orka("delete", "cm", "c", "nope")).stdout('configmap "c" would be deleted\n')
      .stderr(new RegExp(`^${RegExp.escape(NOPE)}Nothing was changed: `)).code(1);
    (await orka("label", "cm", "nope", "c", "a=b", "--write")).stdout("configmap/c labeled\n")
      .stderr(`${NOPE}1 of 2 went through\n`).code(1);
    (await orka("delete", "cm", "c", "nope", "d", "--write"))
      .stdout('configmap "c" deleted from default namespace\nconfigmap "d" deleted from default namespace\n')
      .stderr(`${NOPE}2 of 3 went through\n`).code(1);
    assert.ok(!await isThere("d"));
    (await orka("delete", "cm", "c", "nope", "--write")).stdout("")
      .stderr(`${NOPE.replace("nope", "c")}${NOPE}`).code(1);
    (await orka("delete", "cm", "e", "nope", "--ignore-not-found", "--write")).stderr("").code(0);
  }));
