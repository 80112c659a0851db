import assert from "node:assert/strict";
import { parse } from "yaml";
import { compareNatural, writeYaml } from "./yaml_writer.ts";

Deno.test("maps and lists are laid out as kubectl lays them out", () => {
  const value = {
    spec: { list: [{ b: 1, a: ["x", []] }, [1, [2]], {}, "s"], empty: {}, none: [] },
    kind: "X",
    a10: 1,
    a2: null,
  };
  assert.equal(
    writeYaml(value),
    [
      "a2: null",
      "a10: 1",
      "kind: X",
      "spec:",
      "  empty: {}",
      "  list:",
      "  - a:",
      "    - x",
      "    - []",
      "    b: 1",
      "  - - 1",
      "    - - 2",
      "  - {}",
      "  - s",
      "  none: []",
      "",
    ].join("\n"),
  );
});

// What kubectl v1.36.3 printed for a ConfigMap with these values.
const SCALARS: [string, string][] = [
  ["", '""'],
  [" ", "' '"],
  ["a", "a"],
  [" lead", "' lead'"],
  ["tab\there", '"tab\\there"'],
  ["yes", '"yes"'],
  ["y", '"y"'],
  ["tRue", "tRue"],
  ["~", '"~"'],
  ["~x", "~x"],
  ["1", '"1"'],
  ["08", '"08"'],
  ["0o8", "0o8"],
  ["1_000", '"1_000"'],
  ["1e5", '"1e5"'],
  ["1e400", "1e400"],
  ["5.", '"5."'],
  [".inF", ".inF"],
  ["0x1F", '"0x1F"'],
  ["0xFFFFFFFFFFFFFFFFF", "0xFFFFFFFFFFFFFFFFF"],
  ["12:30:45", '"12:30:45"'],
  ["1:60", "1:60"],
  ["2024-01-01", '"2024-01-01"'],
  ["2024-13-01", "2024-13-01"],
  ["2024-02-30", "2024-02-30"],
  ["2024-01-01T10:00:00.5+01:00", '"2024-01-01T10:00:00.5+01:00"'],
  ["<<", "<<"],
  ["- dash", "'- dash'"],
  ["-dash", "-dash"],
  ["a: b", "'a: b'"],
  ["a:b", "a:b"],
  ["a:", "'a:'"],
  ["a #c", "'a #c'"],
  ["it's", "it's"],
  ["a'b\"c: d", "'a''b\"c: d'"],
  ["--- a", "'--- a'"],
  ["emoji 😀", '"emoji \\U0001F600"'],
  ["ünï 日本", "ünï 日本"],
  ["bom\ufeffx", '"bom\\uFEFFx"'],
  ["esc\x1b[31m", '"esc\\e[31m"'],
  ["multi\nline", "|-\n  multi\n  line"],
  ["multi\nline\n", "|\n  multi\n  line"],
  ["multi\nline\n\n", "|+\n  multi\n  line\n"],
  ["\nlead newline", "|2-\n\n  lead newline"],
  ["\n", "|2+\n"],
  [" lead\nspace", "|2-\n   lead\n  space"],
  ["trail \nspace", '"trail \\nspace"'],
  ["trail\nspace ", '"trail\\nspace "'],
  ["tab\n\tx\n", '"tab\\n\\tx\\n"'],
  ["crlf\r\nx", '"crlf\\r\\nx"'],
];

Deno.test("strings take the style that kubectl gives them", () => {
  for (const [text, yaml] of SCALARS) {
    assert.equal(writeYaml({ k: text }), `k: ${yaml}\n`, JSON.stringify(text));
  }
});

Deno.test("long lines fold at the first space after column 80", () => {
  const words = "word ".repeat(30) + "end";
  const lines = writeYaml({ k109: words }).split("\n");
  assert.equal(lines[0], "k109: " + "word ".repeat(16).trimEnd());
  assert.equal(lines[1], "  " + "word ".repeat(14) + "end");
  assert.equal(writeYaml({ k: "x".repeat(200) }), `k: ${"x".repeat(200)}\n`);
  for (const text of [words, words + ": x", words + "\x1b", "a  b ".repeat(40) + "c: d"]) {
    assert.equal(parse(writeYaml({ a: [{ k: text }] })).a[0].k, text);
  }
});

Deno.test("odd keys are quoted, very long ones take the explicit form", () => {
  assert.equal(
    writeYaml({ yes: 1, "1.5": 2, "a b": 3, "a: b": 4 }),
    '"1.5": 2\na b: 3\n\'a: b\': 4\n"yes": 1\n',
  );
  const long = "k".repeat(129);
  assert.equal(writeYaml({ [long]: { a: 1 } }), `? ${long}\n: a: 1\n`);
});

Deno.test("numbers take Go's shortest form", () => {
  const table: [number, string][] = [[1, "1"], [1.5, "1.5"], [1234567.5, "1.2345675e+06"], [
    0.00001,
    "1e-05",
  ]];
  for (const [value, text] of [...table, [1e15, "1000000000000000"], [-3, "-3"], [1e30, "1e+30"]] as const) {
    assert.equal(writeYaml({ k: value }), `k: ${text}\n`);
  }
});

Deno.test("keys sort naturally: digits by number, letters last", () => {
  const keys = ["b", "a10", "a2", "a", "A", "a.b", "a-b", "_", "1", "10", "9", "a01"];
  assert.deepEqual(keys.sort(compareNatural), [
    "_",
    "1",
    "9",
    "10",
    "A",
    "a",
    "a-b",
    "a.b",
    "a01",
    "a2",
    "a10",
    "b",
  ]);
});

Deno.test("random documents read back as they were", () => {
  const seed = 20261121;
  let state = seed;
  const random = (n: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * n);
  };
  const bits = [
    "a",
    "b ",
    " ",
    "\n",
    ":",
    ": ",
    "#",
    " #",
    "-",
    "- ",
    "'",
    '"',
    "\\",
    "1",
    "0",
    "x.",
    "é",
    "😀",
    "\t",
  ];
  const text = () => Array.from({ length: random(12) }, () => bits[random(bits.length)]).join("");
  const make = (depth: number): unknown => {
    const kind = random(depth > 3 ? 3 : 6);
    if (kind < 3) return kind === 0 ? random(1000) : text();
    if (kind === 3) return Array.from({ length: random(4) }, () => make(depth + 1));
    return Object.fromEntries(Array.from({ length: random(4) }, () => [text(), make(depth + 1)]));
  };
  for (let i = 0; i < 500; i++) {
    const value = { v: make(0) };
    assert.deepEqual(
      parse(writeYaml(value), { version: "1.1" }),
      value,
      `seed ${seed}, round ${i}: ${JSON.stringify(value)}`,
    );
  }
});
