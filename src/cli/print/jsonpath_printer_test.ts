import assert from "node:assert/strict";
import { JsonPath, type KubeObject } from "../../kube/mod.ts";
import { JsonPathPrinter } from "./jsonpath_printer.ts";

const ITEMS = [
  { metadata: { name: "a" }, spec: { node: "n1", x: "" } },
  { metadata: { name: "b" }, spec: {} },
  { metadata: { name: "c" }, spec: { node: "n2", list: [1, 2] } },
].map((item) => ({ apiVersion: "v1", kind: "Pod", ...item })) as unknown as KubeObject[];

function streamed(template: string): { text: string; early: number } {
  const printer = new JsonPathPrinter({ template, asJson: false }, { bare: false, allowMissingKeys: true });
  const texts = ITEMS.map((item) => printer.add(item));
  return { text: texts.join("") + printer.end(), early: texts.filter((text) => text !== "").length };
}

Deno.test("templates worked off item by item print what the whole list would", () => {
  const list = { apiVersion: "v1", items: ITEMS, kind: "List", metadata: { resourceVersion: "" } };
  for (
    const template of [
      "{.items[*].metadata.name}",
      "{.items[*].spec.node}",
      "{.items[*].spec.x}",
      "{.items[*].spec.list}",
      "{.items[*].spec}",
      '{range .items[*]}{.metadata.name}{"\\t"}{.spec.node}{"\\n"}{end}',
      "{range .items[*]}{.spec.list[*]},{end}",
      "{range .items[*]}{range .spec.list[*]}{@};{end}{end}",
      "{range .items[*]}{.metadata.name}{end}{.kind}",
      "{range .items[*]}{$.kind}{end}",
      "{.items[1].metadata.name} {.kind}",
      '{.items[?(@.metadata.name=="c")].spec.node}',
      "{.items..name}",
    ]
  ) {
    assert.equal(
      streamed(template).text,
      new JsonPath(template).print(list, { allowMissingKeys: true }),
      template,
    );
  }
});

Deno.test("the two common forms print before the list has ended", () => {
  assert.equal(streamed("{.items[*].metadata.name}").early, 3);
  assert.equal(streamed("{range .items[*]}{.metadata.name}{end}").early, 3);
  assert.equal(streamed("{.items[0].metadata.name}").early, 0);
});
