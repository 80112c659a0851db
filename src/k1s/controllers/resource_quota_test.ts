/** Messages are the real server's, as recorded from kube-apiserver 1.36.3. */
import assert from "node:assert/strict";
import { at } from "../codec/cells/read.ts";
import { MERGE } from "../../../tests/support/api_rig.ts";
import { type Server, withServer, withServers } from "../../../tests/support/cluster_rig.ts";

const IN = "/api/v1/namespaces/default";

const quota = (hard: object, spec: object = {}) => ({ metadata: { name: "q" }, spec: { hard, ...spec } });
const pod = (name: string, resources: object = {}, spec: object = {}) => ({
  metadata: { name },
  spec: { containers: [{ name, image: "x", resources }], ...spec },
});
const map = (name: string) => ({ metadata: { name } });
const used = async (server: Server) => (await server.send(`GET ${IN}/resourcequotas/q`)).at("status.used");

async function refused(server: Server, line: string, body: unknown, message: string): Promise<void> {
  const reply = await server.send(line, body);
  assert.deepEqual([reply.status, reply.at("reason"), reply.message], [403, "Forbidden", message]);
}

Deno.test("a quota refuses what exceeds it and says what is used", () =>
  withServer(async (server) => {
    await server.ok(
      `POST ${IN}/resourcequotas`,
      quota({ pods: "1", "limits.memory": "1Gi", "count/configmaps": "2", "services.nodeports": "0" }),
    );
    assert.deepEqual(await used(server), {
      "count/configmaps": "1",
      "limits.memory": "0",
      pods: "0",
      "services.nodeports": "0",
    });
    await server.ok(`POST ${IN}/configmaps`, map("c1"));
    await refused(
      server,
      `POST ${IN}/configmaps`,
      map("c2"),
      'configmaps "c2" is forbidden: exceeded quota: q, requested: count/configmaps=1, used: count/configmaps=2, limited: count/configmaps=2',
    );
    await refused(
      server,
      `POST ${IN}/pods`,
      pod("p1"),
      'pods "p1" is forbidden: failed quota: q: must specify limits.memory for: p1',
    );
    await server.ok(`POST ${IN}/pods`, pod("p3", { limits: { memory: "1000Mi" } }));
    await refused(
      server,
      `POST ${IN}/pods`,
      pod("p4", { limits: { memory: "1000Mi" } }),
      'pods "p4" is forbidden: exceeded quota: q, requested: limits.memory=1000Mi,pods=1, used: limits.memory=1000Mi,pods=1, limited: limits.memory=1Gi,pods=1',
    );
    const service = { metadata: { name: "n" }, spec: { type: "NodePort", ports: [{ port: 80 }] } };
    await refused(
      server,
      `POST ${IN}/services`,
      service,
      'services "n" is forbidden: exceeded quota: q, requested: services.nodeports=1, used: services.nodeports=0, limited: services.nodeports=0',
    );
    assert.deepEqual(await used(server), {
      "count/configmaps": "2",
      "limits.memory": "1000Mi",
      pods: "1",
      "services.nodeports": "0",
    });
    await server.ok(`DELETE ${IN}/configmaps/c1`);
    await server.ok(`PATCH ${IN}/pods/p3/status`, { status: { phase: "Succeeded" } }, MERGE);
    assert.deepEqual(await used(server), {
      "count/configmaps": "1",
      "limits.memory": "0",
      pods: "0",
      "services.nodeports": "0",
    });
  }));

for (const hard of [{}, { "count/things.none.example": "1" }]) {
  Deno.test(`a quota of nothing that is there is written once: ${JSON.stringify(hard)}`, () =>
    withServer(async (server) => {
      const made = await server.ok(`POST ${IN}/resourcequotas`, quota(hard));
      assert.deepEqual(at(made, "spec.hard") ?? {}, hard);
      assert.equal(await used(server), undefined);
    }));
}

Deno.test("dry runs and what was refused for another reason use nothing", () =>
  withServer(async (server) => {
    await server.ok(`POST ${IN}/resourcequotas`, quota({ "count/configmaps": "5" }));
    await server.ok(`POST ${IN}/configmaps?dryRun=All`, map("c"));
    await server.ok(`POST ${IN}/configmaps`, map("c"));
    assert.equal((await server.send(`POST ${IN}/configmaps`, map("c"))).status, 409);
    assert.equal((await server.send(`POST ${IN}/configmaps`, map("No Name"))).status, 422);
    assert.deepEqual(await used(server), { "count/configmaps": "2" });
  }));

