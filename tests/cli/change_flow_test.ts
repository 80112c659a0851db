/** An operator's kind changed and changed back on the embedded cluster; tests/real has the same on a real one. */
import { parseAllDocuments } from "yaml";
import { resourcePath } from "../../src/kube/mod.ts";
import { certificate, runChangeFlow } from "../support/change_flow.ts";
import { openEmbedded } from "../support/embedded.ts";
import { cliOnEmbedded } from "./harness.ts";

const CRDS = new URL("../../../shared/crds/cert-manager.yaml", import.meta.url);

async function certManager(): Promise<readonly object[] | null> {
  try {
    const text = await Deno.readTextFile(CRDS);
    return parseAllDocuments(text).map((document) => document.toJS() as object).filter((crd) => crd !== null);
  } catch {
    return null; // the operators' definitions don't lie beside the repository
  }
}

const RESOURCE = {
  group: "cert-manager.io",
  version: "v1",
  kind: "Certificate",
  plural: "certificates",
  singular: "certificate",
  shortNames: [],
  categories: [],
  namespaced: true,
  verbs: [],
  subresources: ["status"],
  preferred: true,
};

const definitions = await certManager();

Deno.test({
  name: "an operator's object is found, tried, applied, fought over, and taken back on the embedded cluster",
  ignore: definitions === null,
  async fn() {
    await using cluster = await openEmbedded();
    const directory = await Deno.makeTempDir({ prefix: "orka-flow-" });
    try {
      for (const crd of definitions!) {
        await cluster.client.json("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {
          method: "POST",
          body: JSON.stringify(crd),
          headers: { "content-type": "application/json" },
        });
      }
      await runChangeFlow({
        namespace: "default",
        directory,
        async orka(args, { editor = "false" } = {}) {
          const path = `${directory}/certificate.json`;
          const files = { [path]: await Deno.readTextFile(path).catch(() => "") };
          const env = { ORKA_STATE_DIR: `${directory}/state`, KUBE_EDITOR: editor, NO_COLOR: "1" };
          const target = { server: "https://remembered.test", user: "jane" };
          const ran = await cliOnEmbedded(cluster, { env, files, target })(...args);
          return { code: ran.exitCode, stdout: ran.out, stderr: ran.err };
        },
        async applyAsPipeline(configuration) {
          const path = resourcePath(RESOURCE, { namespace: "default", name: "web" });
          await cluster.client.json(`${path}?fieldManager=pipeline&force=true`, {
            method: "PATCH",
            body: JSON.stringify({ ...certificate("default"), ...configuration }),
            headers: { "content-type": "application/apply-patch+yaml" },
          });
        },
      });
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});
