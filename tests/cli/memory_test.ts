/** The memory of changes as commands use it: nothing secret on disk, several at once, and no disk at all. */
import assert from "node:assert/strict";
import { zstdDecompressSync } from "node:zlib";
import { DatabaseSync } from "node:sqlite";
import { Remembered } from "./remembered.ts";

/** Every text that the directory holds: its files' bytes, and the compressed objects in the database. */
function textsOf(directory: string): string {
  const decoder = new TextDecoder("latin1");
  const files = [...Deno.readDirSync(directory)].map(({ name }) => `${directory}/${name}`);
  const raw = files.map((path) => decoder.decode(Deno.readFileSync(path)));
  using db = new DatabaseSync(`${directory}/orka.db`, { readOnly: true });
  const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
  const cells = tables.flatMap(({ name }) => db.prepare(`SELECT * FROM "${name}"`).all())
    .flatMap((row) => Object.values(row));
  const blobs = cells.filter((cell) => cell instanceof Uint8Array).map((blob) => {
    try {
      return decoder.decode(zstdDecompressSync(blob));
    } catch {
      return ""; // no compressed one: its bytes are in the file as they are
    }
  });
  return [...raw, ...blobs].join("\n");
}

const encoded = btoa;

/** Changes a Secret by every way that leaves a trace. */
async function changeSecret(rig: Remembered, env: Readonly<Record<string, string>>): Promise<void> {
  const [old, next] = [encoded("first-password"), encoded("second-password")];
  const note = JSON.stringify({ data: { a: encoded("noted-password") } });
  const annotations = { "kubectl.kubernetes.io/last-applied-configuration": note };
  await rig.createSecret(old, annotations);
  const editor = { ...env, KUBE_EDITOR: `sed -i s/${old}/${next}/` };
  (await rig.orka("edit secret/s --write", { env: editor })).code(0);
  (await rig.orka("undo --write", { env })).code(env.ORKA_KEEP_SECRETS === "1" ? 0 : 1);
  (await rig.orka("delete secret s --write", { env })).code(0);
}

const SECRETS = ["first-password", "second-password", "noted-password"].flatMap((
  text,
) => [text, encoded(text)]);

Deno.test("no value of a Secret is in the state directory, whatever was done to it", async () => {
  await using rig = await Remembered.open();
  await changeSecret(rig, {});
  const texts = textsOf(rig.directory);
  assert.match(texts, /delete/);
  assert.deepEqual(SECRETS.filter((secret) => texts.includes(secret)), []);
});

Deno.test("with ORKA_KEEP_SECRETS the values are there, and undo has them", async () => {
  await using rig = await Remembered.open();
  await changeSecret(rig, { ORKA_KEEP_SECRETS: "1" });
  const texts = textsOf(rig.directory);
  assert.ok(texts.includes(encoded("first-password")));
  assert.ok(texts.includes(encoded("second-password")));
});

Deno.test("commands that run at once remember all their changes", async () => {
  await using rig = await Remembered.open();
  const names = Array.from({ length: 8 }, (_, at) => `m${at}`);
  for (const name of names) await rig.createMap(name, { a: "1" });
  const editor = { KUBE_EDITOR: `sed -i 's/a: "1"/a: "2"/'` };
  const ran = await Promise.all(names.map((name) => rig.orka(`edit cm/${name} --write`, { env: editor })));
  for (const each of ran) each.stderr(/^(?![^]*Warning)/).code(0);
  const entries = JSON.parse((await rig.orka("undo --list -o json")).out) as {
    ref: { name: string };
  }[];
  assert.deepEqual(entries.map(({ ref }) => ref.name).sort(), names);
});

Deno.test("without a directory to write in a change goes through, with one warning", async () => {
  await using rig = await Remembered.open();
  await rig.createMap("m", { a: "1" });
  await Deno.writeTextFile(`${rig.directory}/file`, "");
  const env = { ORKA_STATE_DIR: `${rig.directory}/file/below`, KUBE_EDITOR: `sed -i 's/a: "1"/a: "2"/'` };
  const { err } = (await rig.orka("edit cm/m --write", { env })).stdout("configmap/m edited\n").code(0);
  assert.equal(err.match(/Warning: /g)?.length, 1, err);
  (await rig.orka("undo", { env })).stderr(/changed nothing/).code(1);
});
