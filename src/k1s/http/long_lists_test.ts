import assert from "node:assert/strict";
import { createMemoryStore } from "../storage/mod.ts";
import { ApiServer } from "./handler.ts";

const PATH = "http://k1s/api/v1/namespaces/default/configmaps";

Deno.test("a long list is sent in parts that are the list, compressed and indented too", async () => {
  const store = createMemoryStore({ upkeepMs: 0 });
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => store.close());
  const storage = store.tenant("default");
  await using server = await ApiServer.open({ storage });
  const count = 3_000;
  for (let i = 0; i < count; i++) {
    const uid = crypto.randomUUID();
    const name = `c${String(i).padStart(4, "0")}`;
    const metadata = { name, namespace: "default", uid };
    const value = JSON.stringify({
      kind: "ConfigMap",
      apiVersion: "v1",
      metadata,
      data: { text: "ä".repeat(200) },
    });
    await storage.create({ resource: "configmaps", namespace: "default", name }, { value, uid });
  }
  const list = async (query: string, headers: Record<string, string> = {}) => {
    const response = await server.handler(new Request(PATH + query, { headers }));
    const gzipped = response.headers.get("content-encoding") === "gzip";
    assert.equal(gzipped, headers["accept-encoding"] === "gzip");
    const body = gzipped ? response.body!.pipeThrough(new DecompressionStream("gzip")) : response.body!;
    let chunks = 0;
    let text = "";
    const decoder = new TextDecoder();
    for await (const chunk of body) {
      chunks++;
      text += decoder.decode(chunk, { stream: true });
    }
    return { chunks, list: JSON.parse(text) };
  };
  const plain = await list("");
  assert.ok(plain.chunks > 3, `${plain.chunks} chunks`);
  assert.equal(plain.list.kind, "ConfigMapList");
  assert.equal(plain.list.items.length, count);
  assert.equal(plain.list.items.at(-1).metadata.name, "c2999");
  assert.deepEqual((await list("", { "accept-encoding": "gzip" })).list, plain.list);
  assert.deepEqual((await list("?pretty=true")).list, plain.list);
  for (const as of ["Table", "PartialObjectMetadataList"]) {
    const accept = `application/json;as=${as};v=v1;g=meta.k8s.io`;
    const [whole, first] = [(await list("", { accept })).list, (await list("?limit=1000", { accept })).list];
    assert.deepEqual(Object.keys(whole), Object.keys(first));
    const [all, some] = as === "Table" ? [whole.rows, first.rows] : [whole.items, first.items];
    assert.equal(all.length, count);
    assert.deepEqual(all.slice(0, 1_000), some);
  }
  const pages = [await list("?limit=1000")];
  while (pages.at(-1)!.list.metadata.continue) {
    pages.push(
      await list(`?limit=1000&continue=${encodeURIComponent(pages.at(-1)!.list.metadata.continue)}`),
    );
  }
  assert.deepEqual(pages.flatMap((page) => page.list.items), plain.list.items);
});
