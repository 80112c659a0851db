import assert from "node:assert/strict";
import { crdSchema, crdSchemas, createValidator, findField, type KindSchema, typeText } from "./mod.ts";
import { OrkaError, systemClock } from "../base/mod.ts";

/** A CRD whose spec has the given properties. */
function crdOf(properties: Record<string, unknown>, more: Record<string, unknown> = {}): unknown {
  const schema = { type: "object", properties: { spec: { type: "object", properties }, ...more } };
  return {
    metadata: { name: "widgets.example.com", resourceVersion: "7" },
    spec: {
      group: "example.com",
      scope: "Namespaced",
      names: { kind: "Widget", plural: "widgets" },
      versions: [
        { name: "v1", served: true, schema: { openAPIV3Schema: schema } },
        { name: "v0", served: false, schema: { openAPIV3Schema: schema } },
      ],
    },
  };
}

const widget = crdSchema(
  crdOf({
    size: { type: "integer", minimum: 1, maximum: 9 },
    port: { "x-kubernetes-int-or-string": true, anyOf: [{ type: "integer" }, { type: "string" }] },
    mode: { type: "string", enum: ["Fast", "Slow"], pattern: "(?i)^[a-z]+$" },
    labels: { type: "object", additionalProperties: { type: "string" } },
    anything: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
    template: { type: "object", "x-kubernetes-embedded-resource": true, properties: {} },
    choice: {
      type: "object",
      properties: { a: { type: "string" }, b: { type: "string" } },
      oneOf: [{ required: ["a"] }, { required: ["b"] }],
    },
    parts: {
      type: "array",
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["name"],
      items: {
        type: "object",
        required: ["name"],
        properties: { name: { type: "string" }, live: { type: "boolean" } },
      },
    },
  }),
  "v1",
);

async function problemsOf(spec: string, schema: KindSchema = widget): Promise<string[]> {
  using validator = createValidator({ clock: systemClock, worker: false });
  const { group, version, kind } = schema.resource;
  const text = `apiVersion: ${group}/${version}\nkind: ${kind}\nmetadata:\n  name: a\nspec:\n${spec}\n`;
  const { problems } = await validator.validate(text, { schemas: [schema] });
  return problems.map(({ line, column, path, message, hint }) =>
    `${line}:${column} ${path}: ${message}${hint === undefined ? "" : ` (${hint})`}`
  );
}

Deno.test("a CRD's quirks are told apart, and versions that are not served left out", () => {
  assert.equal(crdSchemas(crdOf({})).length, 1);
  const of = (path: string) => findField(widget, path).node;
  assert.equal(of("spec.port").type, "int-or-string");
  assert.equal(of("spec.port").yamlOnly, undefined);
  assert.deepEqual(of("spec.choice").yamlOnly, ["oneOf"]);
  assert.equal(typeText(widget, of("spec.labels")), "map[string]string");
  assert.equal(of("spec.anything").preserve, true);
  assert.equal(of("spec.template.metadata.name").type, "string");
  assert.deepEqual(of("spec.parts").mapKeys, ["name"]);
  assert.equal(of("metadata.labels.x").type, "string");
  const { nodes: _, ...flags } = widget.flags;
  assert.deepEqual(flags.recursive, []);
  assert.deepEqual([flags.embedded, flags.yamlOnly, flags.intOrString], [1, 1, 1]);
});

Deno.test("a path that does not exist names the near miss", () => {
  assert.throws(() => findField(widget, "spec.sise"), (error: OrkaError) => {
    assert.equal(error.code, "not-found");
    assert.match(error.hint!, /spec\.size/);
    return true;
  });
});

const CASES: readonly (readonly [string, string, readonly string[]])[] = [
  ["nothing wrong", "  size: 3\n  port: http\n  mode: Fast\n  anything: {x: 1}", []],
  ["a near miss", "  sise: 3", ['6:3 spec.sise: unknown field "sise" (did you mean "size"?)']],
  ["a quoted number", '  size: "3"', [
    '6:9 spec.size: must be an integer, not the string "3" (write 3 without quotes)',
  ]],
  ["a bound", "  size: 12", ["6:9 spec.size: must be <= 9"]],
  ["an enum", "  mode: Fats", [
    '6:9 spec.mode: "Fats" is none of Fast, Slow (did you mean "Fast"?)',
  ]],
  ["an item", "  parts:\n  - name: a\n    live: 1\n  - live: yes", [
    "8:11 spec.parts[0].live: must be a boolean, not the number 1",
    '9:5 spec.parts[1]: required field "name" is missing',
  ]],
  ["a duplicate", "  parts:\n  - name: a\n  - name: a", ['8:5 spec.parts[1]: another item has name "a" too']],
  ["an alternative", "  choice: {a: x, b: z}", [
    "6:11 spec.choice: matches several of the alternatives, only one is allowed",
  ]],
  ["a null", "  size: null", ["6:9 spec.size: must be an integer, not null"]],
  ["embedded metadata", "  template:\n    metadata:\n      labls: {}", [
    '8:7 spec.template.metadata.labls: unknown field "labls" (did you mean "labels"?)',
  ]],
  ["a key with dots", "  labels:\n    a.b/c: 1", [
    '7:12 spec.labels["a.b/c"]: must be a string, not the number 1 (put it in quotes: "1")',
  ]],
];

