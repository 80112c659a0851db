import assert from "node:assert/strict";
import { EditFile } from "./mod.ts";

const exists = (path: string) => Deno.stat(path).then(() => true, () => false);

async function withFile(use: (file: EditFile) => Promise<void>): Promise<void> {
  const file = await EditFile.create("deployment web.yaml", "#| Orka's\na: 1\n");
  try {
    await use(file);
  } finally {
    await file.discard();
  }
}

Deno.test("an edit's file is its owner's alone, and goes when nothing was typed", () =>
  withFile(async (file) => {
    assert.match(file.path, /\/deployment_web\.yaml$/);
    assert.equal((await Deno.stat(file.path)).mode! & 0o777, 0o600);
    assert.equal((await Deno.stat(file.directory)).mode! & 0o777, 0o700);
    await Deno.writeTextFile(file.path, "a: 1\n"); // without Orka's own line: nothing that is anybody's
    assert.equal(await file.close(), null);
    assert.ok(!await exists(file.directory));
  }));

Deno.test("what was typed stays, also when another text takes its place", () =>
  withFile(async (file) => {
    await Deno.writeTextFile(file.path, "a: 2\n");
    await file.replace("#| a reason\na: 2\n");
    assert.deepEqual([...Deno.readDirSync(file.directory)].map(({ name }) => name), ["deployment_web.yaml"]);
    await file.replace("#| merged\na: 3\n");
    assert.equal(await Deno.readTextFile(`${file.directory}/deployment_web.1.yaml`), "#| a reason\na: 2\n");
    assert.equal(await file.read(), "#| merged\na: 3\n");
    assert.equal(await file.close(), file.path);
    assert.ok(await exists(file.path));
  }));

Deno.test("a text that can't be written leaves the typed one as it is", () =>
  withFile(async (file) => {
    await Deno.writeTextFile(file.path, "a: 2\n");
    await Deno.mkdir(`${file.path}.next`); // in the way, as a full disk is
    await assert.rejects(file.replace("#| a reason\na: 2\n"), { code: "io" });
    assert.equal(await file.read(), "a: 2\n");
  }));

Deno.test("an emptied file is nothing to keep", () =>
  withFile(async (file) => {
    await Deno.writeTextFile(file.path, "\n");
    assert.equal(await file.close(), null);
  }));

Deno.test("a file that the editor removed is nothing to keep", () =>
  withFile(async (file) => {
    await Deno.remove(file.path);
    await assert.rejects(file.read(), { code: "io" });
    assert.equal(await file.close(), null);
  }));
