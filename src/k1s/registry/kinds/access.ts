/** Roles and bindings. */
import { equal } from "../../patch/mod.ts";
import { pathSegment, subdomain } from "../metadata_validation.ts";
import { type JsonObject, listOf, mapOf, textOf } from "../object.ts";
import { checkSelector } from "./label_selectors.ts";
import { each, type Problems } from "./problems.ts";

const GROUP = "rbac.authorization.k8s.io";

function checkRules(problems: Problems, role: JsonObject, namespaced: boolean): void {
  for (const { item: rule, at: place } of each(role, "rules", "")) {
    const at = place.slice(1);
    const none = (field: string) => listOf(rule, field).length === 0;
    if (none("verbs")) problems.required(`${at}.verbs`, "verbs must contain at least one value");
    if (!none("nonResourceURLs")) {
      if (namespaced) {
        const detail = "namespaced rules cannot apply to non-resource URLs";
        problems.invalid(`${at}.nonResourceURLs`, rule.nonResourceURLs, detail);
      }
      if (!none("apiGroups") || !none("resources") || !none("resourceNames")) {
        const detail = "rules cannot apply to both regular resources and non-resource URLs";
        problems.invalid(`${at}.nonResourceURLs`, rule.nonResourceURLs, detail);
      }
      continue;
    }
    if (none("apiGroups")) {
      problems.required(`${at}.apiGroups`, "resource rules must supply at least one api group");
    }
    if (none("resources")) {
      problems.required(`${at}.resources`, "resource rules must supply at least one resource");
    }
  }
}

export function validateRole(problems: Problems, role: JsonObject): void {
  checkRules(problems, role, true);
}

export function validateClusterRole(problems: Problems, role: JsonObject): void {
  checkRules(problems, role, false);
  const rule = mapOf(role, "aggregationRule");
  const at = "aggregationRule.clusterRoleSelectors";
  if (!rule) return;
  if (listOf(rule, "clusterRoleSelectors").length === 0) {
    const detail = "at least one clusterRoleSelector required if aggregationRule is non-nil";
    problems.required(at, detail);
  }
  for (const { item, at: place } of each(rule, "clusterRoleSelectors", "aggregationRule")) {
    const before = problems.list.length;
    checkSelector(problems, place, item);
    if (problems.list.length > before) problems.invalid(place, null, "invalid label selector.");
  }
}

function checkSubject(problems: Problems, at: string, [subject, namespaced]: [JsonObject, boolean]): void {
  const [kind, name, group] = ["kind", "name", "apiGroup"].map((field) => textOf(subject, field)) as [
    string,
    string,
    string,
  ];
  if (name === "") problems.required(`${at}.name`);
  if (kind === "ServiceAccount") {
    if (name !== "") problems.invalidEach(`${at}.name`, name, subdomain(name, false));
    if (group !== "") problems.notSupported(`${at}.apiGroup`, group, [""]);
    if (!namespaced && textOf(subject, "namespace") === "") problems.required(`${at}.namespace`);
  } else if (kind === "User" || kind === "Group") {
    if (group !== GROUP) problems.notSupported(`${at}.apiGroup`, group, [GROUP]);
  } else problems.notSupported(`${at}.kind`, kind, ["ServiceAccount", "User", "Group"]);
}

function checkBinding(problems: Problems, binding: JsonObject, namespaced: boolean): void {
  const ref = mapOf(binding, "roleRef");
  const group = textOf(ref, "apiGroup");
  if (group !== GROUP) problems.notSupported("roleRef.apiGroup", group, [GROUP]);
  problems.oneOf("roleRef.kind", ref?.kind, namespaced ? ["Role", "ClusterRole"] : ["ClusterRole"]);
  const name = textOf(ref, "name");
  if (name === "") problems.required("roleRef.name");
  else problems.invalidEach("roleRef.name", name, pathSegment(name, false));
  for (const { item, at } of each(binding, "subjects", "")) {
    checkSubject(problems, at.slice(1), [item, namespaced]);
  }
}

export function validateRoleBinding(problems: Problems, binding: JsonObject): void {
  checkBinding(problems, binding, true);
}

export function validateClusterRoleBinding(problems: Problems, binding: JsonObject): void {
  checkBinding(problems, binding, false);
}

export function validateRoleRefUpdate(problems: Problems, binding: JsonObject, old: JsonObject): void {
  if (equal(binding.roleRef ?? null, old.roleRef ?? null)) return;
  const ref = mapOf(binding, "roleRef");
  const shown = { APIGroup: textOf(ref, "apiGroup"), Kind: textOf(ref, "kind"), Name: textOf(ref, "name") };
  problems.invalid("roleRef", shown, "cannot change roleRef");
}
