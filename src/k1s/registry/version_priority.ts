/** Versions in order of preference: v2, v1, v2beta1, v1beta2, v1alpha1, then all others by name. */
const VERSION = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/;
const STAGES = ["alpha", "beta", undefined];

/** Negative when `a` is preferred. https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#version-priority */
export function compareVersions(a: string, b: string): number {
  const [one, other] = [VERSION.exec(a), VERSION.exec(b)];
  if (!one || !other) return Number(other !== null) - Number(one !== null) || (a < b ? -1 : a > b ? 1 : 0);
  return STAGES.indexOf(other[2]) - STAGES.indexOf(one[2]) || Number(other[1]) - Number(one[1]) ||
    Number(other[3] ?? 0) - Number(one[3] ?? 0);
}
