import assert from "node:assert/strict";
import { OrkaError } from "../base/mod.ts";
import { parseContextRules, readContextRules, ruleFor } from "./context_rules.ts";

const CONFIG = `contexts:
- match: "dev-*"
  write: true
- match: prod
  protected: true
- match: "*"
  protected: true
  write: true
`;

Deno.test("the first rule that fits a context counts", async () => {
  const rules = await parseContextRules(CONFIG, "config.yaml");
  assert.deepEqual(ruleFor(rules, "dev-eu"), { match: "dev-*", write: true, protected: false });
  assert.deepEqual(ruleFor(rules, "prod"), { match: "prod", write: false, protected: true });
  assert.equal(ruleFor(rules, "dev").match, "*");
  assert.deepEqual(ruleFor([], "dev"), { match: "*", write: false, protected: false });
});

Deno.test("a glob's other letters stand for themselves", async () => {
  const rules = await parseContextRules(`contexts: [{match: "a.b*", write: true}]`, "c");
  assert.equal(ruleFor(rules, "a.b(1)").write, true);
  assert.equal(ruleFor(rules, "axb").write, false);
});

Deno.test("a broken rule says where it is", async () => {
  const broken: readonly [string, RegExp][] = [
    ["contexts: 3", /contexts must be a list/],
    ["contexts: [{write: true}]", /contexts\[0\]\.match/],
    ["contexts: [{match: a, write: yes}]", /contexts\[0\]\.write/],
    ["contexts: [{match: a}, {match: b, wirte: true}]", /contexts\[1\]\.wirte/],
    ["contexts: [", /config\.yaml/],
  ];
  for (const [text, expected] of broken) {
    await assert.rejects(parseContextRules(text, "config.yaml"), (error) => {
      assert.ok(error instanceof OrkaError && error.code === "usage");
      assert.match(error.message, expected);
      return true;
    });
  }
});

Deno.test("no file means no rules; a file that was named has to be there", async () => {
  const missing = () => Promise.reject(new OrkaError("io", "no such file"));
  const asked: string[] = [];
  const env = (name: string) => ({ HOME: "/home/x" })[name];
  assert.deepEqual(await readContextRules({ env, readFile: (path) => (asked.push(path), missing()) }), []);
  assert.deepEqual(asked, ["/home/x/.config/orka/config.yaml"]);
  assert.deepEqual(await readContextRules({ env: () => undefined, readFile: missing }), []);
  await assert.rejects(readContextRules({ env: (name) => ({ ORKA_CONFIG: "c" })[name], readFile: missing }));
});
