import assert from "node:assert/strict";
import { parseFormat } from "./format.ts";

const read = (output: string | undefined, template?: string) =>
  parseFormat(output, { template, readFile: (path) => Promise.resolve(`text of ${path}`) });

Deno.test("-o: every format", async () => {
  assert.deepEqual(await read(undefined), { type: "table", wide: false });
  assert.deepEqual(await read("wide"), { type: "table", wide: true });
  assert.deepEqual(await read("ndjson"), { type: "ndjson" });
  assert.deepEqual(await read("jsonpath={.a=b}"), { type: "jsonpath", template: "{.a=b}", asJson: false });
  assert.deepEqual(await read("jsonpath", "{.a}"), { type: "jsonpath", template: "{.a}", asJson: false });
  assert.deepEqual(await read("jsonpath-as-json={.a}"), { type: "jsonpath", template: "{.a}", asJson: true });
  assert.deepEqual(await read("jsonpath-file=f"), { type: "jsonpath", template: "text of f", asJson: false });
  assert.deepEqual(await read("custom-columns=A:.a"), {
    type: "custom-columns",
    spec: "A:.a",
    fromFile: false,
  });
  assert.deepEqual(await read("custom-columns-file=f"), {
    type: "custom-columns",
    spec: "text of f",
    fromFile: true,
  });
});

Deno.test("-o: what it is not is a usage error with what was meant", async () => {
  await assert.rejects(read("yml"), { code: "usage", hint: "Did you mean -o yaml?" });
  await assert.rejects(read("name=3"), { code: "usage" });
  await assert.rejects(read("jsonpath"), {
    code: "usage",
    message: "template format specified but no template given",
  });
  await assert.rejects(read("go-template={{.x}}"), { code: "usage", hint: /jsonpath/ });
  await assert.rejects(read(undefined, "{{.x}}"), { code: "usage", message: /^--template/ });
});
