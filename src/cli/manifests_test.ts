import assert from "node:assert/strict";
import { systemClock } from "../base/mod.ts";
import type { CliIo } from "./io.ts";
import { readManifests } from "./manifests.ts";

function read(files: Record<string, string>, asked: string[], recursive = false): Promise<string[]> {
  const io = {
    readStdin: () => Promise.resolve(files["-"] ?? ""),
    readFile: (path: string) => Promise.resolve(files[path]!),
    listFiles: (path: string) => {
      const inside = Object.keys(files).filter((file) => file.startsWith(`${path}/`));
      const shown = inside.filter((file) => recursive || !file.slice(path.length + 1).includes("/"));
      return Promise.resolve(inside.length === 0 ? null : shown);
    },
  } as unknown as CliIo;
  return readManifests(io, { files: asked, recursive })
    .then((objects) => objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
}

const object = (kind: string, name: string) => `apiVersion: v1\nkind: ${kind}\nmetadata: {name: "${name}"}\n`;

Deno.test("documents, lists, JSON, directories and stdin", async () => {
  const files = {
    "a.yaml": `---\n${object("A", "1")}---\n# nothing\n---\n${object("A", "2")}`,
    "b.json": JSON.stringify({
      apiVersion: "v1",
      kind: "List",
      items: [{ apiVersion: "v1", kind: "B", metadata: { name: "3" } }],
    }),
    "dir/c.yml": object("C", "4"),
    "dir/readme.md": "not a manifest",
    "dir/sub/d.yaml": object("D", "5"),
    "-": object("E", "6"),
  };
  assert.deepEqual(await read(files, ["a.yaml", "b.json", "-"]), ["A/1", "A/2", "B/3", "E/6"]);
  assert.deepEqual(await read(files, ["dir"]), ["C/4"]);
  assert.deepEqual(await read(files, ["dir"], true), ["C/4", "D/5"]);
});

Deno.test("what is no manifest is named with its file", async () => {
  const cases: [string, RegExp][] = [
    ["a: [b", /error parsing bad\.yaml/],
    ["metadata:\n  name: x\n name: y\n", /error parsing bad\.yaml:3:1: /],
    ["kind: A\nmetadata: {name: x}", /"bad\.yaml": apiVersion is not set/],
    ["apiVersion: v1\nkind: A\nmetadata: {generateName: x-}", /resource name may not be empty/],
    ["just text", /apiVersion and kind must be set/],
    ["apiVersion: v1\nkind: A", /resource name may not be empty/],
    ["apiVersion: v1\nkind: A\nmetadata: {name: no}", /metadata\.name is false, no string/],
    ['{"apiVersion": "v1",, "kind": "A"}', /error parsing bad\.yaml:1:/],
    ["", /no objects passed/],
  ];
  for (const [text, message] of cases) {
    await assert.rejects(read({ "bad.yaml": text }, ["bad.yaml"]), { name: "OrkaError", message });
  }
});

Deno.test("YAML is read as kubectl reads it, whatever the file calls a mode or a yes", async () => {
  const text = "apiVersion: v1\nkind: A\nmetadata: {name: x}\nspec: {mode: 0644, on: yes, quoted: '0644'}\n";
  const io = { readFile: () => Promise.resolve(`\ufeff${text}`), listFiles: () => Promise.resolve(null) };
  const [object] = await readManifests(io as unknown as CliIo, { files: ["a.yaml"], recursive: false });
  assert.deepEqual(object?.spec, { mode: 420, true: true, quoted: "0644" });
});

Deno.test("a manifest from the web is read like a file, and its refusal names the URL", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    ({ url }) =>
      url.endsWith("/a.yaml") ? new Response(object("A", "1")) : new Response("no", { status: 404 }),
  );
  const at = `http://127.0.0.1:${server.addr.port}`;
  const io = { clock: systemClock, signal: new AbortController().signal } as unknown as CliIo;
  const get = (file: string) => readManifests(io, { files: [file], recursive: false });
  assert.deepEqual((await get(`${at}/a.yaml`)).map(({ metadata }) => metadata.name), ["1"]);
  await assert.rejects(get(`${at}/b.yaml`), { code: "not-found", message: /server reported 404/ });
  await assert.rejects(get("http://127.0.0.1:1/x.yaml"), { code: "io", message: /unable to read URL/ });
});
