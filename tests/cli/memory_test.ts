/** The memory of changes as commands use it: nothing secret on disk, several at once, and no disk at all. */
import assert from "node:assert/strict";
import { zstdDecompressSync } from "node:zlib";
import { DatabaseSync } from "node:sqlite";
import { type Embedded, openEmbedded } from "../support/embedded.ts";
import { cliOnEmbedded, type Ran } from "./harness.ts";

class Rig implements AsyncDisposable {
  private constructor(readonly cluster: Embedded, readonly directory: string) {}

  static async open(): Promise<Rig> {
    return new Rig(await openEmbedded(), await Deno.makeTempDir({ prefix: "orka-test-" }));
  }

  async orka(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
    const target = { server: "https://remembered.test", user: "jane" };
    const all = { ORKA_STATE_DIR: this.directory, NO_COLOR: "1", ...env };
    return await cliOnEmbedded(this.cluster, { env: all, target })(...args);
  }

  /** Every text that the directory holds: its files' bytes, and the compressed objects in the database. */
  texts(): string {
    const decoder = new TextDecoder("latin1");
    const files = [...Deno.readDirSync(this.directory)].map(({ name }) => `${this.directory}/${name}`);
    const raw = files.map((path) => decoder.decode(Deno.readFileSync(path)));
    using db = new DatabaseSync(`${this.directory}/orka.db`, { readOnly: true });
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

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cluster[Symbol.asyncDispose]();
    await Deno.remove(this.directory, { recursive: true });
  }
}

const encoded = btoa;

/** Changes a Secret by every way that leaves a trace. */
async function changeSecret(rig: Rig, env: Readonly<Record<string, string>>): Promise<void> {
  const [old, next] = [encoded("first-password"), encoded("second-password")];
  const note = JSON.stringify({ data: { a: encoded("noted-password") } });
  const annotations = { "kubectl.kubernetes.io/last-applied-configuration": note };
  const data = { a: old };
  await rig.cluster.create({ apiVersion: "v1", kind: "Secret", metadata: { name: "s", annotations }, data });
  const editor = { ...env, KUBE_EDITOR: `sed -i s/${old}/${next}/` };
  (await rig.orka(["edit", "secret/s", "--write"], editor)).code(0);
  (await rig.orka(["undo", "--write"], env)).code(env.ORKA_KEEP_SECRETS === "1" ? 0 : 1);
  (await rig.orka(["delete", "secret", "s", "--write"], env)).code(0);
}

const SECRETS = ["first-password", "second-password", "noted-password"].flatMap((
  text,
) => [text, encoded(text)]);

Deno.test("no value of a Secret is in the state directory, whatever was done to it", async () => {
  await using rig = await Rig.open();
  await changeSecret(rig, {});
  const texts = rig.texts();
  assert.match(texts, /delete/);
  assert.deepEqual(SECRETS.filter((secret) => texts.includes(secret)), []);
});

Deno.test("with ORKA_KEEP_SECRETS the values are there, and undo has them", async () => {
  await using rig = await Rig.open();
  await changeSecret(rig, { ORKA_KEEP_SECRETS: "1" });
  const texts = rig.texts();
  assert.ok(texts.includes(encoded("first-password")));
  assert.ok(texts.includes(encoded("second-password")));
});

async function makeMaps(rig: Rig, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await rig.cluster.create({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { a: "1" } });
  }
}

Deno.test("commands that run at once remember all their changes", async () => {
  await using rig = await Rig.open();
  const names = Array.from({ length: 8 }, (_, at) => `m${at}`);
  await makeMaps(rig, names);
  const editor = { KUBE_EDITOR: `sed -i 's/a: "1"/a: "2"/'` };
  const ran = await Promise.all(names.map((name) => rig.orka(["edit", `cm/${name}`, "--write"], editor)));
  for (const each of ran) each.stderr(/^(?![^]*Warning)/).code(0);
  const entries = JSON.parse((await rig.orka(["undo", "--list", "-o", "json"])).out) as {
    ref: { name: string };
  }[];
  assert.deepEqual(entries.map(({ ref }) => ref.name).sort(), names);
});

Deno.test("without a directory to write in a change goes through, with one warning", async () => {
  await using rig = await Rig.open();
  await makeMaps(rig, ["m"]);
  await Deno.writeTextFile(`${rig.directory}/file`, "");
  const env = { ORKA_STATE_DIR: `${rig.directory}/file/below`, KUBE_EDITOR: `sed -i 's/a: "1"/a: "2"/'` };
  const { err } = (await rig.orka(["edit", "cm/m", "--write"], env)).stdout("configmap/m edited\n").code(0);
  assert.equal(err.match(/Warning: /g)?.length, 1, err);
  (await rig.orka(["undo"], env)).stderr(/changed nothing/).code(1);
});
