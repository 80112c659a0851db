import assert from "node:assert/strict";
import type { KubeObject } from "../../kube/mod.ts";
import { CustomColumnsPrinter } from "./custom_columns.ts";

const OBJECT = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "a", labels: { x: "1", y: "2" } },
  spec: { list: [1, { b: true, a: "z" }], nothing: null, text: "one\ntwo", empty: "" },
} as unknown as KubeObject;

function print(spec: string, options: { fromFile?: boolean; noHeaders?: boolean } = {}): string {
  const printer = new CustomColumnsPrinter(spec, {
    fromFile: false,
    noHeaders: false,
    forTerminal: false,
    ...options,
  });
  return printer.block([OBJECT]);
}

Deno.test("values as Go prints them, several joined by commas, none as <none>", () => {
  assert.equal(
    print("A:.metadata.name,B:.spec.list,C:.spec.list[*].a,D:.spec.nope"),
    "A     B                     C     D\na     [1 map[a:z b:true]]   z     <none>\n",
  );
  assert.equal(
    print("L:.metadata.labels,N:.spec.nothing,E:.spec.empty"),
    "L              N        E\nmap[x:1 y:2]   <none>   \n",
  );
});

Deno.test("a line break in a value starts a line, as with kubectl", () => {
  assert.equal(print("T:.spec.text,N:.metadata.name"), "T     N\none\ntwo   a\n");
});

Deno.test("a file holds headers and paths on two lines; --no-headers", () => {
  assert.equal(print("NAME  KIND\n.metadata.name  kind\n", { fromFile: true }), "NAME   KIND\na      Pod\n");
  assert.equal(print("NAME:.metadata.name", { noHeaders: true }), "a\n");
});

Deno.test("what does not parse is a usage error", () => {
  assert.throws(() => print("NAME"), { code: "usage" });
  assert.throws(() => print("A B\n.x", { fromFile: true }), { code: "usage" });
  assert.throws(() => print("A:.x[", {}), { code: "usage" });
});
