/** Roles and their bindings. */
import type { CellInput, Page } from "./document.ts";
import type { Tree } from "./tree.ts";
import { goList, labelsAndAnnotations } from "./values.ts";

interface Rule {
  readonly verbs: readonly string[];
  readonly group: string | null;
  readonly resource: string | null;
  readonly name: string | null;
  readonly url: string | null;
}

/** One line for each resource, name or URL, with the verbs of every rule that grants it. */
export function describeRole(page: Page, role: Tree): void {
  page.field("Name", role.at("metadata.name").text);
  labelsAndAnnotations(page, role);
  page.heading("PolicyRule");
  const rules = compacted(role.at("rules").list.flatMap(brokenDown));
  const sorted = [...rules].sort((a, b) =>
    sortText(a) < sortText(b) ? -1 : sortText(a) > sortText(b) ? 1 : 0
  );
  page.table(["Resources", "Non-Resource URLs", "Resource Names", "Verbs"], sorted.map(row));
}

function brokenDown(rule: Tree): Rule[] {
  const rules: Rule[] = [];
  const names = rule.at("resourceNames").texts;
  for (const group of rule.at("apiGroups").texts) {
    for (const resource of rule.at("resources").texts) {
      for (const verb of rule.at("verbs").texts) {
        for (const name of names.length > 0 ? names : [null]) {
          rules.push({ verbs: [verb], group, resource, name, url: null });
        }
      }
    }
  }
  for (const url of rule.at("nonResourceURLs").texts) {
    for (const verb of rule.at("verbs").texts) {
      rules.push({ verbs: [verb], group: null, resource: null, name: null, url });
    }
  }
  return rules;
}

/** Rules for the same resource become one; rules for URLs stay apart. */
function compacted(rules: readonly Rule[]): Rule[] {
  const byResource = new Map<string, Rule>();
  const urls: Rule[] = [];
  for (const rule of rules) {
    if (rule.url !== null) {
      urls.push(rule);
      continue;
    }
    const key = `${rule.group}\n${rule.resource}\n${rule.name ?? ""}`;
    const known = byResource.get(key);
    byResource.set(key, known ? { ...known, verbs: [...known.verbs, ...rule.verbs] } : rule);
  }
  return [...urls, ...byResource.values()];
}

function bracketed(text: string | null): string {
  return goList(text === null ? [] : [text]);
}

/** The order that kubectl's sort by the rule's printed form gives. */
function sortText({ verbs, group, resource, name, url }: Rule): string {
  return `${goList(verbs)},${bracketed(group)},${bracketed(resource)},${bracketed(name)},${bracketed(url)}`;
}

function row(rule: Rule): CellInput[] {
  return [resourceText(rule), bracketed(rule.url), bracketed(rule.name), goList(rule.verbs)];
}

/** `deployments.apps/scale`. */
function resourceText({ group, resource }: Rule): string {
  if (resource === null) return "";
  const slash = resource.indexOf("/");
  const [plural, subresource] = slash < 0
    ? [resource, ""]
    : [resource.slice(0, slash), resource.slice(slash)];
  return (group === null || group === "" ? plural : `${plural}.${group}`) + subresource;
}

export function describeBinding(page: Page, binding: Tree): void {
  const { kind = "", name = "" } = binding.at("roleRef").map;
  const namespace = kind === "Role" ? binding.at("metadata.namespace").text : "";
  page.field("Name", binding.at("metadata.name").text);
  labelsAndAnnotations(page, binding);
  page.heading("Role");
  page.field("Kind", kind, 2);
  page.field("Name", {
    text: name,
    target: { apiVersion: "rbac.authorization.k8s.io/v1", kind, namespace, name },
  }, 2);
  page.heading("Subjects");
  const rows = binding.at("subjects").list.map((subject) => {
    const { kind = "", name = "", namespace = "" } = subject.map;
    const target = kind === "ServiceAccount" ? { target: { apiVersion: "v1", kind, namespace, name } } : {};
    return [kind, { text: name, ...target }, namespace];
  });
  page.table(["Kind", "Name", "Namespace"], rows);
}
