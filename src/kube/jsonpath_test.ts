import assert from "node:assert/strict";
import { OrkaError } from "../base/mod.ts";
import { JsonPath, relaxedTemplate } from "./jsonpath.ts";

const DATA = {
  kind: "List",
  items: [
    {
      metadata: { name: "a", labels: { "app.io/x": "1" } },
      status: {
        n: 1,
        ok: true,
        conditions: [{ type: "Ready", status: "True" }, { type: "Up", status: "False" }],
      },
    },
    {
      metadata: { name: "b" },
      status: { n: 20, ok: false, conditions: [{ type: "Ready", status: "False" }] },
    },
    { metadata: { name: "c" }, status: { n: 3 } },
  ],
};

Deno.test("templates print as kubectl prints them", () => {
  const table: [string, string][] = [
    ["{.kind}", "List"],
    [".kind", ".kind"],
    ["{@.kind} {$.kind}", "List List"],
    ["x{.kind}y", "xListy"],
    ["{.items[*].metadata.name}", "a b c"],
    ["{.items[0].metadata.name}", "a"],
    ["{.items[-1].metadata.name}", "c"],
    ["{.items[0:2].metadata.name}", "a b"],
    ["{.items[1:].metadata.name}", "b c"],
    ["{.items[:-1].metadata.name}", "a b"],
    ["{.items[::2].metadata.name}", "a c"],
    ["{.items[0,2].metadata.name}", "a c"],
    ["{.items[*]['metadata.name','kind']}", "a b c"],
    ["{.items[0]['metadata','status'].n}", "1"],
    ["{.items[0].metadata.labels.app\\.io/x}", "1"],
    ["{.items[0].metadata.labels['app.io/x']}", "1"],
    ["{.items[0].metadata.labels['app\\.io/x']}", "1"],
    ["{.items[0]['metadata.name']}", "a"],
    ["{.items[].metadata.name}", "a b c"],
    ["{..name}", "a b c"],
    [
      "{.items[0]..status}",
      '{"conditions":[{"status":"True","type":"Ready"},{"status":"False","type":"Up"}],"n":1,"ok":true} True False',
    ],
    ['{.items[*].status.conditions[?(@.type=="Ready")].status}', "True False"],
    ["{.items[?(@.status.n>2)].metadata.name}", "b c"],
    ["{.items[?(@.status.ok==true)].metadata.name}", "a"],
    ["{.items[?(@.status.conditions)].metadata.name}", "a b"],
    ['{.items[?(@.metadata.name!="a")].metadata.name}', "b c"],
    ['{range .items[*]}{.metadata.name}{"\\t"}{.status.n}{"\\n"}{end}', "a\t1\nb\t20\nc\t3\n"],
    ["{range .items[*]}[{range .status.conditions[*]}{.type},{end}]{end}", "[Ready,Up,][Ready,][]"],
    ["{range .items[*]}{.metadata.name} ", "a b c "],
    ["{.items[0].metadata}", '{"labels":{"app.io/x":"1"},"name":"a"}'],
    ["{.items[5:5]}", ""],
    ['{"lit"}{1}{true}', "lit1true"],
    ["{.nosuch.deeper}", ""],
    ["{.items[0].metadata.*}", '{"app.io/x":"1"} a'],
  ];
  for (const [template, text] of table) {
    assert.equal(new JsonPath(template).print(DATA, { allowMissingKeys: true }), text, template);
  }
});

Deno.test("a key that no value has is an error unless allowed; one that some have is not", () => {
  const find = (template: string) => new JsonPath(template).values(DATA);
  assert.throws(() => find("{.nosuch}"), /nosuch is not found/);
  assert.deepEqual(find("{.items[*].metadata.labels}"), [{ "app.io/x": "1" }]);
  assert.throws(() => find("{.items[7]}"), /array index out of bounds: index 7, length 3/);
  assert.throws(() => find("{.kind[0]}"), /List is not array or slice/);
  assert.throws(() => find("{.kind[?(@.x)]}"), /cannot be filtered/);
  assert.throws(() => find('{.items[?(@.status.n<"x")]}'), /incompatible types/);
});

Deno.test("what does not parse says where", () => {
  const bad = ["{.a", "{", "{.a[}", "{.a[0}", "{.a[?(@.b]}", "{kind}", '{"x}', "{end}", "{.a[?x]}", "{#}"];
  for (const template of bad) {
    assert.throws(
      () => new JsonPath(template),
      (e) => e instanceof OrkaError && e.code === "usage" && /\(at \d+\)/.test(e.message),
      template,
    );
  }
});

Deno.test("relaxed forms are one path", () => {
  for (const form of ["metadata.name", ".metadata.name", "{metadata.name}", "{.metadata.name}"]) {
    assert.equal(relaxedTemplate(form), "{.metadata.name}");
  }
  assert.deepEqual(JsonPath.relaxed("items[*].metadata.name").values(DATA), ["a", "b", "c"]);
  assert.throws(() => relaxedTemplate("{.a}{.b}"), OrkaError);
});
