import assert from "node:assert/strict";
import { drawHeader, type HeaderFacts } from "./chrome.ts";
import { Screen } from "./term/mod.ts";

const FACTS: HeaderFacts = {
  place: ["production-eu", "all namespaces", "deployments.apps"],
  version: "v1.36.3",
  connection: { text: "● live", token: "ok" },
  readOnly: false,
  isProtected: true,
};

function header(cols: number, facts: Partial<HeaderFacts> = {}): string {
  const screen = new Screen(cols, 1);
  drawHeader(screen.begin(), { ...FACTS, ...facts });
  return screen.lines()[0]!;
}

Deno.test("a header gives up its version first, then words, and never what may be changed", () => {
  assert.equal(
    header(100),
    " orka  production-eu › all namespaces › deployments.apps           v1.36.3  WRITE protected  ● live",
  );
  assert.equal(header(70), " orka  production-eu › all namespaces › deployments.apps   WP  ● live");
  assert.equal(header(40), " production-eu › all namespaces   WP  ●");
  assert.equal(header(40, { readOnly: true }), " production-eu › all namespaces   RO  ●");
  assert.equal(header(20, { readOnly: true }), " production-  RO  ●");
});
