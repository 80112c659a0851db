import assert from "node:assert/strict";
import { OrkaError, seededRandom } from "../base/mod.ts";
import { readTableRow } from "./item_reader.ts";
import { ItemSplitter } from "./item_splitter.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

interface Split {
  readonly items: string[];
  readonly heads: unknown[];
  readonly tail: unknown;
}

function split(text: string, cuts: readonly number[] = [], keepManagedFields = false): Split {
  const bytes = encoder.encode(text);
  const items: string[] = [];
  const heads: unknown[] = [];
  let tail: unknown;
  const splitter = new ItemSplitter({
    keepManagedFields,
    onHead: (head) => heads.push(head),
    onTail: (document) => tail = document,
    onItem: (item) => items.push(decoder.decode(item.bytes)),
  });
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    splitter.push(bytes.slice(from, cut)); // a copy, as a body's chunk is read over afterwards
    from = cut;
  }
  splitter.end();
  assert.equal(splitter.count, items.length);
  return { items, heads, tail };
}

/** What the splitter should give, by way of JSON.parse. */
function withoutManagedFields(item: unknown): unknown {
  const copy = structuredClone(item) as { metadata?: { managedFields?: unknown }; object?: unknown };
  if (copy?.metadata && typeof copy.metadata === "object" && !Array.isArray(copy.metadata)) {
    delete copy.metadata.managedFields;
  }
  return copy;
}

class Documents {
  constructor(readonly random: () => number) {}

  pick<T>(...of: readonly T[]): T {
    return of[Math.floor(this.random() * of.length)]!;
  }

  text(): string {
    const parts = [
      "a",
      '"',
      "\\",
      "é",
      "🦀",
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      "managedFields",
      "metadata",
      "items",
      "\n",
      " ",
    ];
    return Array.from({ length: Math.floor(this.random() * 5) }, () => this.pick(...parts)).join("");
  }

  value(depth: number): unknown {
    const scalars = [null, true, false, 0, -1.5e-7, "", "managedFields", "metadata"];
    if (depth === 0 || this.random() < 0.3) return this.random() < 0.5 ? this.text() : this.pick(...scalars);
    const size = Math.floor(this.random() * 4);
    if (this.random() < 0.4) return Array.from({ length: size }, () => this.value(depth - 1));
    const keys = ["metadata", "managedFields", "cells", "object", "rows", "items", "x", this.text()];
    return Object.fromEntries(
      Array.from({ length: size }, () => [this.pick(...keys), this.value(depth - 1)]),
    );
  }

  object(): unknown {
    if (this.random() < 0.1) return this.value(2);
    const entries: [string, unknown][] = [["kind", "Pod"], ["metadata", this.metadata()], [
      "spec",
      this.value(4),
    ]];
    return Object.fromEntries(this.random() < 0.5 ? entries : entries.reverse());
  }

  metadata(): unknown {
    if (this.random() < 0.1) return this.value(1);
    const entries: [string, unknown][] = [["name", this.text()], ["labels", this.value(1)]];
    if (this.random() < 0.7) {
      entries.splice(this.pick(0, 1, 2), 0, [
        "managedFields",
        this.pick<unknown>(null, [], [this.value(3)], this.value(3)),
      ]);
    }
    return Object.fromEntries(entries);
  }
}

Deno.test("random lists split as JSON.parse reads them, cut at every place", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = seededRandom(seed);
    const documents = new Documents(random);
    const items = Array.from({ length: Math.floor(random() * 4) }, () => documents.object());
    const list = { kind: "PodList", metadata: { continue: documents.text() }, items };
    const text = JSON.stringify(list, null, documents.pick<undefined | number | string>(undefined, 1, "\t"));
    const want = items.map(withoutManagedFields);
    const length = encoder.encode(text).length;
    for (let cut = 0; cut <= length; cut++) {
      const second = Math.min(length, cut + Math.floor(random() * 9));
      const got = split(text, [cut, second]);
      assert.deepEqual(
        got.items.map((item) => JSON.parse(item)),
        want,
        `seed ${seed}, cut at ${cut} and ${second}`,
      );
      assert.deepEqual(got.heads, [{ ...list, items: [] }], `seed ${seed}, cut at ${cut}`);
    }
    const bytewise = split(text, Array.from({ length }, (_, i) => i));
    assert.deepEqual(bytewise.items.map((item) => JSON.parse(item)), want, `seed ${seed}, byte by byte`);
  }
});

