import { apiVersion, groupResource, type Resource } from "../kube/mod.ts";
import type { IdentityTerm, Query, QueryValue } from "./query.ts";
import { anyOf } from "./values.ts";

/** Whether a `k:` value means the kind, in any spelling that kubectl knows. */
export function namesKind(value: QueryValue, resource: Resource): boolean {
  const { kind, plural, singular, shortNames } = resource;
  const test = anyOf([value]);
  if (value.text.includes("/")) {
    return test(`${apiVersion(resource)}/${kind}`) || test(`${apiVersion(resource)}/${plural}`);
  }
  const spellings = [kind, plural, singular, ...shortNames, groupResource(resource)];
  return spellings.some((spelling) => spelling !== "" && test(spelling));
}

/** `core` and `""` mean the group without a name. */
function namesGroup(value: QueryValue, { group }: Resource): boolean {
  return group === "" ? value.text === "core" || anyOf([value])("") : anyOf([value])(group);
}

/** Whether the `k:` and `g:` terms of a query let the kind's objects through. */
export function admitsKind(query: Query, resource: Resource): boolean {
  return query.every((term) => {
    if (term.type !== "kind" && term.type !== "group") return true;
    const names = term.type === "kind" ? namesKind : namesGroup;
    return term.values.some((value) => names(value, resource)) !== term.negated;
  });
}

/** The `k:` and `g:` terms that ask for kinds, rather than leave some out. */
export function kindTerms(query: Query): readonly IdentityTerm[] {
  return query.filter((term): term is IdentityTerm =>
    (term.type === "kind" || term.type === "group") && !term.negated
  );
}

/** The one namespace that a query can only find objects in, spelled out; null when there is none such. */
export function onlyNamespace(query: Query): string | null {
  for (const term of query) {
    if (term.type !== "namespace" || term.negated || term.values.length !== 1) continue;
    const [value] = term.values;
    if (!value!.glob) return value!.text;
  }
  return null;
}
