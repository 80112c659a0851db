import assert from "node:assert/strict";
import { saveFile } from "./save_file.ts";

Deno.test("a name that is taken gets a number, and nothing is written over", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const names: string[] = [];
    for (const text of ["a", "b", "c"]) names.push(await saveFile(text, "web-0.log", directory));
    names.push(await saveFile("d", "README", directory), await saveFile("e", "README", directory));
    assert.deepEqual(names.map((path) => path.slice(directory.length + 1)), [
      "web-0.log",
      "web-0-2.log",
      "web-0-3.log",
      "README",
      "README-2",
    ]);
    assert.equal(await Deno.readTextFile(names[0]!), "a");
    assert.equal((await Deno.stat(names[1]!)).mode! & 0o777, 0o600);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("a directory that can't be written to is told in words", async () => {
  await assert.rejects(saveFile("a", "web.log", "/nowhere/at/all"), {
    code: "io",
    message: /Cannot save \/nowhere\/at\/all\/web\.log/,
  });
});
