import { EXIT, OrkaError } from "../../base/mod.ts";
import { apiVersion, groupResource, type Resource, writeJson } from "../../kube/mod.ts";
import { openCluster } from "../cluster.ts";
import { note } from "../io.ts";
import type { FlagValues } from "../parse.ts";
import { TabWriter } from "../print/tab_writer.ts";
import type { Command } from "../verbs.ts";

/** `orka discover`: the served resources, one a line. */
export const command: Command = async (io, { flags, args }) => {
  if (args.length > 0) {
    throw new OrkaError("usage", `discover takes no arguments: ${args.join(" ")}`, {
      hint: "orka get KIND prints a kind's objects.",
    });
  }
  const output = flags.text("output") ?? "";
  if (!["", "json", "wide", "name"].includes(output)) {
    throw new OrkaError(
      "usage",
      `unable to match a printer suitable for the output format "${output}", allowed formats are: json,name,wide`,
    );
  }
  using cluster = await openCluster(io, flags);
  // who asks what is served means now; an unchanged server answers with two 304s
  const found = await cluster.discover({ refresh: !flags.on("cached") });
  const resources = await chosen(found.resources, flags, () => crdKinds(cluster.client, io.signal));
  await io.stdout.write(printed(resources, output));
  for (const { groupVersion, error } of found.broken) {
    await note(io, `error: unable to retrieve the server APIs of ${groupVersion}: ${error.message}`);
  }
  if (resources.length === 0 && flags.on("prefer-crd")) await note(io, "No CustomResourceDefinitions found");
  return found.broken.length === 0 ? EXIT.ok : EXIT.error;
};

async function chosen(
  resources: readonly Resource[],
  flags: FlagValues,
  crds: () => Promise<ReadonlySet<string>>,
): Promise<Resource[]> {
  const group = flags.text("api-group");
  const namespaced = flags.given("namespaced") ? flags.on("namespaced") : undefined;
  const kept = resources.filter((resource) =>
    (group === undefined || resource.group === group) &&
    (namespaced === undefined || resource.namespaced === namespaced)
  );
  if (!flags.on("prefer-crd")) return kept;
  const known = await crds();
  return kept.filter((resource) => known.has(groupResource(resource))).slice(0, 1);
}

/** `certificates.cert-manager.io`, …: the names of all CustomResourceDefinitions. */
async function crdKinds(
  client: { json(path: string, options: { signal: AbortSignal; accept: string }): Promise<unknown> },
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const list = await client.json("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {
    signal,
    // Metadata alone: the schemas of 41 CRDs are megabytes.
    accept: "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json",
  }) as { items?: readonly { metadata: { name: string } }[] };
  return new Set((list.items ?? []).map(({ metadata }) => metadata.name));
}

function printed(resources: readonly Resource[], output: string): string {
  switch (output) {
    case "json":
      return `${writeJson(resources.map(plain))}\n`;
    case "name":
      return resources.map((resource) => `${groupResource(resource)}\n`).join("");
    case "wide":
      return wideTable(resources);
    default:
      return resources.map((resource) => `${seedLine(resource)}\n`).join("");
  }
}

/** `apps/v1 • Deployment • namespaced`. */
function seedLine(resource: Resource): string {
  return `${apiVersion(resource)} • ${resource.kind} • ${resource.namespaced ? "namespaced" : "cluster"}`;
}

function plain(resource: Resource): unknown {
  return { ...resource, apiVersion: apiVersion(resource) };
}

/** kubectl api-resources -o wide, column for column. */
function wideTable(resources: readonly Resource[]): string {
  const lines = resources.map((resource) => [
    resource.plural,
    resource.shortNames.join(","),
    apiVersion(resource),
    String(resource.namespaced),
    resource.kind,
    resource.verbs.join(","),
    resource.categories.join(","),
  ]);
  const headers = ["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND", "VERBS", "CATEGORIES"];
  return new TabWriter().layout([headers, ...lines]);
}