for (const [name, spec, expected] of CASES) {
  Deno.test(`validation finds ${name} at its place`, async () =>
    assert.deepEqual(await problemsOf(spec), expected));
}

Deno.test("several documents, syntax errors and kinds without a schema are told of, each at its place", async () => {
  using validator = createValidator({ clock: systemClock });
  const text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\na: [1\n---\n- list\n---\nkind: X\n";
  const { documents, problems } = await validator.validate(text, { schemas: [] });
  assert.deepEqual(documents.map(({ kind, name, line }) => [kind, name, line]), [["Pod", "a", 1], [
    "X",
    "",
    9,
  ]]);
  assert.deepEqual(problems.map(({ kind, document, line }) => [kind, document, line]), [
    ["no-schema", 0, 2],
    ["syntax", 1, 6],
    ["not-an-object", 2, 7],
    ["not-an-object", 3, 9],
  ]);
});

Deno.test("YAML means what it means to kubectl", async () => {
  assert.deepEqual(await problemsOf("  parts: [{name: a, live: yes}, {name: b, live: off}]\n  size: 07"), []);
  assert.deepEqual(await problemsOf("  size: 010"), [], "octal 8");
  assert.equal((await problemsOf("  size: 012")).length, 1, "octal 10");
  assert.deepEqual(await problemsOf("  labels: {a: 2020-01-01}"), []);
});

Deno.test("a broken schema is an error that names the kind and the place", () => {
  for (const broken of [{ type: "strng" }, 7, { type: "object", properties: [] }]) {
    assert.throws(() => crdSchema(crdOf({ bad: broken }), "v1"), (error: OrkaError) => {
      assert.equal(error.code, "protocol");
      assert.match(error.message, /Widget\.example\.com\/v1 at spec\.bad/);
      return true;
    });
  }
  assert.throws(() => crdSchemas({}), OrkaError);
  let deep: unknown = { type: "string" };
  for (let i = 0; i < 20_000; i++) deep = { type: "object", properties: { a: deep } };
  assert.throws(() => crdSchema(crdOf({ deep }), "v1"), /Widget.*levels deep/);
});

Deno.test("a schema of 1.5 MB works, and costs its text no more than it uses", async () => {
  const fields = Object.fromEntries(Array.from({ length: 9_000 }, (_, i) => [`field${i}`, {
    type: "object",
    description: "x".repeat(60),
    properties: { value: { type: "string", pattern: "^a+$" } },
  }]));
  const crd = crdOf(fields);
  assert.ok(JSON.stringify(crd).length > 1_400_000);
  const schema = crdSchema(crd, "v1");
  assert.deepEqual(await problemsOf("  field8999: {value: b}", schema), [
    '6:22 spec.field8999.value: "b" does not match ^a+$',
  ]);
});

Deno.test("columns are chosen where information is: not deep, not noise, three to six", () => {
  const text = { type: "string" };
  const schema = crdSchema(
    crdOf(
      {
        secretName: text,
        caBundle: text,
        timeoutSeconds: { type: "integer" },
        deep: { type: "object", properties: { a: { type: "object", properties: { b: text } } } },
      },
      {
        status: {
          type: "object",
          properties: {
            phase: text,
            observedGeneration: { type: "integer" },
            conditions: {
              type: "array",
              items: { type: "object", properties: { type: text, status: text } },
            },
          },
        },
      },
    ),
    "v1",
  );
  assert.deepEqual(schema.projected.map(({ path }) => path), [
    ".spec.secretName",
    ".status.phase",
    '.status.conditions[?(@.type=="Ready")].status',
  ]);
});

Deno.test("a kind whose scalars all stand in one place still gets three columns", () => {
  const text = { type: "string" };
  const route = { type: "object", properties: { a: text, b: text, c: text, d: text } };
  assert.equal(crdSchema(crdOf({ route }), "v1").projected.length, 3);
  assert.deepEqual(crdSchema(crdOf({ list: { type: "array", items: text } }), "v1").projected, []);
});
