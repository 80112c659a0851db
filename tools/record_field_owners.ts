/**
 * Plays random writes of several managers on a real API server and compares, or records, the managedFields it keeps.
 * It makes and removes a namespace `smd` and a CustomResourceDefinition of its own.
 *
 *     kubectl proxy --port 8001 &
 *     deno run -A tools/record_field_owners.ts compare http://127.0.0.1:8001 SEED COUNT
 *     deno run -A tools/record_field_owners.ts record http://127.0.0.1:8001 SEED COUNT > fixtures/k1s/field_owners.jsonl
 */
import {
  assign,
  isObject,
  type Json,
  type JsonObject,
  listOf,
  mapOf,
  textOf,
} from "../src/k1s/registry/mod.ts";
import { builtinTypes, structuralType } from "../src/k1s/smd/mod.ts";
import {
  ownersDifference,
  type RecordedKind,
  type RecordedWrite,
} from "../src/k1s/registry/recorded_owners.ts";
import { SampleMaker } from "../src/k1s/smd/sample_sequences.ts";

/** Random bodies and a server's answers, of many kinds. */
interface Body extends JsonObject {
  metadata: JsonObject;
}

const [mode, base, seed, count] = Deno.args as [string, string, string, string];
const maker = new SampleMaker(Number(seed));
const below = (limit: number) => maker.below(limit);
const pick = <T>(choices: readonly T[]): T => choices[below(choices.length)]!;
const maybe = (odds: number, make: () => JsonObject): JsonObject => below(odds) === 0 ? make() : {};
const subset = <T>(all: readonly T[]): T[] => all.filter(() => below(2) === 0);
const entries = (keys: readonly string[]) =>
  Object.fromEntries(subset(keys).map((key) => [key, pick(["1", "2"])]));

const SCHEMA = {
  type: "object",
  properties: {
    spec: {
      type: "object",
      properties: {
        size: { type: "integer" },
        port: { "x-kubernetes-int-or-string": true },
        when: { type: "string", format: "date-time" },
        labels: { type: "object", additionalProperties: { type: "string" } },
        selector: {
          type: "object",
          "x-kubernetes-map-type": "atomic",
          additionalProperties: { type: "string" },
        },
        tags: { type: "array", "x-kubernetes-list-type": "set", items: { type: "string" } },
        args: { type: "array", items: { type: "string" } },
        ports: {
          type: "array",
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["port", "protocol"],
          items: {
            type: "object",
            required: ["port", "protocol"],
            properties: {
              port: { type: "integer" },
              protocol: { type: "string", default: "TCP" },
              name: { type: "string" },
            },
          },
        },
        free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
        template: {
          type: "object",
          "x-kubernetes-embedded-resource": true,
          "x-kubernetes-preserve-unknown-fields": true,
        },
      },
    },
    status: { type: "object", properties: { phase: { type: "string" } } },
  },
};

const CRD = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "widgets.smd.example.com" },
  spec: {
    group: "smd.example.com",
    scope: "Namespaced",
    names: { plural: "widgets", singular: "widget", kind: "Widget", listKind: "WidgetList" },
    versions: [{
      name: "v1",
      served: true,
      storage: true,
      schema: { openAPIV3Schema: SCHEMA },
      subresources: { status: {} },
    }],
  },
};

function container(name: string): JsonObject {
  return {
    name,
    image: pick(["i:1", "i:2"]),
    ...maybe(3, () => ({ env: subset(["A", "B"]).map((name) => ({ name, value: pick(["1", "2"]) })) })),
    ...maybe(
      3,
      () => ({ ports: [{ containerPort: 80 }, { containerPort: 80, protocol: "UDP" }].slice(below(2)) }),
    ),
    ...maybe(4, () => ({ args: ["a", "b"].slice(below(2)) })),
    ...maybe(4, () => ({ resources: { limits: { cpu: pick(["1", "500m"]) } } })),
  };
}

function servicePorts(): JsonObject[] {
  const all = [[80, "TCP"], [81, "TCP"], [80, "UDP"]] as const;
  return all.filter((_, at) => at === 0 || below(2) === 0).map(([port, protocol], at) => ({
    name: `p${at}`,
    port,
    ...(at > 0 || below(2) === 0 ? { protocol } : {}),
    ...maybe(2, () => ({ targetPort: pick<Json>([8080, "web"]) })),
  }));
}

interface Played extends RecordedKind {
  readonly path: string;
  readonly definition?: string;
  readonly schema?: JsonObject;
  make(): JsonObject;
  merge(): JsonObject;
}

