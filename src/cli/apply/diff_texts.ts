/** Two states of objects as the texts that `diff` compares: kubectl's YAML, Secrets masked. */
import { maskSecrets, unifiedDiff } from "../../apply/mod.ts";
import { apiVersion, type KubeObject, withoutManagedFields, writeYaml } from "../../kube/mod.ts";
import type { ManifestTarget } from "./manifest_targets.ts";

/** One object before and after; null: not there. Secrets are masked already. */
export interface Difference {
  readonly target: ManifestTarget["target"];
  readonly before: KubeObject | null;
  readonly after: KubeObject | null;
}

export interface TextOptions {
  readonly managedFields: boolean;
}

/** `apps.v1.Deployment.default.web`, as kubectl names what it compares. */
export function fileName({ target: { resource, namespace, name } }: Pick<Difference, "target">): string {
  return `${apiVersion(resource).replace("/", ".")}.${resource.kind}.${namespace}.${name}`;
}

/** Masked, and without managedFields unless they are asked for. */
export function shown(
  { target, before, after }: Difference,
  { managedFields }: TextOptions,
): Difference {
  const [live, merged] = maskSecrets<KubeObject | null>(before, after)
    .map((object) => object === null || managedFields ? object : withoutManagedFields(object));
  return { target, before: live ?? null, after: merged ?? null };
}

export function yamlOf(object: KubeObject | null): string {
  return object === null ? "" : writeYaml(object);
}

/** As `diff -u -N LIVE MERGED` prints the two directories; empty where nothing differs. */
export function directoryDiff(differences: readonly Difference[]): string {
  const named = differences.map((each) => ({ name: fileName(each), ...each }))
    .sort((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  return named.map(({ name, before, after }) => {
    const live = { label: `LIVE/${name}`, text: yamlOf(before) };
    const merged = { label: `MERGED/${name}`, text: yamlOf(after) };
    const text = unifiedDiff(live, merged);
    return text === "" ? "" : `diff -u -N ${live.label} ${merged.label}\n${text}`;
  }).join("");
}
