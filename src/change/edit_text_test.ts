import assert from "node:assert/strict";
import { seededRandom } from "../base/mod.ts";
import type { KubeObject } from "../kube/mod.ts";
import { readDocuments } from "../schema/mod.ts";
import { objectsText, problemRemark, withoutRemarks, withRemarks } from "./edit_text.ts";

/** What YAML readers disagree on, fold, trim or take for something else. */
const NASTY = [
  "",
  " ",
  "yes",
  "No",
  "on",
  "~",
  "null",
  "true",
  "0644",
  "0o17",
  "0b11",
  "1_000",
  "1e3",
  ".5",
  "+.inf",
  "<<",
  "=",
  "2026-01-01",
  "12:30:45",
  "0x1F",
  "-",
  "- a",
  "a: b",
  "a #b",
  "#a",
  "? a",
  "*a",
  "&a",
  "!a",
  "%a",
  "@a",
  "`a",
  "|",
  ">",
  "a\nb",
  "a\n",
  "\na",
  "a\n\n",
  " a",
  "a ",
  "a \nb",
  "\ta",
  "a\t",
  "a\r\nb",
  "\r",
  "a\u0085b",
  "a\u2028b",
  "\u0000",
  "\u001b[0m",
  "\ufeff",
  "\u00e9",
  "日本",
  "🦀",
  "'",
  '"',
  "\\",
  "\\n",
  "'a'",
  '"a"',
  "{a}",
  "[a]",
  ",",
  "---",
  "...",
  "x".repeat(200),
  "long words that are folded when they pass the eightieth column of the line they stand in, or so",
  "  leading\nthen\n    deeper\n",
  "#| not Orka's",
];

function objectOf(random: () => number): KubeObject {
  const pick = () => NASTY[Math.floor(random() * NASTY.length)]!;
  const data = Object.fromEntries(
    Array.from({ length: 6 }, (_, at) => [random() < 0.3 ? `${pick()}${at}` : `k${at}`, pick()]),
  );
  const numbers = [0, -1, 1.5, 1e21, 2 ** 53 - 1, true, null, [], {}, [[pick()], { a: pick() }]];
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "c" },
    data,
    list: [pick(), ...numbers, pick()],
  } as KubeObject;
}

Deno.test("property: what is shown is read back as it was, as YAML and as JSON", async () => {
  for (let seed = 1; seed <= 120; seed++) {
    const objects = [objectOf(seededRandom(seed)), objectOf(seededRandom(seed + 1000))];
    for (const format of ["yaml", "json"] as const) {
      const documents = await readDocuments(withoutRemarks(withRemarks(objectsText(objects, format), [])));
      assert.deepEqual(documents.map(({ faults }) => faults), [[], []], `seed ${seed} as ${format}`);
      assert.deepEqual(documents.map(({ value }) => value), objects, `seed ${seed} as ${format}`);
    }
  }
});

Deno.test("every nasty string comes back", async () => {
  const data = Object.fromEntries(NASTY.map((text, at) => [`k${at}`, text]));
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" }, data } as KubeObject;
  const [document] = await readDocuments(objectsText([object], "yaml"));
  assert.deepEqual((document!.value as typeof object).data, data);
});

Deno.test("remarks stand above the text with lines as they are in it, and go away", () => {
  const body = "# mine\na: 1\nb: 2\n";
  const problem = {
    kind: "wrong-type",
    severity: "error",
    document: 0,
    path: "b",
    column: 4,
    line: 3,
  } as const;
  const remarks = [problemRemark({ ...problem, message: "must be\na string", hint: "quote it" }), {
    message: "whole",
  }];
  const text = withRemarks(body, remarks);
  const [, line] = /line (\d+), column 4: b: must be/.exec(text)!;
  assert.equal(text.split("\n")[Number(line) - 1], "b: 2");
  assert.match(text, /^#\| whole$/m);
  assert.equal(withoutRemarks(text), body);
  assert.equal(withoutRemarks("#| only Orka's"), "");
  assert.equal(withoutRemarks(body), body);
});
