/** `create deployment`, `job`, `cronjob`. */
import { readObject } from "../../apply/mod.ts";
import { OrkaError } from "../../base/mod.ts";
import type { KubeObject } from "../../kube/mod.ts";
import { builtIn, type Fields, type Generator, type GeneratorInput, required } from "./generator.ts";

const CRONJOB = builtIn("batch/v1", "CronJob");

export const WORKLOADS: readonly Generator[] = [
  { words: ["deployment", "deploy"], resource: builtIn("apps/v1", "Deployment"), make: deployment },
  { words: ["job"], resource: builtIn("batch/v1", "Job"), make: job },
  { words: ["cronjob", "cj"], resource: CRONJOB, make: cronjob },
];

function deployment({ name, flags, command }: GeneratorInput): Fields {
  const images = flags.list("image").filter((image) => image !== "");
  if (images.length === 0) required(flags, "image");
  if (images.length > 1 && command.length > 0) {
    throw new OrkaError("usage", "cannot specify multiple --image options and command");
  }
  const port = flags.text("port");
  const ports = port === undefined ? {} : { ports: [{ containerPort: portOf(port) }] };
  const started = command.length === 0 ? {} : { command };
  const containers = images.map((image, index) => ({
    name: containerName(image),
    image,
    resources: {},
    ...(index === 0 ? { ...ports, ...started } : {}),
  }));
  const labels = { app: name };
  return {
    metadata: { labels },
    spec: {
      replicas: flags.count("replicas") ?? 1,
      selector: { matchLabels: labels },
      strategy: {},
      template: { metadata: { labels }, spec: { containers } },
    },
    status: {},
  };
}

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new OrkaError("usage", `invalid argument "${text}" for "--port"`);
}

/** `ghcr.io/a/web:1.2@sha256:…` is `web`. */
function containerName(image: string): string {
  const last = image.split("/").at(-1)!;
  return last.replace(/[:@].*$/, "").replace(/[_.]/g, "-");
}

async function job(input: GeneratorInput): Promise<Fields> {
  const { name, flags, command } = input;
  const from = flags.text("from");
  if (from !== undefined) return await jobFrom(from, input);
  const image = required(flags, "image");
  return {
    spec: { template: { metadata: {}, spec: podSpec(name, { image, command, restart: "Never" }) } },
    status: {},
  };
}

interface PodOf {
  readonly image: string;
  readonly command: readonly string[];
  readonly restart: string;
}

function podSpec(name: string, { image, command, restart }: PodOf) {
  const started = command.length === 0 ? {} : { command };
  return { containers: [{ name, image, resources: {}, ...started }], restartPolicy: restart };
}

/** A run of a cronjob now. */
async function jobFrom(from: string, { cluster, flags, io }: GeneratorInput): Promise<Fields> {
  if (flags.list("image").length > 0) {
    throw new OrkaError("usage", "either --image or --from must be specified, not both");
  }
  const [kind = "", name] = from.split("/");
  if (!/^(cj|cronjobs?(\.batch)?(\/.*)?)$/i.test(kind) || !name) {
    throw new OrkaError("usage", `--from ${from}: from must be an existing cronjob, as cronjob/name`);
  }
  const target = { resource: CRONJOB, namespace: cluster.namespace, name };
  const found = await readObject(cluster.client, target, { signal: io.signal });
  if (found === null) {
    throw new OrkaError("not-found", `cronjobs.batch "${name}" not found`, {
      status: 404,
      reason: "NotFound",
    });
  }
  const { jobTemplate } = found.spec as {
    jobTemplate: { metadata?: Partial<KubeObject["metadata"]>; spec: object };
  };
  const { labels, annotations } = jobTemplate.metadata ?? {};
  const owner = { apiVersion: "batch/v1", kind: "CronJob", name, uid: found.metadata.uid!, controller: true };
  return {
    metadata: {
      annotations: { "cronjob.kubernetes.io/instantiate": "manual", ...annotations },
      ...(labels === undefined ? {} : { labels }),
      ownerReferences: [owner],
    },
    spec: jobTemplate.spec,
    status: {},
  };
}

function cronjob({ name, flags, command }: GeneratorInput): Fields {
  const image = required(flags, "image"), schedule = required(flags, "schedule");
  const restart = flags.text("restart") ?? "OnFailure";
  const template = { metadata: {}, spec: podSpec(name, { image, command, restart }) };
  return { spec: { jobTemplate: { metadata: { name }, spec: { template } }, schedule }, status: {} };
}
