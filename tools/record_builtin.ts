/**
 * Records what a running API server says of its built-in kinds, as the embedded cluster's fixtures:
 * objects.json, objects of every kind as JSON, as protobuf and as a Table row; discovery.json, every discovery
 * document by its path.
 *
 *     kubectl proxy --port 8001 &
 *     deno run -A tools/record_builtin.ts http://127.0.0.1:8001
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

/** Objects recorded of each kind at most. */
const OBJECTS_PER_KIND = 4;
const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";

async function samples(groupVersion: string, resource: ApiResource): Promise<unknown[]> {
  const { items } = await json(`${groupVersion}/${resource.name}`) as { items?: Listed[] };
  const chosen = (items ?? []).filter((item, index) => index === 0 || item.metadata.namespace === "samples");
  const found: unknown[] = [];
  for (const { metadata: { name, namespace } } of chosen.slice(0, OBJECTS_PER_KIND)) {
    const path = `${groupVersion}${namespace ? `/namespaces/${namespace}` : ""}/${resource.name}/${name}`;
    const answer = await fetch(base + path, { headers: { accept: "application/vnd.kubernetes.protobuf" } });
    const body = new Uint8Array(await answer.arrayBuffer());
    const table = await (await fetch(base + path, { headers: { accept: TABLE } })).json();
    const protobuf = answer.headers.get("content-type")?.includes("protobuf")
      ? { protobuf: body.toBase64() }
      : {};
    found.push({ path, json: await json(path), cells: table.rows[0].cells, ...protobuf });
  }
  return found;
}

const recorded: unknown[] = [];
for (const groupVersion of await groupVersions()) {
  const { resources } = await json(groupVersion) as { resources: ApiResource[] };
  for (const resource of resources) {
    if (resource.name.includes("/") || !resource.verbs.includes("list")) continue;
    recorded.push(...await samples(groupVersion, resource));
  }
}
write("objects.json", recorded);

const AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
const documents: Record<string, unknown> = {};
for (const path of ["/api", "/apis"]) {
  documents[`${path} aggregated`] = await (await fetch(base + path, { headers: { accept: AGGREGATED } }))
    .json();
}
for (
  const path of ["/apis", ...(await groupVersions()).flatMap((gv) => [gv, gv.slice(0, gv.lastIndexOf("/"))])]
) {
  documents[path] = await json(path);
}
write("discovery.json", documents);

function write(name: string, value: unknown): void {
  Deno.writeTextFileSync(new URL(`../fixtures/k1s/${name}`, import.meta.url), `${JSON.stringify(value)}\n`);
}
