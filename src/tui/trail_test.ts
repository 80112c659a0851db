import assert from "node:assert/strict";
import { History } from "./trail.ts";

function walk(steps: string): string {
  const history = new History<string>();
  for (const step of steps.split(" ")) {
    const [verb, view = ""] = step.split(":");
    if (verb === "root") history.root(view);
    else if (verb === "push") history.push(view);
    else if (verb === "replace") history.replace(view);
    else if (verb === "pop") history.pop();
    else if (verb === "cut") history.cut(Number(view));
    else if (verb === "[") history.back();
    else if (verb === "]") history.forward();
    else if (verb === "-") history.last();
  }
  return history.trail.join(">");
}

Deno.test("a trail is the way from the root", () => {
  assert.equal(walk("root:pods push:web push:yaml"), "pods>web>yaml");
  assert.equal(walk("root:pods push:web pop"), "pods");
  assert.equal(walk("root:pods pop"), "pods");
  assert.equal(walk("root:pods push:web push:yaml cut:1"), "pods");
  assert.equal(walk("root:pods push:web replace:web2"), "pods>web2");
});

Deno.test("history goes back and forward over trails", () => {
  assert.equal(walk("root:pods root:nodes ["), "pods");
  assert.equal(walk("root:pods root:nodes [ ]"), "nodes");
  assert.equal(walk("root:pods root:nodes [ root:svc ]"), "svc", "a new way forgets the old forward");
  assert.equal(walk("root:pods push:web pop ]"), "pods>web", "a pop is a step back where it came from there");
  assert.equal(walk("root:pods push:web root:nodes [ pop"), "pods");
  assert.equal(walk("root:pods ["), "pods");
});

Deno.test("last goes to and fro", () => {
  assert.equal(walk("root:pods root:nodes -"), "pods");
  assert.equal(walk("root:pods root:nodes - -"), "nodes");
  assert.equal(walk("root:a root:b root:c [ -"), "c");
  assert.equal(walk("root:a -"), "a");
});

Deno.test("history is bounded", () => {
  const history = new History<number>();
  for (let k = 0; k < 200; k++) history.root(k);
  assert.equal(history.size, 50);
  for (let k = 0; k < 200; k++) history.back();
  assert.equal(history.current, 150);
});
