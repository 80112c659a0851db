import assert from "node:assert/strict";
import { parsePalette } from "./palette_command.ts";

Deno.test("the palette reads k9s's command lines", () => {
  const view = (kind: string, rest = {}) => ({ type: "view", kind, ...rest });
  const cases: readonly (readonly [string, unknown])[] = [
    ["", { type: "empty" }],
    [":", { type: "empty" }],
    ["q", { type: "quit" }],
    ["q!", { type: "quit" }],
    [":quit", { type: "quit" }],
    ["?", { type: "help" }],
    ["alias", { type: "kinds" }],
    ["ctx", { type: "contexts" }],
    ["context prod", { type: "context", name: "prod" }],
    ["ns web", { type: "namespace", name: "web" }],
    ["namespace all", { type: "namespace", name: null }],
    ["ns", view("ns")],
    ["namespaces /kube", view("namespaces", { filter: "kube" })],
    ["theme light", { type: "theme", name: "light" }],
    ["write", { type: "write" }],
    ["pods", view("pods")],
    ["  pods  ", view("pods")],
    ["pod kube-system", view("pod", { namespace: "kube-system" })],
    ["pod all", view("pod", { namespace: null })],
    ["po -A", view("po", { namespace: null })],
    ["po -n web", view("po", { namespace: "web" })],
    ["deploy /web api", view("deploy", { filter: "web api" })],
    ["deploy shop /web", view("deploy", { namespace: "shop", filter: "web" })],
    ["po app=x,env=y", view("po", { labelSelector: "app=x,env=y" })],
    ["po shop app!=x", view("po", { namespace: "shop", labelSelector: "app!=x" })],
    ["po -l app in (a, b)", view("po", { labelSelector: "app in (a, b)" })],
    ["po -f wb", view("po", { filter: "-f wb" })],
    ["po @prod", view("po", { context: "prod" })],
    ["po shop @prod", view("po", { namespace: "shop", context: "prod" })],
    ["certificates.cert-manager.io", view("certificates.cert-manager.io")],
    ["apps/v1/Deployment", view("apps/v1/Deployment")],
  ];
  for (const [line, command] of cases) assert.deepEqual(parsePalette(line), command, line);
});
