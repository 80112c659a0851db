/**
 * Where cost might grow faster than size: many objects of a kind, many namespaces, many definitions, deletions of
 * thousands, lists of 20,000. All in this process; what isn't about a store in memory, where growth shows.
 */
import { ApiServer, createMemoryStore, type Store } from "../src/k1s/mod.ts";
import { type Api, configMap, inProcess, must, pod, rate, requestOf } from "./k1s_api.ts";
import { type Line, mb, ms } from "./report.ts";

export interface Scale {
  /** 1: the sizes named; 0.1 for a quick look. */
  readonly factor: number;
}

interface Opened extends AsyncDisposable {
  readonly server: ApiServer;
  readonly store: Store;
  readonly api: Api;
}

async function open(store: Store = createMemoryStore({ upkeepMs: 0 })): Promise<Opened> {
  const server = await ApiServer.open({ storage: store.tenant("default") });
  return {
    server,
    store,
    api: inProcess(server),
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await store.close();
    },
  };
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await run();
  return performance.now() - began;
}

async function namespace(api: Api, name: string): Promise<void> {
  await must(api, "POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
}

/** The first and the last tenth of many creations of one kind. */
export async function manyObjects({ factor }: Scale): Promise<Line[]> {
  await using opened = await open();
  const { api } = opened;
  const count = 100_000 * factor;
  const path = "/api/v1/namespaces/default/configmaps";
  const tenth = count / 10;
  const create = (from: number) =>
    rate(tenth, 16, (i) => must(api, "POST", path, configMap(`c${from + i}`, "x")));
  await create(0);
  const first = await create(tenth);
  for (let part = 2; part < 9; part++) await create(part * tenth);
  const last = await create(9 * tenth);
  const { rss } = Deno.memoryUsage();
  const page = await timed(() => must(api, "GET", `${path}?limit=500`));
  const one = await timed(() => must(api, "GET", `${path}/c${count - 1}`));
  return [
    { what: `creates a second, the first and last tenth of ${count}`, value: `${first}, ${last}` },
    { what: `resident memory with ${count} small objects`, value: mb(rss) },
    { what: `a page of 500, one object, of ${count}`, value: `${ms(page)}, ${ms(one)}` },
  ];
}

export async function manyNamespaces({ factor }: Scale): Promise<Line[]> {
  await using opened = await open();
  const { api } = opened;
  const count = 10_000 * factor;
  const first = await rate(count / 10, 16, (i) => namespace(api, `n${i}`));
  await rate(count * 0.8, 16, (i) => namespace(api, `n${count / 10 + i}`));
  const last = await rate(count / 10, 16, (i) => namespace(api, `n${count * 0.9 + i}`));
  const list = await timed(() => must(api, "GET", "/api/v1/namespaces"));
  const gone = await rate(count / 10, 1, (i) => must(api, "DELETE", `/api/v1/namespaces/n${i}`));
  return [
    { what: `namespaces created a second, first and last tenth of ${count}`, value: `${first}, ${last}` },
    { what: `list of ${count} namespaces`, value: ms(list) },
    { what: "namespaces deleted a second, with what they hold", value: String(gone) },
  ];
}

function definition(i: number): Record<string, unknown> {
  const fields = Object.fromEntries(
    Array.from({ length: 20 }, (_, at) => [`field${at}`, { type: "string", maxLength: 100 }]),
  );
  const schema = {
    openAPIV3Schema: { type: "object", properties: { spec: { type: "object", properties: fields } } },
  };
  const group = `g${i % 50}.bench.example.com`;
  const names = { plural: `things${i}`, singular: `thing${i}`, kind: `Thing${i}` };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `things${i}.${group}` },
    spec: {
      group,
      names,
      scope: "Namespaced",
      versions: [{ name: "v1", served: true, storage: true, schema, subresources: { status: {} } }],
    },
  };
}

export async function manyDefinitions({ factor }: Scale): Promise<Line[]> {
  await using opened = await open();
  const { api, server } = opened;
  const count = 1_000 * factor;
  const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  const before = Deno.memoryUsage().rss;
  const first = await rate(count / 10, 1, (i) => must(api, "POST", path, definition(i)));
  await rate(count * 0.8, 1, (i) => must(api, "POST", path, definition(count / 10 + i)));
  const last = await rate(count / 10, 1, (i) => must(api, "POST", path, definition(count * 0.9 + i)));
  const grown = Deno.memoryUsage().rss - before;
  const accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
  const discover = async () => await (await server.handler(requestOf("GET", "/apis", { accept }))).text();
  const discovery = await timed(discover);
  const openapi = await timed(() => must(api, "GET", "/openapi/v3"));
  const things = "/apis/g1.bench.example.com/v1/namespaces/default/things1";
  const custom = await rate(1_000, 16, (i) =>
    must(api, "POST", things, {
      apiVersion: "g1.bench.example.com/v1",
      kind: "Thing1",
      metadata: { name: `t${i}` },
      spec: { field1: "x" },
    }));
  return [
    { what: `definitions a second, first and last tenth of ${count}`, value: `${first}, ${last}` },
    { what: `memory for ${count} definitions`, value: mb(grown) },
    { what: `discovery, openapi/v3 index with ${count}`, value: `${ms(discovery)}, ${ms(openapi)}` },
    { what: `custom objects created a second among ${count} kinds`, value: String(custom) },
  ];
}

async function fill(api: Api, space: string, count: number): Promise<void> {
  await namespace(api, space);
  await rate(count, 16, (i) => must(api, "POST", `/api/v1/namespaces/${space}/pods`, pod(`p${i}`)));
}

/** Lists of 20,000 pods in each form, then their deletion as a collection and with their namespace. */
export async function manyPods(
  { factor, name, open: openStore }: Scale & { name: string; open: () => Promise<Store> },
): Promise<Line[]> {
  await using opened = await open(await openStore());
  const { api, server } = opened;
  const count = 20_000 * factor;
  const lines: Line[] = [];
  await fill(api, "pods", count);
  const table = "application/json;as=Table;v=v1;g=meta.k8s.io";
  const partial = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
  for (
    const [what, accept, query] of [
      ["JSON", "application/json", ""],
      ["Table", table, ""],
      ["metadata alone", partial, ""],
      ["JSON with a label selector", "application/json", "?labelSelector=app%3Dbench"],
      ["JSON of one node's", "application/json", "?fieldSelector=spec.nodeName%3Dn1"],
    ] as const
  ) {
    let chars = 0;
    const read = async () => {
      chars =
        (await (await server.handler(requestOf("GET", `/api/v1/pods${query}`, { accept }))).text()).length;
    };
    await read();
    const times = [await timed(read), await timed(read), await timed(read)];
    lines.push({
      what: `list of ${count} pods, ${what}, ${name}`,
      value: `${ms(Math.min(...times))}, ${mb(chars)}`,
    });
  }
  lines.push({ what: `resident memory after these lists, ${name}`, value: mb(Deno.memoryUsage().rss) });
  const now = "?gracePeriodSeconds=0";
  const collection = await timed(() => must(api, "DELETE", `/api/v1/namespaces/pods/pods${now}`));
  lines.push({ what: `deletecollection of ${count} pods, ${name}`, value: ms(collection) });
  await fill(api, "space", count);
  const space = await timed(() => must(api, "DELETE", "/api/v1/namespaces/space"));
  lines.push({ what: `deletion of a namespace with ${count} pods, ${name}`, value: ms(space) });
  return lines;
}