Deno.test("random Table rows give cells, metadata and the object, cut at random places", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = seededRandom(seed);
    const documents = new Documents(random);
    const rows = Array.from({ length: 3 }, () => ({
      cells: [documents.text(), 1, null, ["nested"]],
      object: {
        kind: "Pod",
        metadata: { name: documents.text(), managedFields: documents.value(3) },
        spec: documents.value(4),
      },
    }));
    const text = JSON.stringify({ kind: "Table", metadata: {}, columnDefinitions: [], rows });
    const bytes = encoder.encode(text);
    const got: unknown[] = [];
    const splitter = new ItemSplitter({
      onItem(item) {
        const row = readTableRow(item);
        assert.equal(row.error, "", `seed ${seed}`);
        got.push({
          cells: row.cells,
          metadata: row.metadata,
          object: JSON.parse(decoder.decode(row.object)),
        });
      },
    });
    for (let from = 0; from < bytes.length;) {
      const to = from + 1 + Math.floor(random() * 40);
      splitter.push(bytes.slice(from, to));
      from = to;
    }
    splitter.end();
    const want = rows.map(({ cells, object }) => {
      const { managedFields: _cut, ...metadata } = object.metadata;
      return { cells, metadata, object: { ...object, metadata } };
    });
    assert.deepEqual(got, want, `seed ${seed}`);
  }
});

Deno.test("only metadata.managedFields is cut, wherever it stands among its neighbours", () => {
  const cases: readonly (readonly [string, string])[] = [
    ['{"metadata":{"managedFields":[{"a":"]"}],"name":"x"}}', '{"metadata":{"name":"x"}}'],
    ['{"metadata":{"name":"x","managedFields":[{}]}}', '{"metadata":{"name":"x"}}'],
    ['{"metadata":{"a":1,"managedFields":[],"b":2}}', '{"metadata":{"a":1,"b":2}}'],
    ['{"metadata":{"managedFields":[]}}', '{"metadata":{}}'],
    ['{"metadata":{"managedFields":null,"ownerReferences":[1]}}', '{"metadata":{"ownerReferences":[1]}}'],
    ['{"metadata":{ "a" : 1 , "managedFields" : [ ] }}', '{"metadata":{ "a" : 1 }}'],
    ['{"metadata":{"name":"managedFields","f":[1]}}', '{"metadata":{"name":"managedFields","f":[1]}}'],
    ['{"spec":{"managedFields":[1]}}', '{"spec":{"managedFields":[1]}}'],
    ['{"managedFields":[1],"metadata":{}}', '{"managedFields":[1],"metadata":{}}'],
    ['{"spec":{"metadata":{"managedFields":[1]}}}', '{"spec":{"metadata":{"managedFields":[1]}}}'],
    ['{"metadata":{"x":{"managedFields":[1]}}}', '{"metadata":{"x":{"managedFields":[1]}}}'],
    ['{"metadata":{"a":"\\"managedFields\\":[1]"}}', '{"metadata":{"a":"\\"managedFields\\":[1]"}}'],
  ];
  for (const [item, want] of cases) assert.deepEqual(split(`{"items":[${item}]}`).items, [want], item);
  const [kept] = split(`{"items":[${cases[0]![0]}]}`, [], true).items;
  assert.equal(kept, cases[0]![0]);
});

Deno.test("elements that are no objects, and ones that are no JSON, are handed on as they are", () => {
  const got = split('{"items":[null, {"a":tru} ,"x,]",[1,2],3.5 , {"metadata":null}]}');
  assert.deepEqual(got.items, ["null", '{"a":tru}', '"x,]"', "[1,2]", "3.5", '{"metadata":null}']);
});

Deno.test("a list without items, with null for them, or with metadata after them", () => {
  assert.deepEqual(split('{"items":[]}').items, []);
  assert.deepEqual(split('{"metadata":{"resourceVersion":"7"},"items":null}').tail, {
    metadata: { resourceVersion: "7" },
    items: null,
  });
  const custom = split('{"apiVersion":"v1","items":[{"a":1}],"kind":"XList","metadata":{"continue":"c"}}');
  assert.deepEqual(custom.items, ['{"a":1}']);
  assert.deepEqual(custom.heads, [{ apiVersion: "v1", items: [] }]);
  assert.deepEqual(custom.tail, { apiVersion: "v1", items: [], kind: "XList", metadata: { continue: "c" } });
  assert.deepEqual(split('{"x":{"items":[1]},"y":["items",[2]],"items":[3]}').items, ["3"]);
});

Deno.test("a document that ends early or is no JSON is a protocol error", () => {
  const whole = '{"kind":"PodList","items":[{"metadata":{"name":"x"}},{"a":[1]}],"metadata":{}}';
  for (let length = 0; length < whole.length; length++) {
    assert.throws(
      () => split(whole.slice(0, length)),
      (e) => e instanceof OrkaError && e.code === "protocol",
      `cut to ${length}`,
    );
  }
  assert.throws(() => split('<html>"items":[1]'), OrkaError);
});
