/** `orka caps`: what can be operated, and by this user. */
import { EXIT, OrkaError } from "../../base/mod.ts";
import { Rights } from "../../change/mod.ts";
import { apiVersion, groupResource, resolveResource, type Resource } from "../../kube/mod.ts";
import { capabilities, type Capability, isOperable, OPERATIONS } from "../../ops/mod.ts";
import { openCluster } from "../cluster.ts";
import { isJson } from "../ops/follow_rollout.ts";
import { TabWriter } from "../print/tab_writer.ts";
import type { Command } from "../verbs.ts";

interface Row {
  readonly resource: Resource;
  readonly capabilities: readonly Capability[];
}

export const command: Command = async (io, { flags, args }) => {
  const json = isJson(flags.text("output"));
  const spelling = flags.text("gvk") ?? args[0];
  if (args.length > (flags.given("gvk") ? 0 : 1)) throw new OrkaError("usage", "caps takes one kind at most");
  using cluster = await openCluster(io, flags);
  const resources = await cluster.resolve((served) =>
    spelling === undefined
      ? served.filter((r) => r.preferred && isOperable(r))
      : [resolveResource(spelling, served)]
  );
  const rights = new Rights(cluster.client, { clock: io.clock });
  const { namespace } = cluster;
  const rows = await Promise.all(resources.map(async (resource) => ({
    resource,
    capabilities: await capabilities(resource, { rights, namespace }),
  })));
  if (json) {
    const shown = rows.map((row) => plain(row, namespace));
    await io.stdout.write(`${JSON.stringify(spelling === undefined ? shown : shown[0], null, 2)}\n`);
    return EXIT.ok;
  }
  const lines = spelling === undefined ? rows.map(summary) : rows.flatMap(details);
  const header = spelling === undefined
    ? ["KIND", ...OPERATIONS.map((operation) => operation.toUpperCase())]
    : ["OPERATION", "SERVED", "ALLOWED", "RIGHT"];
  await io.stdout.write(new TabWriter().layout([...flags.on("no-headers") ? [] : [header], ...lines]));
  return EXIT.ok;
};

function summary({ resource, capabilities }: Row): string[] {
  return [
    groupResource(resource),
    ...capabilities.map(({ served, allowed }) => !served ? "-" : allowed ? "yes" : "denied"),
  ];
}

function details({ capabilities }: Row): string[][] {
  const yes = (is: boolean) => is ? "yes" : "no";
  return capabilities.map(({ operation, served, allowed, right }) =>
    served ? [operation, "yes", yes(allowed), right] : [operation, "no", "-", "-"]
  );
}

function plain({ resource, capabilities }: Row, namespace: string): object {
  return {
    apiVersion: apiVersion(resource),
    kind: resource.kind,
    resource: groupResource(resource),
    ...(resource.namespaced ? { namespace } : {}),
    operations: Object.fromEntries(
      capabilities.map(({ operation, served, allowed, right }) => [operation, { served, allowed, right }]),
    ),
  };
}
