/** helm, unmodified, on the embedded server: a chart with a custom kind, a hook and a workload, through its life. */
import assert from "node:assert/strict";
import { run } from "../support/real_cluster.ts";
import { programTest, Requests } from "./client_programs.ts";

const CHART = decodeURIComponent(new URL("./helm/chart", import.meta.url).pathname);

programTest("helm installs, upgrades, lists, rolls back and uninstalls", "helm", async (path, server) => {
  const requests = new Requests(server);
  const env = { HOME: server.directory, KUBECONFIG: server.kubeconfig };
  const helm = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(path, args, { env });
    assert.equal(code, 0, `helm ${args.join(" ")}: ${stderr}`);
    return stdout;
  };
  const image = async () =>
    (await requests.get("/api/v1/namespaces/default/configmaps/rel-config")).data?.image;
  await helm("install", "rel", CHART);
  assert.equal(await image(), "nginx:1");
  const cup = "/apis/clients.orka.dev/v1/namespaces/default/cups/rel-cup";
  assert.deepEqual((await requests.get(cup)).spec, { size: 3 });
  await helm("upgrade", "rel", CHART, "--set", "image=nginx:2");
  assert.equal(await image(), "nginx:2");
  const [release] = JSON.parse(await helm("list", "-o", "json"));
  assert.deepEqual([release.name, release.revision, release.status], ["rel", "2", "deployed"]);
  await helm("rollback", "rel", "1");
  assert.equal(await image(), "nginx:1");
  const history: { status: string }[] = JSON.parse(await helm("history", "rel", "-o", "json"));
  assert.deepEqual(history.map(({ status }) => status), ["superseded", "superseded", "deployed"]);
  await helm("uninstall", "rel");
  assert.equal((await requests.get(cup)).code, 404);
  assert.equal(JSON.parse(await helm("list", "-o", "json")).length, 0);
});
