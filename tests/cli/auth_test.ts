import assert from "node:assert/strict";
import { rulesTable } from "../../src/cli/auth/rules_table.ts";
import { openEmbedded } from "../support/embedded.ts";
import { type Cli, cliOnEmbedded, type CliOptions } from "./harness.ts";

async function onEmbedded(use: (orka: Cli) => Promise<void>, options: CliOptions = {}): Promise<void> {
  await using cluster = await openEmbedded();
  await use(cliOnEmbedded(cluster, options));
}

Deno.test("auth can-i says yes with 0, and warns as kubectl does", () =>
  onEmbedded(async (orka) => {
    (await orka("auth", "can-i", "get", "pods")).stdout("yes\n").stderr("").code(0);
    (await orka("auth", "can-i", "list", "nodes")).stdout("yes\n")
      .stderr("Warning: resource 'nodes' is not namespace scoped\n\n").code(0);
    (await orka("auth", "can-i", "peek", "pods")).stderr("Warning: verb 'peek' is not a known verb\n\n").code(
      0,
    );
    (await orka("auth", "can-i", "get", "things.example.org"))
      .stderr("Warning: the server doesn't have a resource type 'things' in group 'example.org'\n\n").code(0);
    (await orka("auth", "can-i", "get", "/healthz")).stdout("yes\n").code(0);
    (await orka("auth", "can-i", "create", "deploy/web", "-q")).stdout("").code(0);
    (await orka("auth", "can-i", "get", "pods", "--json")).stdout(/"allowed": true/).code(0);
    (await orka("auth", "can-i", "--list", "-o", "json")).stdout(/"rules": \[/).code(0);
  }));

Deno.test("auth can-i asks of a denied right no more than a no, and 1", async () => {
  const denied = { kind: "SelfSubjectAccessReview", status: { allowed: false, reason: "because" } };
  const asked: string[] = [];
  await using cluster = await openEmbedded();
  const handler = cluster.server.handler;
  const server = {
    ...cluster,
    server: {
      handler: async (request: Request) => {
        if (!request.url.endsWith("selfsubjectaccessreviews")) return await handler(request);
        asked.push(JSON.stringify((await request.json()).spec));
        return Response.json(denied);
      },
    },
  } as unknown as typeof cluster;
  const orka = cliOnEmbedded(server);
  (await orka("auth", "can-i", "delete", "deploy/web", "--subresource=scale", "-n", "shop"))
    .stdout("no - because\n").code(1);
  (await orka("auth", "can-i", "delete", "pods", "-A", "-q")).stdout("").code(1);
  assert.deepEqual(asked.map((spec) => JSON.parse(spec).resourceAttributes), [
    {
      namespace: "shop",
      verb: "delete",
      group: "apps",
      resource: "deployments",
      subresource: "scale",
      name: "web",
    },
    { namespace: "", verb: "delete", group: "", resource: "pods", subresource: "", name: "" },
  ]);
});

Deno.test("auth refuses what makes no sense", () =>
  onEmbedded(async (orka) => {
    (await orka("auth")).code(2);
    (await orka("auth", "cani")).stderr(/Did you mean "can-i"/).code(2);
    (await orka("auth", "can-i", "get")).stderr(/two arguments/).code(2);
    (await orka("auth", "can-i", "get", "--list")).stderr(/no arguments/).code(2);
    (await orka("auth", "whoami", "me")).code(2);
  }));

Deno.test("auth whoami prints who the server takes the user for", () =>
  onEmbedded(async (orka) => {
    (await orka("auth", "whoami")).stdout(/^ATTRIBUTE +VALUE\nUsername +\S+\nGroups +\[/).code(0);
    (await orka("auth", "whoami", "-o", "json")).stdout(/"kind": "SelfSubjectReview"/).code(0);
  }));

Deno.test("rules of the same thing become one line, sorted by their verbs", () => {
  const none = { apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: [] };
  const rules = [
    { ...none, verbs: ["list"], apiGroups: ["apps"], resources: ["deployments/scale", "deployments"] },
    { ...none, verbs: ["get", "list"], apiGroups: ["apps"], resources: ["deployments"] },
    { ...none, verbs: ["get"], apiGroups: [""], resources: ["secrets"], resourceNames: ["a", "b"] },
    { ...none, verbs: ["get"], nonResourceURLs: ["/healthz", "/livez"] },
  ];
  assert.equal(
    rulesTable(rules, { noHeaders: false }),
    [
      "Resources                Non-Resource URLs   Resource Names   Verbs",
      "                         [/healthz]          []               [get]",
      "                         [/livez]            []               [get]",
      "secrets                  []                  [a]              [get]",
      "secrets                  []                  [b]              [get]",
      "deployments.apps         []                  []               [list get]",
      "deployments.apps/scale   []                  []               [list]",
      "",
    ].join("\n"),
  );
});
