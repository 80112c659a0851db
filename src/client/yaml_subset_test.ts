import assert from "node:assert/strict";
import { parseDocument } from "yaml";
import { seededRandom } from "../base/mod.ts";
import { readYamlSubset } from "./yaml_subset.ts";

function wholeParser(text: string): unknown {
  const document = parseDocument(text, { schema: "failsafe", customTags: ["null"], merge: true });
  assert.deepEqual(document.errors, [], text);
  return nullsAsText(document.toJS());
}

function nullsAsText(value: unknown): unknown {
  if (value === null) return "";
  if (Array.isArray(value)) return value.map(nullsAsText);
  if (typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, nullsAsText(v)]));
}

const KUBECONFIG = `apiVersion: v1
kind: Config
preferences: {}
clusters:
- cluster:
    certificate-authority-data: LS0tLS1CRUdJTi==
    server: https://10.0.0.1:6443   # the old one
  name: arn:aws:eks:eu-west-1:123:cluster/prod
- name: "dev: two"
  cluster:

    server: 'http://[::1]:8080'
    insecure-skip-tls-verify: true
contexts:
  - context: {cluster: dev, user: "u", namespace: 'it''s'}
    name: dev
current-context: ""
users:
- name: u
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      args:
      - get-token
      - --cluster-name=prod#1
      - "with \\"quotes\\" and \\\\ # no comment"
      command: aws
      env: null
      installHint: a, b and c
  # a comment
    token: ~
`;

Deno.test("a kubeconfig reads as the whole parser reads it", () => {
  const value = readYamlSubset(KUBECONFIG);
  assert.ok(value !== undefined, "it is within the subset");
  assert.deepEqual(value, wholeParser(KUBECONFIG));
  assert.deepEqual(readYamlSubset(KUBECONFIG.replaceAll("\n", "\r\n")), value);
});

Deno.test("what is beyond the subset is given up", () => {
  const cases = [
    "a: &x b",
    "a: *x",
    "a: !!str b",
    "a: |\n  text",
    "a: >-\n  text",
    "a: one\n  two",
    "a:\tb",
    "? a\n: b",
    "a: b\n---\nc: d",
    "a: b\na: c",
    "{a: b, a: c}",
    "a: {b: c,\n  d: e}",
    'a: "x\\u0041"',
    'a: "open',
    "a: b: c",
    "a: [b",
    "a: b\n   c: d",
    "- a\n  - b",
    "a: - b",
    "<<: {a: b}",
    "%YAML 1.2",
    "a: 'b' c",
    "{a: b}c",
    "a: @b",
    "a:b: c",
    "a: {b:c}",
    "a: \u0001",
  ];
  for (const text of cases) assert.equal(readYamlSubset(text), undefined, JSON.stringify(text));
});

class Texts {
  constructor(readonly random: () => number) {}

  pick(of: readonly string[]): string {
    return of[Math.floor(this.random() * of.length)]!;
  }

  scalar(): string {
    const plain = [
      "a",
      "https://h:1/x",
      "a#b",
      "a b",
      "true",
      "007",
      "-x",
      "null",
      "~",
      "LS0=",
      "x:y",
      "a, b",
      "",
    ];
    const odd = [
      '"q # ,"',
      "'s''t'",
      '"a\\"b"',
      "[]",
      "{}",
      "[a, 'b,c', {d: e}]",
      '{a: [b], c: ""}',
      "- x",
      "&a",
      "a: b",
      "| ",
    ];
    return this.pick(this.random() < 0.7 ? plain : odd);
  }

  /** Lines of YAML that are mostly well formed. */
  block(depth: number, indent: string): string[] {
    const lines: string[] = [];
    const list = this.random() < 0.4;
    for (let i = 0; i < 1 + Math.floor(this.random() * 3); i++) {
      const head = list ? "-" : `${this.pick(["k", "key-x", '"q"', "a.b/c"])}${i}:`.replace('"q"', "q");
      if (this.random() < 0.15) lines.push(`${indent}${this.pick(["", "# c", "  # deep"])}`);
      if (depth > 0 && this.random() < 0.5) {
        const deeper = !list && this.random() < 0.3 ? indent : `${indent}${this.pick([" ", "  ", "    "])}`;
        lines.push(`${indent}${head}`, ...this.block(depth - 1, deeper));
      } else {lines.push(
          `${indent}${head} ${list && this.random() < 0.3 ? `n: ` : ""}${this.scalar()}${
            this.pick(["", "", " # c", "  "])
          }`,
        );}
    }
    return lines;
  }
}

Deno.test("random documents: the same as the whole parser, or given up", () => {
  let read = 0;
  for (let seed = 1; seed <= 4000; seed++) {
    const text = new Texts(seededRandom(seed)).block(3, "").join("\n");
    const value = readYamlSubset(text);
    if (value === undefined) continue;
    read++;
    assert.deepEqual(value, wholeParser(text), `seed ${seed}:\n${text}`);
  }
  assert.ok(read > 500, `only ${read} documents were within the subset`);
});
