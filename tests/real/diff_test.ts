/** `diff` against kubectl's on the same inputs: the same lines, the same exit codes. */
import assert from "node:assert/strict";
import { clusterTest, type Output } from "../support/real_cluster.ts";

const FIRST = `
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data: {a: x, b: "2"}
---
apiVersion: v1
kind: Secret
metadata: {name: s}
stringData: {token: first, same: value}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{name: http, port: 80}]}
`;

const LATER =
  FIRST.replace("a: x", "a: w").replace("token: first", "token: second").replace("port: 80", "port: 81") +
  `---
apiVersion: v1
kind: ServiceAccount
metadata: {name: new}
`;

/** Without what names the run: directories, times, versions, uids. */
function essence({ stdout, code }: Output): { readonly code: number; readonly text: string } {
  const text = stdout.replace(/\/tmp\/(LIVE|MERGED)-\d+/g, "$1").replace(/\t.*$/gm, "")
    .replace(/(creationTimestamp|resourceVersion|uid): .*/g, "$1: …")
    .replace(/(clusterIPs?):.*(\n \S*- \d.*)?/g, "$1: …");
  return { code, text };
}

clusterTest("diff prints and exits as kubectl diff", async (real) => {
  await using scratch = await real.scratch("diff");
  const place = ["-n", scratch.name];
  const apply = ["apply", "--server-side", "--field-manager=orka", "-f", "-"];
  assert.equal((await real.kubectl([...place, ...apply], { stdin: FIRST })).code, 0);
  const cases: readonly (readonly [string, readonly string[]])[] = [
    [FIRST, []],
    [LATER, []],
    [LATER.replace("kind: ConfigMap", "kind: Nope"), []],
    [FIRST.replace("name: web", "name: web, labels: {a: b}"), ["--show-managed-fields=false"]],
  ];
  for (const [stdin, flags] of cases) {
    const line = ["diff", "-f", "-", "--server-side", "--field-manager=orka", ...flags];
    const [kubectl, orka] = await Promise.all([
      real.kubectl([...place, ...line], { stdin }),
      real.orka([...place, ...line], { stdin }),
    ]);
    if (kubectl.code > 1) assert.ok(orka.code > 1, orka.stderr);
    else assert.deepEqual(essence(orka), essence(kubectl), orka.stderr);
  }
});

clusterTest("diff hands both directories to KUBECTL_EXTERNAL_DIFF", async (real) => {
  await using scratch = await real.scratch("diff");
  const options = { stdin: FIRST, env: { KUBECTL_EXTERNAL_DIFF: "diff -rqN" } };
  const ran = await real.orka(["-n", scratch.name, "diff", "-f", "-"], options);
  assert.match(
    ran.stdout,
    /^Files .*\/LIVE\/v1\.ConfigMap\.[\w-]+\.c and .*\/MERGED\/v1\.ConfigMap\.[\w-]+\.c differ$/m,
  );
  assert.equal(ran.code, 1, ran.stderr);
});
