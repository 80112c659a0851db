import assert from "node:assert/strict";
import { onServers } from "../support/two_servers.ts";
import { cliOn } from "./harness.ts";

onServers("schema: a field with its types, docs, defaults and enums", async (server) => {
  const orka = cliOn(server);
  (await orka("schema", "deployment.spec.strategy")).stdout(
    `KIND     Deployment (apps/v1), namespaced
FIELD    spec.strategy <DeploymentStrategy>

  The deployment strategy to use to replace existing pods with new ones.

FIELDS
  rollingUpdate <RollingUpdateDeployment>
      Rolling update config params. Present only if DeploymentStrategyType =
      RollingUpdate.
  type <string>
      Type of deployment. Can be "Recreate" or "RollingUpdate". Default is
      RollingUpdate.
      one of: Recreate, RollingUpdate
`,
  ).code(0);
  (await orka("explain", "deployments", "--path", "spec.template.spec.hostAliases.ip")).stdout(
    `KIND     Deployment (apps/v1), namespaced
FIELD    spec.template.spec.hostAliases.ip <string>  required  = ""

  IP address of the host file entry.
`,
  ).code(0);
  (await orka("schema", "pdb", "--recursive")).stdout(
    /^ {2}spec <PodDisruptionBudgetSpec>\n {4}maxUnavailable <IntOrString>$/m,
  ).stdout(/^PROJECTED FIELDS\n(.*\n)* {2}Current Healthy <integer> {2}\.status\.currentHealthy$/m);
});

onServers("schema: as data", async (server) => {
  const orka = cliOn(server);
  const said = JSON.parse((await orka("schema", "poddisruptionbudgets.policy", "-o", "json")).code(0).out);
  assert.deepEqual([said.kind, said.apiVersion, said.source], [
    "PodDisruptionBudget",
    "policy/v1",
    "openapi",
  ]);
  assert.deepEqual(said.field.fields.map(({ name }: { name: string }) => name), [
    "apiVersion",
    "kind",
    "metadata",
    "spec",
    "status",
  ]);
  assert.ok(said.projected.some(({ path }: { path: string }) => path === ".status.desiredHealthy"));
});

onServers("schema: a custom kind's, as soon as it is served", async (server) => {
  await server.serve("Widget", { columns: { Size: ".spec.size" } });
  (await cliOn(server)("schema", "widget")).code(0)
    .stdout(/^KIND {5}Widget \(NS\.example\.com\/v1\), namespaced$/m)
    .stdout(/^PRINTER COLUMNS\n(.*\n)*? {2}Size <string>/m);
});

onServers("schema: what is mistyped is named, with what was meant", async (server) => {
  const orka = cliOn(server);
  (await orka("schema", "deployment.spec.replcas")).stdout("").stderr(/"spec\.replicas"/).code(1);
  (await orka("schema", "deploymnts.spec")).stderr(/"deployments"/).code(1);
  (await orka("schema", "deployment", "--api-version", "apps/v9")).stderr(/apps\/v9/).code(1);
  (await orka("schema")).code(2);
  (await orka("schema", "deployment", "-o", "yaml")).code(2);
});

onServers(
  "schema: a state directory that cannot be used costs a warning and nothing else",
  async (server) => {
    const file = await Deno.makeTempFile();
    try {
      const env = { ORKA_STATE_DIR: `${file}/below` };
      (await cliOn(server, { env })("schema", "deployment.spec.replicas")).stdout(/replicas <integer>/)
        .stderr(
          /^Warning: .*below/,
        ).code(0);
    } finally {
      await Deno.remove(file);
    }
  },
);
