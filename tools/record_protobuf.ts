/**
 * Records one object of every built-in kind twice, as protobuf and as JSON, from a running API server:
 *
 *     kubectl proxy --port 8001 &
 *     deno run -A tools/record_protobuf.ts http://127.0.0.1:8001 > fixtures/k1s/protobuf.json
 */
const base = Deno.args[0] ?? "http://127.0.0.1:8001";

interface ApiResource {
  readonly name: string;
  readonly verbs: readonly string[];
}

interface Listed {
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

async function json(path: string): Promise<Record<string, unknown>> {
  return await (await fetch(base + path)).json();
}

async function groupVersions(): Promise<string[]> {
  const { groups } = await json("/apis") as { groups: { versions: { groupVersion: string }[] }[] };
  return [
    "/api/v1",
    ...groups.flatMap((group) => group.versions.map(({ groupVersion }) => `/apis/${groupVersion}`)),
  ];
}

async function sample(groupVersion: string, resource: ApiResource): Promise<unknown> {
  const list = await json(`${groupVersion}/${resource.name}?limit=1`) as { items?: Listed[] };
  const object = list.items?.[0];
  if (!object) return null;
  const { name, namespace } = object.metadata;
  const path = `${groupVersion}${namespace ? `/namespaces/${namespace}` : ""}/${resource.name}/${name}`;
  const answer = await fetch(base + path, { headers: { accept: "application/vnd.kubernetes.protobuf" } });
  const body = new Uint8Array(await answer.arrayBuffer());
  if (!answer.headers.get("content-type")?.includes("protobuf")) return null;
  return { path, protobuf: body.toBase64(), json: await json(path) };
}

const samples: unknown[] = [];
for (const groupVersion of await groupVersions()) {
  const { resources } = await json(groupVersion) as { resources: ApiResource[] };
  for (const resource of resources) {
    if (resource.name.includes("/") || !resource.verbs.includes("list")) continue;
    const found = await sample(groupVersion, resource);
    if (found) samples.push(found);
  }
}
await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(samples)}\n`));
