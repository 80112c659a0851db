import assert from "node:assert/strict";
import { OrkaError } from "../../base/mod.ts";
import { cleanPath } from "./copy_from_pod.ts";
import { Extractor } from "./extract.ts";
import { localArchive } from "./local_archive.ts";
import { encodeEnd, encodeHead, paddingOf, paxRecords, type TarEntry } from "./tar_format.ts";
import { readTar } from "./tar_reader.ts";

const LONG = `${"n".repeat(80)}/${"ü".repeat(60)}/end`;
const text = (value: string) => new TextEncoder().encode(value);

function entry(name: string, more: Partial<TarEntry> = {}): TarEntry {
  return { name, type: "file", mode: 0o644, size: 0, mtimeSeconds: 1_700_000_000, link: "", ...more };
}

function archive(...entries: readonly [TarEntry, string?][]): Uint8Array<ArrayBuffer> {
  const parts = entries.flatMap(([each, content = ""]) => {
    const bytes = text(content);
    return [...encodeHead({ ...each, size: bytes.length }), bytes, new Uint8Array(paddingOf(bytes.length))];
  });
  return new Uint8Array([...parts, encodeEnd()].flatMap((part) => [...part]));
}

async function* chunks(...parts: Uint8Array<ArrayBuffer>[]): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  await Promise.resolve();
  yield* parts;
}

async function entries(...parts: Uint8Array<ArrayBuffer>[]): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const { entry, content } of readTar(chunks(...parts))) {
    const bytes: number[] = [];
    for await (const part of content) bytes.push(...part);
    found.push([entry.name, entry.type, entry.link, new TextDecoder().decode(Uint8Array.from(bytes))]);
  }
  return found;
}

const WHOLE = archive(
  [entry("d", { type: "directory" })],
  [entry("d/a"), "hello"],
  [entry(LONG), "long"],
  [entry("d/l", { type: "symlink", link: LONG })],
);
const EXPECTED = [["d", "directory", "", ""], ["d/a", "file", "", "hello"], [LONG, "file", "", "long"], [
  "d/l",
  "symlink",
  LONG,
  "",
]];

Deno.test("an archive cut at any point is read the same; one that ends early is refused", async () => {
  for (let cut = 0; cut <= WHOLE.length; cut += cut % 512 < 8 || cut % 512 > 504 ? 1 : 61) {
    assert.deepEqual(await entries(WHOLE.slice(0, cut), WHOLE.slice(cut)), EXPECTED, `cut at ${cut}`);
  }
  for (const end of [100, 512 + 100, 1024 + 3]) {
    await assert.rejects(
      entries(WHOLE.slice(0, end)),
      (e) => e instanceof OrkaError && e.code === "protocol",
    );
  }
  await assert.rejects(
    entries(text("x".repeat(600))),
    (e) => e instanceof OrkaError && e.code === "protocol",
  );
});

Deno.test("pax records: lengths count themselves, and what is cut off is left out", () => {
  const records = paxRecords(text("19 path=dir/ü.txt\n13 size=1234\n99 mtime=1"));
  assert.deepEqual([...records], [["path", "dir/ü.txt"], ["size", "1234"]]);
});

