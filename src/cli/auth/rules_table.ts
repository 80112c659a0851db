/** `auth can-i --list`: rules taken apart, put together by what they are about, and laid out as kubectl does. */
import { TabWriter } from "../print/tab_writer.ts";
import type { PolicyRule } from "./reviews.ts";

export function rulesTable(
  rules: readonly PolicyRule[],
  { noHeaders }: { readonly noHeaders: boolean },
): string {
  const header = ["Resources", "Non-Resource URLs", "Resource Names", "Verbs"];
  const rows = compact(rules.flatMap(parts)).sort(byText).map(rowOf);
  return new TabWriter().layout(noHeaders ? rows : [header, ...rows]);
}

/** One rule a resource and name, and one a path. */
function parts({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): PolicyRule[] {
  const names = resourceNames.length === 0 ? [[]] : resourceNames.map((name) => [name]);
  const ofResources = apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      names.map((resourceNames) => ({
        verbs,
        apiGroups: [group],
        resources: [resource],
        resourceNames,
        nonResourceURLs: [],
      }))
    )
  );
  const ofPaths = nonResourceURLs.map((url) => ({
    verbs,
    apiGroups: [],
    resources: [],
    resourceNames: [],
    nonResourceURLs: [url],
  }));
  return [...ofResources, ...ofPaths];
}

/** Paths stay as they are, as often as roles name them. */
function compact(rules: readonly PolicyRule[]): PolicyRule[] {
  const merged = new Map<string, PolicyRule>();
  for (const rule of rules) {
    const { apiGroups, resources, resourceNames, nonResourceURLs, verbs } = rule;
    const isSimple = nonResourceURLs.length === 0;
    const about = [apiGroups, resources, resourceNames];
    const key = JSON.stringify(isSimple ? about : [nonResourceURLs, merged.size]);
    const known = merged.get(key);
    merged.set(
      key,
      known === undefined ? rule : { ...known, verbs: [...new Set([...known.verbs, ...verbs])] },
    );
  }
  return [...merged.values()];
}

/** kubectl sorts by its text of a rule, which begins with the verbs. */
function byText(a: PolicyRule, b: PolicyRule): number {
  const [left, right] = [a, b].map(ruleText) as [string, string];
  return left < right ? -1 : left > right ? 1 : 0;
}

function ruleText({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): string {
  return `Verbs:${goList(verbs)},APIGroups:${goList(apiGroups)},Resources:${goList(resources)},` +
    `ResourceNames:${goList(resourceNames)},NonResourceURLs:${goList(nonResourceURLs)}`;
}

function rowOf({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): string[] {
  const [resource = "", group = ""] = [resources[0], apiGroups[0]];
  const [plural, ...subresource] = resource.split("/");
  const name = group === "" ? resource : [`${plural}.${group}`, ...subresource].join("/");
  return [name, goList(nonResourceURLs), goList(resourceNames), goList(verbs)];
}

/** As Go prints a list of words. */
export function goList(words: readonly string[]): string {
  return `[${words.join(" ")}]`;
}
