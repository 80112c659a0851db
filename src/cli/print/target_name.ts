import type { Resource } from "../../kube/mod.ts";

/** `pod/web-0`, `deployment.apps/web`, as kubectl names objects. */
export function targetName(
  { resource: { kind, group }, name }: {
    readonly resource: Pick<Resource, "kind" | "group">;
    readonly name: string;
  },
): string {
  return `${kind.toLowerCase()}${group === "" ? "" : `.${group}`}/${name}`;
}