/** A directory of its own, gone with its scope. */
async function scratch(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir();
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

async function extract(
  bytes: Uint8Array<ArrayBuffer>,
  target: string,
  prefix = "src",
): Promise<readonly string[]> {
  const warnings: string[] = [];
  const extractor = new Extractor(target, {
    prefix,
    keepsModes: true,
    onWarning: (line) => warnings.push(line),
  });
  for await (const each of readTar(chunks(bytes))) await extractor.take(each);
  await extractor.finish();
  return warnings;
}

Deno.test("nothing is written outside of the target, whatever the archive says", async () => {
  await using dir = await scratch();
  const target = `${dir.path}/out`;
  await Deno.mkdir(`${dir.path}/elsewhere`);
  await Deno.mkdir(target);
  await Deno.symlink(`${dir.path}/elsewhere`, `${target}/door`);
  await Deno.symlink(`${dir.path}/elsewhere/made`, `${target}/file`);
  const warnings = await extract(
    archive(
      [entry("src/../../evil"), "1"],
      [entry("/etc/passwd"), "2"],
      [entry("other/evil"), "3"],
      [entry("src/link", { type: "symlink", link: "/etc" })],
      [entry("src/link/evil"), "4"],
      [entry("src/door/evil"), "5"],
      [entry("src/door", { type: "directory" })],
      [entry("src/file"), "6"],
      [entry("src/hard", { type: "hardlink", link: "src/../../../etc/passwd" })],
      [entry("src/good"), "7"],
    ),
    target,
  );
  const made = [...Deno.readDirSync(`${dir.path}/elsewhere`)].map(({ name }) => name);
  assert.deepEqual(made, [], "a link that stood there was followed");
  const names = [...Deno.readDirSync(target)].map(({ name }) => name).sort();
  assert.deepEqual(names, ["door", "file", "good", "link"]);
  assert.equal(await Deno.readTextFile(`${target}/good`), "7");
  assert.equal(await Deno.readTextFile(`${target}/link/evil`), "4", "a directory of that name, not the link");
  assert.equal(warnings.length, 8, warnings.join("\n"));
});

Deno.test("files, modes, empty directories and hard links come out as they went in", async () => {
  await using dir = await scratch();
  const target = `${dir.path}/out`;
  await extract(
    archive(
      [entry("src", { type: "directory", mode: 0o500 })],
      [entry("src/run", { mode: 0o4755 }), "#!"],
      [entry("src/empty", { type: "directory", mode: 0o755 })],
      [entry("src/same", { type: "hardlink", link: "src/run" })],
    ),
    target,
  );
  assert.equal((await Deno.stat(`${target}/run`)).mode! & 0o7777, 0o755, "no setuid");
  assert.equal((await Deno.stat(target)).mode! & 0o777, 0o500);
  assert.ok((await Deno.stat(`${target}/empty`)).isDirectory);
  assert.equal(await Deno.readTextFile(`${target}/same`), "#!");
  await Deno.chmod(target, 0o700);
});

Deno.test("the machine's own tar reads what is sent, long names and all", async () => {
  await using dir = await scratch();
  await Deno.mkdir(`${dir.path}/in/${"n".repeat(80)}/${"ü".repeat(60)}`, { recursive: true });
  await Deno.writeTextFile(`${dir.path}/in/${LONG}`, "long");
  await Deno.writeTextFile(`${dir.path}/in/exec`, "x", { mode: 0o750 });
  await Deno.symlink("exec", `${dir.path}/in/link`);
  await Deno.mkdir(`${dir.path}/out`);
  const counts = { files: 0, bytes: 0 };
  const tar = new Deno.Command("tar", { args: ["-xmf", "-", "-C", `${dir.path}/out`], stdin: "piped" })
    .spawn();
  const made = ReadableStream.from(localArchive(`${dir.path}/in`, { name: "copy", counts }));
  await made.pipeTo(tar.stdin);
  assert.equal((await tar.status).code, 0);
  assert.equal(await Deno.readTextFile(`${dir.path}/out/copy/${LONG}`), "long");
  assert.equal((await Deno.stat(`${dir.path}/out/copy/exec`)).mode! & 0o777, 0o750);
  assert.equal(await Deno.readLink(`${dir.path}/out/copy/link`), "exec");
  assert.deepEqual(counts, { files: 2, bytes: 5 });
});

Deno.test("a path of the container is asked for without its detours, and never as an option", () => {
  const cases = {
    "/a/../b/./c": "/b/c",
    "/../a": "/a",
    "../../a/": "../../a",
    "a/../..": "..",
    "a/..": ".",
    "/": "/",
    "./-rf": "./-rf",
    "a/./b": "a/b",
  };
  for (const [path, clean] of Object.entries(cases)) assert.equal(cleanPath(path), clean, path);
});
