import { EXIT, OrkaError } from "../../base/mod.ts";
import { apiVersion, findResource, resolveResource, type Resource, writeJson } from "../../kube/mod.ts";
import { type Memory, openMemory, stateDirectory } from "../../persist/mod.ts";
import { findField, loadSchema } from "../../schema/mod.ts";
import { openCluster } from "../cluster.ts";
import { type CliIo, note, safeLines } from "../io.ts";
import { fieldReport, jsonReport, textReport } from "../schema/report.ts";
import type { Command } from "../verbs.ts";

/** `orka schema KIND[.PATH]`: the fields of a kind, with types, docs, defaults, enums and columns. */
export const command: Command = async (io, { flags, args }) => {
  const [spelling] = args;
  if (spelling === undefined || args.length > 1) {
    throw new OrkaError("usage", "schema takes one kind, with a field's path where wanted", {
      hint: "orka schema deploy.spec.strategy",
    });
  }
  const output = flags.text("output") ?? "";
  if (output !== "" && output !== "json") {
    throw new OrkaError("usage", `unable to match a printer suitable for the output format "${output}"`, {
      hint: "-o json is the only one",
    });
  }
  using cluster = await openCluster(io, flags);
  const version = flags.text("api-version");
  const asked = await cluster.resolve((resources) => splitArgument(spelling, inVersion(resources, version)));
  const warnings: string[] = [];
  using memory = await cacheOf(io, warnings);
  const schema = await loadSchema(cluster.client, asked.resource, {
    signal: io.signal,
    cache: memory?.schemas,
    columns: true,
  });
  const path = [asked.path, flags.text("path") ?? ""].filter((part) => part !== "").join(".");
  const levels = flags.on("recursive") ? Infinity : 1;
  const field = fieldReport(schema, findField(schema, path), { levels });
  const text = output === "json"
    ? `${writeJson(jsonReport(schema, field))}\n`
    : safeLines(textReport(schema, field, Math.min(io.stdout.columns, 120)));
  await io.stdout.write(text);
  for (const warning of warnings) await note(io, `Warning: ${warning}`);
  return EXIT.ok;
};

/** null without a home: nothing is cached then. */
async function cacheOf(io: CliIo, warnings: string[]): Promise<Memory | null> {
  const directory = stateDirectory((name) => io.env(name));
  if (directory === null) return null;
  return await openMemory({ directory, clock: io.clock, warn: (message) => warnings.push(message) });
}

function inVersion(resources: readonly Resource[], version: string | undefined): readonly Resource[] {
  if (version === undefined) return resources;
  const found = resources.filter((resource) => apiVersion(resource) === version);
  if (found.length > 0) return found;
  throw new OrkaError("unknown-kind", `the server doesn't serve ${version}`, {
    hint: "orka api-versions lists what it serves",
  });
}

/**
 * `deploy.spec.replicas`, `certificates.cert-manager.io.spec`, `pods`: the longest beginning that is a kind, and the
 * path after it.
 */
function splitArgument(
  spelling: string,
  resources: readonly Resource[],
): { resource: Resource; path: string } {
  const parts = spelling.split(".");
  for (let length = parts.length; length > 0; length--) {
    const kind = parts.slice(0, length).join(".");
    const resource = findResource(kind, resources);
    const path = parts.slice(length).join(".");
    if (resource !== undefined && isWholeGroup(kind, resource)) return { resource, path };
  }
  return { resource: resolveResource(parts[0]!, resources), path: parts.slice(1).join(".") };
}

/** `pods.s` is no kind here, though a group may be cut short elsewhere: it is a path begun. */
function isWholeGroup(kind: string, { group }: Resource): boolean {
  return !kind.includes(".") || kind.includes("/") || kind.toLowerCase().endsWith(`.${group}`);
}
