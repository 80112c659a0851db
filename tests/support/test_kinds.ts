/** Custom kinds of tests. */
import type { TestObject } from "./test_objects.ts";

export interface KindOptions {
  /** One of the test's own unless given. */
  readonly group?: string;
  /** First is preferred and stored; `v1` unless given. */
  readonly versions?: readonly string[];
  readonly shortNames?: readonly string[];
  readonly isClusterScoped?: boolean;
  /** Of the table, by JSON path: `{ Size: ".spec.size" }`; the server's own (Name, Age) unless given. */
  readonly columns?: Readonly<Record<string, string>>;
}

/** A definition whose objects may hold anything. */
export function definitionOf(kind: string, group: string, options: KindOptions): TestObject {
  const { versions = ["v1"], shortNames = [], isClusterScoped = false, columns } = options;
  const singular = kind.toLowerCase();
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  const additionalPrinterColumns = Object.entries(columns ?? {})
    .map(([name, jsonPath]) => ({ name, jsonPath, type: "string" }));
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${singular}s.${group}` },
    spec: {
      group,
      scope: isClusterScoped ? "Cluster" : "Namespaced",
      names: { plural: `${singular}s`, singular, kind, shortNames },
      versions: versions.map((name, index) => ({
        name,
        served: true,
        storage: index === 0,
        schema,
        subresources: { status: {} },
        ...(columns === undefined ? {} : { additionalPrinterColumns }),
      })),
    },
  };
}