Deno.test("a quota with scopes counts the pods in them alone", () =>
  withServer(async (server) => {
    await server.ok(`POST ${IN}/resourcequotas`, quota({ pods: "1" }, { scopes: ["BestEffort"] }));
    await server.ok(`POST ${IN}/pods`, pod("a", { requests: { cpu: "1" } }));
    await server.ok(`POST ${IN}/pods`, pod("b"));
    assert.deepEqual(await used(server), { pods: "1" });
    assert.equal((await server.send(`POST ${IN}/pods`, pod("c"))).status, 403);
    await server.ok(`POST ${IN}/configmaps`, map("c"));
  }));

Deno.test("creators of several processes together never exceed a quota", () =>
  withServers(2, async ({ servers }) => {
    await servers[0]!.ok(`POST ${IN}/resourcequotas`, quota({ "count/configmaps": "11" }));
    await servers[1]!.knows("resourcequotas", "default");
    const tries = Array.from(
      { length: 30 },
      (_, i) => servers[i % 2]!.send(`POST ${IN}/configmaps`, map(`c${i}`)),
    );
    const made = (await Promise.all(tries)).filter(({ status }) => status === 201).length;
    assert.equal(made, 10);
    assert.equal((await servers[1]!.names(`${IN}/configmaps`)).length, 11);
    assert.deepEqual(await used(servers[0]!), { "count/configmaps": "11" });
  }));

Deno.test("limit ranges fill in and bound", () =>
  withServer(async (server) => {
    const limits = [
      {
        type: "Container",
        max: { cpu: "500m" },
        min: { memory: "10Mi" },
        maxLimitRequestRatio: { cpu: "2" },
      },
      { type: "Pod", max: { cpu: "600m" } },
    ];
    await server.ok(`POST ${IN}/limitranges`, { metadata: { name: "l" }, spec: { limits } });
    const greedy = { requests: { cpu: "300m", memory: "5Mi" }, limits: { cpu: "700m", memory: "100Mi" } };
    await refused(
      server,
      `POST ${IN}/pods`,
      pod("p2", greedy),
      'pods "p2" is forbidden: [minimum memory usage per Container is 10Mi, but request is 5Mi, maximum cpu usage per Container is 500m, but limit is 700m, cpu max limit to request ratio per Container is 2, but provided ratio is 2.333333, maximum cpu usage per Pod is 600m, but limit is 700m]',
    );
    const made = await server.ok(`POST ${IN}/pods`, pod("p"));
    assert.deepEqual(at(made, "spec.containers.0.resources"), {
      limits: { cpu: "500m" },
      requests: { cpu: "500m", memory: "10Mi" },
    });
    assert.equal(
      made.metadata.annotations?.["kubernetes.io/limit-ranger"],
      "LimitRanger plugin set: cpu, memory request for container p; cpu limit for container p",
    );
  }));

Deno.test("services of several processes never share an address or a node port", () =>
  withServers(2, async ({ servers }) => {
    const service = (name: string, spec: object = {}) => ({
      metadata: { name },
      spec: { type: "NodePort", ports: [{ port: 80 }], ...spec },
    });
    const made = await Promise.all(
      Array.from({ length: 40 }, (_, i) => servers[i % 2]!.ok(`POST ${IN}/services`, service(`s${i}`))),
    );
    assert.equal(new Set(made.map((service) => at(service, "spec.clusterIP"))).size, 40);
    assert.equal(new Set(made.map((service) => at(service, "spec.ports.0.nodePort"))).size, 40);
    const wanted = { clusterIP: "10.96.7.7" };
    const replies = await Promise.all(
      [0, 1, 2, 3].map((i) => servers[i % 2]!.send(`POST ${IN}/services`, service(`w${i}`, wanted))),
    );
    assert.deepEqual(replies.map(({ status }) => status).sort(), [201, 422, 422, 422]);
    const taken = replies.find(({ status }) => status === 422)!;
    assert.match(
      taken.message,
      /^Service "w\d" is invalid: spec.clusterIPs: Invalid value: \["10.96.7.7"\]: failed to allocate IP 10.96.7.7: provided IP is already allocated$/,
    );
    const outside = await servers[0]!.send(`POST ${IN}/services`, service("o", { clusterIP: "11.96.0.1" }));
    assert.match(
      outside.message,
      /failed to allocate IP 11.96.0.1: the provided network does not match the current range$/,
    );
    const addresses = "/apis/networking.k8s.io/v1/ipaddresses";
    assert.equal((await servers[1]!.names(addresses)).length, 42);
    const winner = replies.find(({ status }) => status === 201)!.object.metadata.name;
    await servers[1]!.ok(`DELETE ${IN}/services/${winner}`);
    assert.equal((await servers[0]!.send(`GET ${addresses}/10.96.7.7`)).status, 404);
    await servers[0]!.ok(`POST ${IN}/services`, service("again", wanted));
    assert.equal((await servers[0]!.send(`POST ${IN}/services`, service("Bad Name"))).status, 422);
    assert.equal((await servers[1]!.names(addresses)).length, 42, "a refused service holds nothing");
  }));
