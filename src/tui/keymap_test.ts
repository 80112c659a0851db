import assert from "node:assert/strict";
import {
  activeKeys,
  isGreyed,
  type Key,
  type KeyContext,
  keyName,
  keysMarkdown,
  resolveKey,
  whyGreyed,
} from "./keymap.ts";
import { BINDINGS } from "./keymap_table.ts";

const PODS = { contexts: ["rows", "list", "any"], kind: "pods" } as const;
const YAML = { contexts: ["yaml", "object", "text", "any"], kind: "secrets" } as const;

Deno.test("keys are spelled as people say them", () => {
  const spelled = ["escape", "G", "ctrl+d", "shift+left", "ctrl+\\", "ctrl+space", "-", "$", "alt+x"].map(
    keyName,
  );
  assert.deepEqual(spelled, [
    "esc",
    "shift-g",
    "ctrl-d",
    "shift-left",
    "ctrl-\\",
    "ctrl-space",
    "-",
    "$",
    "alt-x",
  ]);
});

Deno.test("the more specific context and kind win", () => {
  const id = (key: string, scope: { contexts: readonly KeyContext[]; kind: string }) =>
    resolveKey(key, scope)?.id;
  assert.equal(id("s", PODS), "shell");
  assert.equal(id("s", { ...PODS, kind: "deployments.apps" }), "scale");
  assert.equal(id("s", { ...PODS, kind: "configmaps" }), undefined);
  assert.equal(id("c", PODS), "copy.name");
  assert.equal(id("c", { ...PODS, kind: "nodes" }), "cordon");
  assert.equal(id("l", PODS), "logs");
  assert.equal(id("l", { ...PODS, kind: "secrets" }), "right");
  assert.equal(id("x", YAML), "decode");
  assert.equal(id("x", { ...YAML, kind: "pods" }), undefined);
  assert.equal(id("n", YAML), "search.next");
  assert.equal(id("n", PODS), "copy.namespace");
});

Deno.test("no key means two things in one context and kind", () => {
  const taken = new Map<string, string>();
  for (const binding of BINDINGS as readonly Key[]) {
    for (const key of binding.keys) {
      for (const kind of binding.kinds ?? ["*"]) {
        const place = `${binding.in} ${kind} ${key}`;
        assert.equal(taken.get(place), undefined, `${place}: ${taken.get(place)} and ${binding.id}`);
        taken.set(place, binding.id);
      }
    }
  }
});

Deno.test("every key that k9s users know is bound on pods", () => {
  const known =
    ": / ? esc q d y e l p s a t i shift-f f ctrl-d ctrl-k space ctrl-space ctrl-\\ c n w o shift-j ctrl-r ctrl-w " +
    "ctrl-a ctrl-e [ ] - 0 9 shift-n shift-a shift-s shift-p shift-left shift-right shift-o j k h g shift-g ctrl-f ctrl-b";
  for (const key of known.split(" ")) assert.ok(resolveKey(key, PODS), `nothing on ${key}`);
});

Deno.test("what changes the cluster is greyed and says why", () => {
  const greyed = activeKeys(PODS).filter((key) => isGreyed(key, { readOnly: true })).map(({ id }) => id);
  for (const id of ["delete", "kill", "edit", "shell", "image"]) {
    assert.ok((greyed as string[]).includes(id), id);
  }
  const remove = resolveKey("ctrl-d", PODS)!;
  assert.match(whyGreyed(remove, { readOnly: true }), /^Delete: this session is read-only \(:write/);
  assert.ok(!isGreyed(remove, { readOnly: false }));
  const gate = { readOnly: false, whyRefused: () => "jane may not delete pods in web" };
  assert.ok(isGreyed(remove, gate));
  assert.equal(whyGreyed(remove, gate), "Delete: jane may not delete pods in web");
  for (const key of BINDINGS as readonly Key[]) {
    if (key.mutates) assert.ok(isGreyed(key, { readOnly: true }), key.id);
  }
});

Deno.test("a shadowed binding is not listed", () => {
  const ids = activeKeys(PODS).filter(({ keys }) => (keys as readonly string[]).includes("l")).map(({ id }) =>
    id
  );
  assert.deepEqual(ids, ["logs"]);
});

Deno.test("the table documents itself", () => {
  const text = keysMarkdown();
  for (const { help } of BINDINGS) assert.ok(text.includes(help), help);
  assert.match(text, /\| `ctrl-d` \| rows \| Delete \|/);
});
