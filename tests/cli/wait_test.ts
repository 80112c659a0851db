import { patchObject } from "../../src/apply/mod.ts";
import { type Embedded, openEmbedded } from "../support/embedded.ts";
import { resource } from "../support/resources.ts";
import { cliOnEmbedded } from "./harness.ts";

const JOB = {
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { name: "j", labels: { app: "x" } },
  spec: { template: { spec: { restartPolicy: "Never", containers: [{ name: "c", image: "i" }] } } },
};

const target = { resource: resource("Job"), namespace: "default", name: "j" };

async function withJob(
  use: (
    wait: (...args: string[]) => ReturnType<ReturnType<typeof cliOnEmbedded>>,
    cluster: Embedded,
  ) => Promise<void>,
) {
  await using cluster = await openEmbedded();
  await cluster.create(JOB);
  const orka = cliOnEmbedded(cluster);
  await use((...args) => orka("wait", ...args), cluster);
}

async function setStatus({ client }: Embedded, status: object): Promise<void> {
  await patchObject(client, { ...target, subresource: "status" }, { type: "merge", patch: { status } });
}

const SUSPENDED = (status: string) => ({ conditions: [{ type: "Suspended", status }] });

Deno.test("wait ends at once when it is so already, and when a watch tells", () =>
  withJob(async (wait, cluster) => {
    (await wait("job/j", "--for=jsonpath={.metadata.name}=j")).stdout("job.batch/j condition met\n").code(0);
    const waiting = wait("job/j", "--for=condition=suspended", "--timeout=20s");
    await setStatus(cluster, SUSPENDED("True"));
    (await waiting).stdout("job.batch/j condition met\n").code(0);
    (await wait("job/j", "--for=condition=Suspended=false", "--timeout=0"))
      .stderr("error: condition not met for jobs/j\n").code(1);
    (await wait("-l", "app=x", "job", "--for=jsonpath={.spec.parallelism}", "-o", "name"))
      .stdout("job.batch/j\n").code(0);
  }));

Deno.test("wait for what comes and for what goes", () =>
  withJob(async (wait, cluster) => {
    const coming = wait("cm/late", "--for=create", "--timeout=20s");
    await cluster.create({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "late" } });
    (await coming).stdout("configmap/late condition met\n").code(0);
    const going = wait("cm/late", "--for=delete", "--timeout=20s");
    (await cliOnEmbedded(cluster)("delete", "cm", "late", "--write")).code(0);
    (await going).code(0);
    (await wait("cm/late", "--for=delete")).stdout("").code(0);
    (await wait("cm", "-l", "a=b", "--for=delete")).stdout("").code(0);
  }));

Deno.test("wait tells what it waited for in vain, and what can't be waited for, in kubectl's words", () =>
  withJob(async (wait) => {
    (await wait("job/j", "--for=condition=Complete", "--timeout=50ms"))
      .stderr("error: timed out waiting for the condition on jobs/j\n").code(1);
    (await wait("job/gone", "--for=condition=Complete"))
      .stderr('Error from server (NotFound): jobs.batch "gone" not found\n').code(1);
    (await wait("job", "-l", "a=b", "--for=condition=Complete")).stderr(
      "error: no matching resources found\n",
    ).code(1);
    (await wait("job/j", "--for=foo")).stderr(/unrecognized condition: "foo"/).code(2);
    (await wait("job/j")).stderr(/unrecognized condition: \[\]/).code(2);
    (await wait("job", "--for=delete")).stderr(/no name was specified/).code(2);
    (await wait("job/j", "--for=jsonpath={.a}=")).stderr(/jsonpath wait format/).code(2);
    (await wait("job/j", "--for=delete", "--timeout=soon")).stderr(/invalid argument "soon"/).code(2);
  }));

Deno.test("a condition about an older spec does not count", () =>
  withJob(async (wait, cluster) => {
    await setStatus(cluster, { conditions: [{ type: "Suspended", status: "True", observedGeneration: 0 }] });
    (await wait("job/j", "--for=condition=Suspended", "--timeout=0")).code(0);
    await cluster.create({ ...JOB, metadata: { name: "k" } });
    (await wait("job/j", "job/k", "--for=condition=Suspended", "--timeout=100ms"))
      .stdout("job.batch/j condition met\n").stderr(/timed out.*jobs\/k/).code(1);
  }));
