import assert from "node:assert/strict";
import { ManualClock } from "../../src/base/mod.ts";
import { FakeApi, fakeResource } from "../support/fake_api.ts";
import { cliOn, type CliOptions } from "./harness.ts";

const URL_OF_APPS = "/openapi/v3/apis/apps/v1";
const DOCUMENT = {
  components: {
    schemas: {
      Deployment: {
        type: "object",
        description: "Runs copies.",
        "x-kubernetes-group-version-kind": [{ group: "apps", version: "v1", kind: "Deployment" }],
        properties: {
          spec: {
            type: "object",
            required: ["replicas"],
            properties: {
              replicas: { type: "integer", description: "How many.", default: 1, minimum: 0 },
              strategy: { type: "string", enum: ["Recreate", "RollingUpdate"] },
              parts: { type: "array", items: { type: "object", properties: { name: { type: "string" } } } },
            },
          },
        },
      },
    },
  },
};

/** A command line on a server that tells the schema of Deployments. */
function orka(options: CliOptions = {}) {
  const api = new FakeApi({ clock: new ManualClock() });
  api.addResource(fakeResource("apps/v1", "Deployment"));
  const { fetch } = api;
  const answers: Record<string, unknown> = {
    "/openapi/v3": { paths: { "apis/apps/v1": { serverRelativeURL: `${URL_OF_APPS}?hash=A` } } },
    [URL_OF_APPS]: DOCUMENT,
  };
  const withSchemas: typeof fetch = (request, ...rest) => {
    const found =
      answers[new URL(request instanceof Request ? request.url : String(request), "http://x").pathname];
    return found === undefined ? fetch(request, ...rest) : Promise.resolve(Response.json(found));
  };
  Object.defineProperty(api, "fetch", { value: withSchemas });
  return cliOn(api, options);
}

Deno.test("schema: a field with its types, docs, defaults and enums", async () => {
  (await orka()("schema", "deployment.spec")).stdout(
    `KIND     Deployment (apps/v1), namespaced
FIELD    spec <Object>

FIELDS
  parts <[]Object>
  replicas <integer>  required  = 1
      How many.
      (minimum 0)
  strategy <string>
      one of: Recreate, RollingUpdate
`,
  ).code(0);
  (await orka()("explain", "deployments", "--path", "spec.parts.name"))
    .stdout("KIND     Deployment (apps/v1), namespaced\nFIELD    spec.parts.name <string>\n").code(0);
  (await orka()("schema", "deployment", "--recursive")).stdout(
    /^ {2}spec <Object>\n {4}parts <\[\]Object>\n {6}name <string>$/m,
  )
    .stdout(/^PROJECTED FIELDS\n {2}Replicas <integer> {2}\.spec\.replicas$/m);
});

Deno.test("schema: as data", async () => {
  const said = JSON.parse((await orka()("schema", "deployments.apps", "-o", "json")).code(0).out);
  assert.deepEqual([said.kind, said.apiVersion, said.source], ["Deployment", "apps/v1", "openapi"]);
  assert.deepEqual(said.field.fields.map(({ name }: { name: string }) => name), ["spec"]);
  assert.deepEqual(said.projected.map(({ path }: { path: string }) => path), [
    ".spec.replicas",
    ".spec.strategy",
  ]);
});

Deno.test("schema: what is mistyped is named, with what was meant", async () => {
  (await orka()("schema", "deployment.spec.replcas")).stdout("").stderr(/"spec\.replicas"/).code(1);
  (await orka()("schema", "deploymnts.spec")).stderr(/"deployments"/).code(1);
  (await orka()("schema", "deployment", "--api-version", "apps/v9")).stderr(/apps\/v9/).code(1);
  (await orka()("schema")).code(2);
  (await orka()("schema", "deployment", "-o", "yaml")).code(2);
});

Deno.test("schema: a state directory that cannot be used costs a warning and nothing else", async () => {
  const file = await Deno.makeTempFile();
  try {
    const env = { ORKA_STATE_DIR: `${file}/below` };
    (await orka({ env })("schema", "deployment.spec.replicas")).stdout(/replicas <integer>/).stderr(
      /^Warning: .*below/,
    ).code(0);
  } finally {
    await Deno.remove(file);
  }
});