const KINDS: readonly Played[] = [
  {
    kind: "ConfigMap",
    apiVersion: "v1",
    path: "/api/v1/namespaces/smd/configmaps",
    definition: "io.k8s.api.core.v1.ConfigMap",
    empty: { metadata: {} },
    hasStatus: false,
    isCustom: false,
    make: () => ({ data: entries(["k1", "k2", "k3"]), ...maybe(4, () => ({ binaryData: { b: "eHg=" } })) }),
    merge: () => ({ data: { k1: pick(["q", null]) } }),
  },
  {
    kind: "Service",
    apiVersion: "v1",
    path: "/api/v1/namespaces/smd/services",
    definition: "io.k8s.api.core.v1.Service",
    empty: { metadata: {}, spec: {}, status: { loadBalancer: {} } },
    hasStatus: true,
    isCustom: false,
    make: () => ({
      spec: {
        ports: servicePorts(),
        ...maybe(2, () => ({ selector: { app: pick(["x", "y"]) } })),
        ...maybe(3, () => ({ sessionAffinity: pick(["None", "ClientIP"]) })),
      },
    }),
    merge: () => ({ spec: { selector: { app: pick(["q", null]) } } }),
  },
  {
    kind: "PodTemplate",
    apiVersion: "v1",
    path: "/api/v1/namespaces/smd/podtemplates",
    definition: "io.k8s.api.core.v1.PodTemplate",
    empty: { metadata: {}, template: { metadata: {}, spec: { containers: null } } },
    hasStatus: false,
    isCustom: false,
    make: () => ({
      template: {
        metadata: { labels: { app: "x", ...entries(["v"]) } },
        spec: {
          containers: ["c1", "c2"].slice(0, 1 + below(2)).map(container),
          ...maybe(4, () => ({ tolerations: [{ key: "k", operator: "Exists" }] })),
          ...maybe(4, () => ({ nodeSelector: { a: pick(["b", "c"]) } })),
        },
      },
    }),
    merge: () => ({ template: { spec: { nodeSelector: { a: pick(["q", null]) } } } }),
  },
  {
    kind: "Widget",
    apiVersion: "smd.example.com/v1",
    path: "/apis/smd.example.com/v1/namespaces/smd/widgets",
    schema: SCHEMA,
    empty: {},
    hasStatus: true,
    isCustom: true,
    make: () => ({
      spec: {
        ...maybe(2, () => ({ size: below(3) })),
        ...maybe(2, () => ({ port: pick<Json>([80, "web"]) })),
        ...maybe(3, () => ({ labels: entries(["a", "b"]) })),
        ...maybe(3, () => ({ selector: entries(["a", "b"]) })),
        ...maybe(2, () => ({ tags: subset(["x", "y", "<&>"]) })),
        ...maybe(3, () => ({ args: subset(["x", "y"]) })),
        ...maybe(
          2,
          () => ({ ports: subset([{ port: 80 }, { port: 81, name: "n" }, { port: 80, protocol: "UDP" }]) }),
        ),
        ...maybe(2, () => ({ free: pick<Json>([{ a: { b: [1] } }, { a: { c: 2 } }, { a: 1, d: {} }]) })),
        ...maybe(3, () => ({
          template: {
            apiVersion: "v1",
            kind: "X",
            metadata: { name: pick(["t", "u"]) },
            data: { z: below(2) },
          },
        })),
      },
      ...maybe(4, () => ({ status: { phase: "ignored" } })),
    }),
    merge: () => ({ spec: { size: pick([7, null]), free: { a: pick<Json>([null, { z: 1 }]) } } }),
  },
];

async function send(
  method: string,
  path: string,
  body?: Body,
  type = "application/json",
): Promise<[number, Body]> {
  const init = body === undefined
    ? { method }
    : { method, body: JSON.stringify(body), headers: { "content-type": type } };
  const response = await fetch(base + path, init);
  return [response.status, await response.json()];
}

const MERGE = "application/merge-patch+json";
const LAST = "kubectl.kubernetes.io/last-applied-configuration";

function newObject({ kind, apiVersion, make }: Played, name: string): Body {
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      namespace: "smd",
      ...maybe(2, () => ({ labels: entries(["a", "b", "c"]) })),
      ...maybe(3, () => ({ annotations: { "x.y/z": pick(["1", "2"]) } })),
      ...maybe(4, () => ({ finalizers: ["a.example/x", "b.example/y"].slice(below(2)) })),
    },
    ...make(),
  };
}

/** The live object with some of another one's fields, and now and then with its managedFields reset. */
function replacement(live: Body, fresh: Body): Body {
  const body = structuredClone(live);
  delete body.metadata.resourceVersion;
  if (below(4) === 0) body.metadata.managedFields = pick<Json>([[], [{}]]);
  if (below(2) === 0) assign(body.metadata, "labels", fresh.metadata.labels);
  if (body.data && below(2) === 0) assign(body, "data", fresh.data);
  if (body.kind === "Widget" && below(2) === 0) assign(body, "spec", fresh.spec);
  return body;
}

interface Sent {
  readonly op: RecordedWrite["op"];
  readonly status: number;
  readonly answer: Body;
  /** What an apply sent. */
  readonly config?: Body;
  /** The managedFields that an update sent. */
  readonly given?: Json | undefined;
}

