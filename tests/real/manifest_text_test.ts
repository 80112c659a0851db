/** JSON and YAML against what kubectl itself prints, byte for byte. */
import assert from "node:assert/strict";
import { writeJson, writeYaml } from "../../src/kube/mod.ts";
import { type RealCluster } from "../support/real_cluster.ts";
import { onClusters } from "../support/two_clusters.ts";

/** Strings that YAML could misread, fold or have to escape. */
const ODD = [
  ..."yes no y N on Off true False null ~ Null 1 1.5 -3 +4 0x1F 0o17 017 08 1_000 1e5 1E-3 .5 5. .inf .NaN"
    .split(" "),
  ..."12:30:45 1:2 1:60 2024-01-01 2024-1-1 2024-13-01 2024-01-01T00:00:00Z << = !tag &a *b -dash - ? ?q :"
    .split(" "),
  ..."a:b a: a#c #c [x {x ] } ,x | |x > 'single' \"double\" it's %x @x `x --- ... 0b101 0b2 1__0 _1 1_ + 1.2.3"
    .split(" "),
  ..."1e 0. -.5 1e+5 1e400 9223372036854775808 99999999999999999999 tRue v1 =x ~x 0777 0o8 :: a::b infinity"
    .split(" "),
  "",
  " ",
  " lead",
  "trail ",
  "- dash",
  "? q",
  "a: b",
  "a #c",
  "--- a",
  "tab\there",
  "multi\nline",
  "multi\nline\n",
  "multi\nline\n\n",
  "\nlead",
  "\n",
  " lead\nspace",
  "trail \nspace",
  "trail\nspace ",
  "a\n b\n  c\n",
  "tab\n\tx\n",
  "crlf\r\nx",
  "- a\n- b\n",
  "# comment\n",
  "ünï 日本 emoji 😀",
  "emoji\n😀",
  "nbsp\u00a0x",
  "bom\ufeffx",
  "ps\u2029 x",
  "bell\x07",
  "esc\x1b[31m",
  "null\x01",
  "word ".repeat(40) + "end",
  "it's: " + "word ".repeat(40) + "end",
  "esc\x1b " + "word ".repeat(40) + "end",
  "x  " + "double  space ".repeat(20) + "end",
  "a ".repeat(60),
  "é ".repeat(90),
  "longwordwithoutspaces".repeat(10),
  "w ".repeat(60) + "\nsecond " + "w ".repeat(60),
  "<a & b>",
];

async function sameAsKubectl(cluster: RealCluster, args: readonly string[]): Promise<void> {
  for (let left = 4;; left--) {
    const get = (form: string) => cluster.kubectlOk(["get", ...args, "--show-managed-fields", "-o", form]);
    const [json, yaml] = [await get("json"), await get("yaml")];
    const value: unknown = JSON.parse(json);
    const same = writeYaml(value) === yaml;
    assert.equal(writeJson(value) + "\n", json);
    if (same) return;
    // The object may have changed between the two looks.
    if (left === 0) assert.equal(writeYaml(value), yaml);
  }
}

onClusters("strings of every awkward kind are written as kubectl writes them", async (cluster) => {
  await using scratch = await cluster.scratch("manifest");
  const data = Object.fromEntries(ODD.map((text, i) => [`k${i}`, text]));
  const metadata = { name: "odd", namespace: scratch.name, annotations: { "x/json": '{"a": [1, 2]}\n' } };
  const manifest = JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata, data });
  await cluster.kubectlOk(["create", "-f", "-"], { stdin: manifest });
  await sameAsKubectl(cluster, ["configmap", "odd", "-n", scratch.name]);
});

onClusters("the cluster's own objects are written as kubectl writes them", async (cluster) => {
  const kinds =
    "clusterroles,clusterrolebindings,flowschemas,prioritylevelconfigurations,apiservices,priorityclasses";
  await sameAsKubectl(cluster, [kinds]);
  await sameAsKubectl(cluster, ["customresourcedefinitions"]);
  await sameAsKubectl(cluster, ["services,endpointslices", "-n", "default"]);
});
