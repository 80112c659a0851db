/** Where a field is: keys of maps, and items of lists by their key, their value or their place. */

export type Scalar = string | number | boolean | null;

export type PathStep =
  | string
  /** An item of a list of maps, by the fields that tell its items apart. */
  | { readonly key: Readonly<Record<string, Scalar>> }
  /** An item of a set. */
  | { readonly value: Scalar }
  | { readonly index: number };

export type FieldPath = readonly PathStep[];

/** `spec.template.spec.containers[name=web].image`, `metadata.annotations["a.b/c"]`, `args[2]`, `finalizers[=x]`. */
export function pathText(path: FieldPath): string {
  let text = "";
  for (const step of path) {
    const part = stepText(step);
    text += part.startsWith("[") || text === "" ? part : `.${part}`;
  }
  return text;
}

function stepText(step: PathStep): string {
  if (typeof step === "string") return /^[\w-]+$/.test(step) ? step : `[${JSON.stringify(step)}]`;
  if ("index" in step) return `[${step.index}]`;
  if ("value" in step) return `[=${String(step.value)}]`;
  const pairs = Object.entries(step.key).map(([name, value]) => `${name}=${String(value)}`);
  return `[${pairs.join(",")}]`;
}

/** The map keys alone, as schemas are asked: `["spec", "containers", "image"]`. */
export function schemaPath(path: FieldPath): readonly string[] {
  return path.filter((step) => typeof step === "string");
}

/** Whether `path` is `parent` or lies below it. */
export function isWithin(path: FieldPath, parent: FieldPath): boolean {
  return path.length >= parent.length && parent.every((step, at) => sameStep(step, path[at]!));
}

function sameStep(a: PathStep, b: PathStep): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isScalar(value: unknown): value is Scalar {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}