async function write(played: Played, live: Body | undefined, name: string, manager: string): Promise<Sent> {
  const fresh = newObject(played, name);
  const path = `${played.path}/${name}?fieldManager=${manager}`;
  const op = live ? pick(["apply", "apply", "force", "put", "merge"]) : pick(["create", "apply"]);
  if (op === "create") {
    if (below(3) === 0) {
      fresh.metadata.annotations = { ...mapOf(fresh.metadata, "annotations"), [LAST]: JSON.stringify(fresh) };
    }
    const [status, answer] = await send("POST", `${played.path}?fieldManager=${manager}`, fresh);
    return { op, status, answer };
  }
  if (op === "apply" || op === "force") {
    const query = op === "force" ? "&force=true" : "";
    const [status, answer] = await send("PATCH", path + query, fresh, "application/apply-patch+yaml");
    return { op, status, answer, config: fresh };
  }
  if (op === "merge") {
    const patch = {
      metadata: { labels: { a: pick(["1", "3", null]), b: pick(["7", null]) } },
      ...played.merge(),
    };
    const [status, answer] = await send("PATCH", path, patch, MERGE);
    return { op: "update", status, answer };
  }
  const body = replacement(live!, fresh);
  const [status, answer] = await send("PUT", path, body);
  return { op: "update", status, answer, given: body.metadata.managedFields };
}

const timeOf = (entry: Json) => isObject(entry) ? textOf(entry, "time") : "";

/** Undefined for a write that was refused for another reason than a conflict. */
function recorded(
  played: Played,
  live: Body | undefined,
  manager: string,
  sent: Sent,
): RecordedWrite | undefined {
  const { op, status, answer, config, given } = sent;
  const isConflict = status === 409 && op === "apply";
  if (status >= 300 && !isConflict) return undefined;
  const managedFields = isConflict ? null : answer.metadata.managedFields ?? null;
  const time = listOf({ managedFields }, "managedFields").map(timeOf).sort().at(-1) ?? "";
  const object = structuredClone(config ?? answer);
  if (!config) assign(object.metadata, "managedFields", given);
  // addresses are given out after the owners are noted
  if (op === "create") {
    for (const key of ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"]) {
      delete mapOf(object, "spec")?.[key];
    }
  }
  return {
    op,
    by: { manager, apiVersion: played.apiVersion, kind: played.kind, subresource: "", time },
    live: live ?? null,
    object: JSON.parse(JSON.stringify(object)),
    managedFields,
    conflicts: isConflict
      ? listOf(mapOf(answer, "details"), "causes").filter(isObject)
        .map(({ message, field }) => `${message} ${field}`).sort()
      : null,
  };
}

async function sequence(played: Played, name: string): Promise<RecordedWrite[]> {
  const writes: RecordedWrite[] = [];
  let live: Body | undefined;
  for (let step = 0; step < 7; step++) {
    const manager = pick(["m1", "m2", "kubectl"]);
    const sent = await write(played, live, name, manager);
    const entry = recorded(played, live, manager, sent);
    if (entry) writes.push(entry);
    if (sent.status < 300) live = sent.answer;
  }
  return writes;
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

const types = builtinTypes(
  JSON.parse(Deno.readTextFileSync(new URL("../src/k1s/builtin/types.json", import.meta.url))),
);

async function run(): Promise<void> {
  let [writes, differences] = [0, 0];
  for (let at = 0; at < Number(count); at++) {
    const played = KINDS[at % KINDS.length]!;
    const { kind, apiVersion, empty, hasStatus, isCustom, definition, schema } = played;
    const done = await sequence(played, `s${seed}-${at}`);
    if (mode === "record") {
      say(
        JSON.stringify({
          kind: { kind, apiVersion, empty, hasStatus, isCustom },
          definition,
          schema,
          writes: done,
        }),
      );
      continue;
    }
    const type = definition
      ? types(definition)
      : structuralType(schema, types("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"));
    for (const entry of done) {
      writes++;
      const difference = ownersDifference(entry, played, type);
      if (difference !== undefined && differences++ < 3) {
        say(`${kind} ${entry.op}\n${difference}\n${JSON.stringify(entry)}`);
      }
    }
  }
  if (mode !== "record") say(`${writes} writes, ${differences} differ`);
}

async function removeFinalizers(): Promise<void> {
  for (const { path } of KINDS) {
    const [, list] = await send("GET", path);
    for (const item of listOf(list, "items").filter(isObject)) {
      await send(
        "PATCH",
        `${path}/${mapOf(item, "metadata")?.name}`,
        { metadata: { finalizers: null } },
        MERGE,
      );
    }
  }
}

await send("POST", "/api/v1/namespaces", { metadata: { name: "smd" } });
await send("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", CRD);
while ((await fetch(base + KINDS.at(-1)!.path)).status !== 200) {
  await new Promise((resolve) => setTimeout(resolve, 100));
}
try {
  await run();
} finally {
  await removeFinalizers();
  await send("DELETE", `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${CRD.metadata.name}`);
  await send("DELETE", "/api/v1/namespaces/smd");
}
