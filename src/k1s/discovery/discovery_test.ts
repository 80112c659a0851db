import assert from "node:assert/strict";
import documents from "../../../fixtures/k1s/discovery.json" with { type: "json" };
import kinds from "../builtin/kinds.json" with { type: "json" };
import { type ServedResource, servedResources, type StoredKind } from "../builtin/mod.ts";
import { aggregated, apiGroup, apiGroupList, apiResourceList, apiVersions, entityTag } from "./mod.ts";

/** The custom resource that the recorded server had: CRDs list their verbs in an order of their own. */
const thing: ServedResource = {
  group: "samples.example",
  version: "v1",
  kind: "Thing",
  plural: "things",
  singular: "thing",
  shortNames: [],
  categories: [],
  namespaced: true,
  verbs: ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"],
  subresources: ["status", "scale"],
  preferred: true,
  custom: true,
  subresourceKinds: [
    {
      name: "status",
      verbs: ["get", "patch", "update"],
      responseKind: { group: "samples.example", version: "v1", kind: "Thing" },
    },
    {
      name: "scale",
      verbs: ["get", "patch", "update"],
      responseKind: { group: "autoscaling", version: "v1", kind: "Scale" },
    },
  ],
  columns: [],
  storedAs: { group: "samples.example", version: "v1", kind: "Thing" },
};

const resources = [...servedResources(kinds as unknown as StoredKind[]), thing];

/** The document that ours serves at a recorded path. */
async function ours(path: string, real: unknown): Promise<unknown> {
  const [route = "", form] = path.split(" ");
  if (form === "aggregated") return aggregated(resources, { root: route as "/api" | "/apis", version: "v2" });
  if (route === "/api") return apiVersions(/"serverAddress":"([^"]*)"/.exec(JSON.stringify(real))![1]!);
  if (route === "/apis") return apiGroupList(resources);
  const [, root, group = "", version] = route.split("/");
  if (root === "api") return await apiResourceList(resources, { group: "", version: group });
  return version === undefined
    ? apiGroup(resources, group)
    : await apiResourceList(resources, { group, version });
}

for (const [path, real] of Object.entries(documents)) {
  Deno.test(`discovery: ${path} is the real server's, field order included`, async () => {
    assert.equal(JSON.stringify(await ours(path, real)), JSON.stringify(real));
  });
}

Deno.test("what is not served has no document", async () => {
  assert.equal(apiGroup(resources, "nothing.example"), null);
  assert.equal(await apiResourceList(resources, { group: "apps", version: "v9" }), null);
});

Deno.test("the entity tag changes with the document, and only then", async () => {
  const json = JSON.stringify(aggregated(resources, { root: "/apis", version: "v2" }));
  const fewer = JSON.stringify(aggregated(resources.slice(0, -1), { root: "/apis", version: "v2" }));
  assert.equal(await entityTag(json), await entityTag(json));
  assert.notEqual(await entityTag(json), await entityTag(fewer));
  assert.match(await entityTag(json), /^"[0-9A-F]{128}"$/);
});
