/** Requests changed at random: each is answered, none is a fault of the server's, and it goes on. */
import assert from "node:assert/strict";
import { seededRandom } from "../../base/random.ts";
import { createMemoryStore } from "../storage/mod.ts";
import { ApiServer } from "./handler.ts";

const SEED = 20_261_121;
const ROUNDS = 1_500;
const PATHS = [
  "/api/v1/namespaces/default/configmaps",
  "/api/v1/namespaces/default/configmaps/a",
  "/api/v1/namespaces/default/pods/p/log?container=c&tailLines=1",
  "/api/v1/namespaces/default/serviceaccounts/default/token",
  "/apis/apps/v1/namespaces/default/deployments?labelSelector=a%3Db&limit=2&continue=e30",
  "/apis/apps/v1/namespaces/default/deployments/d/scale",
  "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
  "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
  "/openapi/v3/apis/apps/v1",
];
const TYPES = [
  "application/json",
  "application/yaml",
  "application/vnd.kubernetes.protobuf",
  "application/merge-patch+json",
  "application/json-patch+json",
  "application/strategic-merge-patch+json",
  "application/apply-patch+yaml",
];
const BODY =
  '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a","labels":{"x":"y"},"finalizers":["a/b"]},' +
  '"data":{"k":"v"},"spec":{"replicas":3,"selector":{"matchLabels":{"a":"b"}},"list":[1,null,true,1e3]}}';
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "FOO"];

Deno.test(`requests changed at random are refused or done, seed ${SEED}`, async () => {
  const random = seededRandom(SEED);
  const below = (limit: number) => Math.floor(random() * limit);
  const one = <T>(items: readonly T[]) => items[below(items.length)]!;
  const changed = (bytes: Uint8Array<ArrayBuffer>) => {
    const result = bytes.slice();
    for (let times = below(4); times > 0; times--) {
      const at = below(result.length);
      if (random() < 0.3) result.copyWithin(at, below(result.length));
      else result[at] = random() < 0.5 ? below(256) : '{}[]",:\\/=&%!\0'.charCodeAt(below(14));
    }
    return result.slice(0, random() < 0.2 ? below(result.length) : undefined);
  };
  const store = createMemoryStore({ upkeepMs: 0 });
  const server = await ApiServer.open({ storage: store.tenant("t") });
  const faults: string[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const known = one(PATHS);
    const odd = new TextDecoder("latin1").decode(changed(new TextEncoder().encode(known)));
    const path = random() < 0.3 ? odd : known;
    const method = one(METHODS);
    const source = new TextEncoder().encode(random() < 0.2 ? `k8s\0\n${BODY}` : BODY);
    const init = {
      method,
      headers: {
        "content-type": one(TYPES),
        accept: one(["*/*", "application/json;as=Table;v=v1;g=meta.k8s.io"]),
      },
      body: method === "GET" ? null : changed(source),
    };
    const response = await server.handler(new Request(`http://k1s/${path.slice(1)}`, init));
    const text = await response.text();
    if (response.status >= 500 && !text.includes("strconv.ParseUint")) {
      faults.push(
        `${method} ${path} ${JSON.stringify(init.headers)} ${init.body?.toBase64() ?? ""}: ${text}`,
      );
    }
  }
  assert.deepEqual(faults, []);
  const alive = await server.handler(new Request("http://k1s/readyz"));
  assert.equal(await alive.text(), "ok");
  await server.close();
  await store.close();
});
