/** `apps/v1/Deployment`, `v1/Pod`: an object's kind as the file spells it. */

export function gvkText({ apiVersion, kind }: { apiVersion: string; kind: string }): string {
  return `${apiVersion}/${kind}`;
}

export function parseGvk(gvk: string): { readonly apiVersion: string; readonly kind: string } {
  const at = gvk.lastIndexOf("/");
  return { apiVersion: gvk.slice(0, Math.max(at, 0)), kind: gvk.slice(at + 1) };
}

/** GLOBs for the kind in every version of its group: what matches, and what of that does not belong. */
export function anyVersion({ apiVersion, kind }: { apiVersion: string; kind: string }): [string, string] {
  const slash = apiVersion.indexOf("/");
  return slash < 0
    ? [`*/${kind}`, `*/*/${kind}`]
    : [`${apiVersion.slice(0, slash)}/*/${kind}`, `*/*/*/${kind}`];
}
