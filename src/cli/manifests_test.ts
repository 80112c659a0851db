import assert from "node:assert/strict";
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
    ["kind: A\nmetadata: {name: x}", /"bad\.yaml": apiVersion and kind must be set/],
    ["just text", /apiVersion and kind must be set/],
    ["apiVersion: v1\nkind: A", /resource name may not be empty/],
    ["", /no objects passed/],
  ];
  for (const [text, message] of cases) {
    await assert.rejects(read({ "bad.yaml": text }, ["bad.yaml"]), { name: "OrkaError", message });
  }
  await assert.rejects(read({}, ["https://example.com/x.yaml"]), { code: "usage" });
});
