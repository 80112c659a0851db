/**
 * The smallest object that a CustomResourceDefinition's schema takes, with the fields that its printer columns
 * read: so that a table of any operator's kind has something in it.
 */

interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly minItems?: number;
  readonly minLength?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly "x-kubernetes-int-or-string"?: boolean;
}

export interface CustomResourceDefinition {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly scope: "Namespaced" | "Cluster";
    readonly names: { readonly kind: string; readonly plural: string };
    readonly versions: readonly {
      readonly name: string;
      readonly storage: boolean;
      readonly schema: { readonly openAPIV3Schema: Schema };
      readonly additionalPrinterColumns?: readonly { readonly jsonPath: string }[];
    }[];
  };
}

/** An object for the version that is stored. The server may still refuse it: patterns and CEL rules are not read. */
export function minimalObject(crd: CustomResourceDefinition, name: string, namespace: string): object {
  const version = crd.spec.versions.find((v) => v.storage)!;
  const schema = version.schema.openAPIV3Schema;
  const wanted = (version.additionalPrinterColumns ?? []).map((c) =>
    c.jsonPath.replace(/^\./, "").split(".")
  );
  const body = fill(schema, wanted.filter((path) => path[0] === "spec")) as Record<string, unknown>;
  return {
    ...body,
    apiVersion: `${crd.spec.group}/${version.name}`,
    kind: crd.spec.names.kind,
    metadata: { name, ...(crd.spec.scope === "Namespaced" ? { namespace } : {}) },
  };
}

function fill(schema: Schema, wanted: readonly (readonly string[])[]): unknown {
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum.find((value) => value !== "") ?? schema.enum[0];
  if (schema["x-kubernetes-int-or-string"]) return 1;
  switch (schema.type) {
    case "integer":
    case "number":
      return Math.max(schema.minimum ?? 1, 1);
    case "boolean":
      return true;
    case "array":
      return Array.from({ length: schema.minItems ?? 0 }, () => fill(schema.items ?? {}, []));
    case "object":
      return fillObject(schema, wanted);
    default:
      return text(schema);
  }
}

function fillObject(schema: Schema, wanted: readonly (readonly string[])[]): Record<string, unknown> {
  const filled: Record<string, unknown> = {};
  const names = new Set([...schema.required ?? [], ...wanted.map((path) => path[0]!)]);
  for (const name of names) {
    const property = schema.properties?.[name];
    if (property) {
      const below = wanted.filter((path) => path[0] === name && path.length > 1).map((path) => path.slice(1));
      filled[name] = fill(property, below);
    }
  }
  return filled;
}

function text({ format, pattern, minLength }: Schema): string {
  if (format === "date-time") return "2026-01-01T00:00:00Z";
  if (format === "byte") return "eA==";
  if (pattern?.includes("oci://")) return "oci://example.test/x";
  if (pattern?.includes("http")) return "https://example.test/x";
  if (pattern?.includes("ms|s|m|h")) return "10m";
  return "x".repeat(Math.max(minLength ?? 1, 1));
}
