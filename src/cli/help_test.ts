import assert from "node:assert/strict";
import { FLAG_GROUPS, GLOBAL_FLAGS } from "./flags.ts";
import { optionsHelp, rootHelp, verbHelp } from "./help.ts";
import { parseCommandLine } from "./parse.ts";
import { VERBS } from "./verbs.ts";

Deno.test("every example in help parses as the verb that it shows", () => {
  for (const verb of VERBS) {
    for (const [, example] of verb.examples) {
      const line = example.match(/orka ([^|>)]*)/)![1]!.trim().split(/\s+/);
      assert.equal(parseCommandLine(line, VERBS).verb?.name, verb.name, example);
    }
  }
});

Deno.test("help shows every flag once, and stays within the terminal", () => {
  for (const verb of VERBS) {
    const text = verbHelp(verb, 80);
    for (const { name, hidden } of verb.flags) {
      const shown = text.split(new RegExp(`--${name}(?![\\w-])[^\\n]*\\n`)).length - 1;
      assert.ok(hidden ? shown === 0 : shown >= 1, `${verb.name} --${name}: ${shown}`);
    }
    const wide = text.split("\n").filter((line) =>
      line.length > 80 && !line.startsWith("  orka") && !line.startsWith("  # ")
    );
    assert.deepEqual(wide, [], verb.name);
  }
});

Deno.test("no flag is declared twice for a verb, and every one has a section", () => {
  for (const verb of VERBS) {
    // a verb's other spelling goes before a global flag: create rolebinding --user
    const taken = verb.flags.flatMap(({ aliases }) => aliases ?? []);
    const flags = [...GLOBAL_FLAGS.filter(({ name }) => !taken.includes(name)), ...verb.flags];
    for (
      const names of [
        flags.flatMap((f) => [f.name, ...f.aliases ?? []]),
        flags.flatMap((f) => f.short ?? []),
      ]
    ) {
      assert.deepEqual(names.filter((name, index) => names.indexOf(name) !== index), [], verb.name);
    }
    assert.ok(flags.every((spec) => FLAG_GROUPS.includes(spec.group)));
  }
});

Deno.test("the root's help lists every verb, options lists the connection's flags", () => {
  const text = rootHelp(VERBS, 80);
  for (const { name } of VERBS) assert.match(text, new RegExp(`^  ${name} +\\S`, "m"));
  assert.match(optionsHelp(80), /--kubeconfig=FILE[\s\S]*--token=TOKEN/);
});
