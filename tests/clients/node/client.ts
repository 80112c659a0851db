/**
 * The JavaScript client at work on the server of the kubeconfig that is the argument; prints `ok NAME` for each part.
 * In a program of its own, as the client's connection pool keeps timers that nobody can end.
 */
import assert from "node:assert/strict";
import {
  AppsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  ListWatch,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  VersionApi,
  Watch,
} from "@kubernetes/client-node";

const namespace = "default";

const configMap = (name: string, data: Record<string, string>) => ({
  namespace,
  body: { metadata: { name }, data },
});

const config = new KubeConfig();
config.loadFromFile(Deno.args[0]!);

const parts = new Map<string, () => Promise<void>>();

parts.set("writes", async () => {
  const core = config.makeApiClient(CoreV1Api);
  const { gitVersion } = await config.makeApiClient(VersionApi).getCode();
  assert.match(gitVersion, /^v1\.36\./);
  const created = await core.createNamespacedConfigMap(configMap("one", { a: "1" }));
  assert.ok(created.metadata!.creationTimestamp instanceof Date);
  await assert.rejects(core.createNamespacedConfigMap(configMap("one", {})), { code: 409 });
  await core.createNamespacedConfigMap(configMap("two", { b: "2" }));
  const patched = await core.patchNamespacedConfigMap(
    { name: "one", namespace, body: { data: { c: "3" } } },
    setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
  );
  assert.deepEqual(patched.data, { a: "1", c: "3" });
  const stale = { name: "one", namespace, body: { ...created, data: {} } };
  await assert.rejects(core.replaceNamespacedConfigMap(stale), { code: 409 });
  const first = await core.listNamespacedConfigMap({ namespace, limit: 2 });
  const second = await core.listNamespacedConfigMap({ namespace, _continue: first.metadata!._continue! });
  const names = [...first.items, ...second.items].map(({ metadata }) => metadata!.name);
  assert.deepEqual(names, ["kube-root-ca.crt", "one", "two"]);
  await core.deleteNamespacedConfigMap({ name: "two", namespace });
  await assert.rejects(core.readNamespacedConfigMap({ name: "two", namespace }), { code: 404 });
});

parts.set("applies", async () => {
  const apps = config.makeApiClient(AppsV1Api);
  const template = {
    metadata: { labels: { app: "web" } },
    spec: { containers: [{ name: "main", image: "nginx:1" }] },
  };
  const spec = { replicas: 2, selector: { matchLabels: { app: "web" } }, template };
  const body = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" }, spec };
  const applied = await apps.patchNamespacedDeployment(
    { name: "web", namespace, body, fieldManager: "node", force: true },
    setHeaderOptions("Content-Type", PatchStrategy.ServerSideApply),
  );
  assert.deepEqual([applied.spec!.replicas, applied.metadata!.managedFields![0]!.manager], [2, "node"]);
  const scale = await apps.readNamespacedDeploymentScale({ name: "web", namespace });
  await apps.replaceNamespacedDeploymentScale({
    name: "web",
    namespace,
    body: { ...scale, spec: { replicas: 5 } },
  });
  assert.equal((await apps.readNamespacedDeployment({ name: "web", namespace })).spec!.replicas, 5);

  const custom = config.makeApiClient(CustomObjectsApi);
  const kind = { group: "clients.orka.dev", version: "v1", namespace, plural: "cups" };
  await custom.createNamespacedCustomObject({
    ...kind,
    body: { apiVersion: "clients.orka.dev/v1", kind: "Cup", metadata: { name: "red" }, spec: { size: 3 } },
  });
  const found = await custom.getNamespacedCustomObject({ ...kind, name: "red" });
  assert.equal(found.spec.size, 3);
});

parts.set("watches", async () => {
  const core = config.makeApiClient(CoreV1Api);
  const { metadata } = await core.listNamespacedConfigMap({ namespace });
  const seen: string[] = [];
  const done = Promise.withResolvers<unknown>();
  await new Watch(config).watch(
    `/api/v1/namespaces/${namespace}/configmaps`,
    { resourceVersion: metadata!.resourceVersion, timeoutSeconds: 1 },
    (type, object) => seen.push(`${type} ${object.metadata.name}`),
    done.resolve,
  );
  await core.createNamespacedConfigMap(configMap("w", {}));
  await core.deleteNamespacedConfigMap({ name: "w", namespace });
  assert.equal(await done.promise, null);
  assert.deepEqual(seen, ["ADDED w", "DELETED w"]);
});

parts.set("informs", async () => {
  const core = config.makeApiClient(CoreV1Api);
  await core.createNamespacedSecret({ namespace, body: { metadata: { name: "before" } } });
  const path = `/api/v1/namespaces/${namespace}/secrets`;
  const informer = makeInformer(config, path, () => core.listNamespacedSecret({ namespace }));
  assert.ok(informer instanceof ListWatch);
  const told: string[] = [];
  const gone = Promise.withResolvers<void>();
  informer.on("add", ({ metadata }) => told.push(`add ${metadata!.name}`));
  informer.on("update", ({ metadata }) => told.push(`update ${metadata!.name}`));
  informer.on("delete", ({ metadata }) => {
    told.push(`delete ${metadata!.name}`);
    gone.resolve();
  });
  await informer.start();
  await core.createNamespacedSecret({ namespace, body: { metadata: { name: "after" } } });
  await core.patchNamespacedSecret(
    { name: "after", namespace, body: { stringData: { a: "1" } } },
    setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
  );
  await core.deleteNamespacedSecret({ name: "before", namespace });
  await gone.promise;
  assert.deepEqual(told, ["add before", "add after", "update after", "delete before"]);
  assert.deepEqual(informer.list(namespace).map(({ metadata }) => metadata!.name), ["after"]);
  await informer.stop();
});

for (const [name, work] of parts) {
  await work();
  await Deno.stdout.write(new TextEncoder().encode(`ok ${name}\n`));
}
Deno.exit(0);
