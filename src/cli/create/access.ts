/** `create serviceaccount`, `role`, `clusterrole`, `rolebinding`, `clusterrolebinding`. */
import { OrkaError } from "../../base/mod.ts";
import { resolveResource } from "../../kube/mod.ts";
import { SUBJECT_USER } from "../flags_create.ts";
import { builtIn, type Fields, type Generator, type GeneratorInput, pairs, required } from "./generator.ts";

const RBAC = "rbac.authorization.k8s.io";
const rbac = (kind: string, namespaced: boolean) => builtIn(`${RBAC}/v1`, kind, { namespaced });

export const ACCESS: readonly Generator[] = [
  { words: ["serviceaccount", "sa"], resource: builtIn("v1", "ServiceAccount"), make: () => ({}) },
  { words: ["role"], resource: rbac("Role", true), make: role },
  { words: ["clusterrole"], resource: rbac("ClusterRole", false), make: clusterRole },
  { words: ["rolebinding"], resource: rbac("RoleBinding", true), make: (input) => binding(input, true) },
  {
    words: ["clusterrolebinding"],
    resource: rbac("ClusterRoleBinding", false),
    make: (input) => binding(input, false),
  },
];

async function role(input: GeneratorInput): Promise<Fields> {
  const verbs = verbsOf(input);
  if (input.flags.list("resource").length === 0) {
    throw new OrkaError("usage", "at least one resource must be specified");
  }
  return { rules: await resourceRules(input, verbs) };
}

async function clusterRole(input: GeneratorInput): Promise<Fields> {
  const { flags } = input;
  const aggregation = flags.list("aggregation-rule");
  if (aggregation.length > 0) {
    const matchLabels = pairs(aggregation, "aggregation-rule");
    return { aggregationRule: { clusterRoleSelectors: [{ matchLabels }] }, rules: null };
  }
  const verbs = verbsOf(input);
  const urls = flags.list("non-resource-url");
  if (urls.length + flags.list("resource").length === 0) {
    throw new OrkaError("usage", "one of resource or nonResourceURL must be specified");
  }
  const rules: object[] = flags.list("resource").length === 0 ? [] : await resourceRules(input, verbs);
  return { rules: urls.length === 0 ? rules : [...rules, { nonResourceURLs: urls, verbs }] };
}

function verbsOf({ flags }: GeneratorInput): readonly string[] {
  const verbs = [...new Set(flags.list("verb").filter((verb) => verb !== ""))];
  if (verbs.length === 0) throw new OrkaError("usage", "at least one verb must be specified");
  return verbs.includes("*") ? ["*"] : verbs;
}

/** One rule for each group, in the order of their names. */
async function resourceRules({ flags, cluster }: GeneratorInput, verbs: readonly string[]) {
  const names = flags.list("resource-name").filter((name) => name !== "");
  const groups = new Map<string, string[]>();
  for (const text of flags.list("resource").filter((text) => text !== "")) {
    const { group, resource } = await cluster.resolve((resources) => {
      const [kind = "", ...sub] = text.split("/");
      const suffix = sub.length === 0 ? "" : `/${sub.join("/")}`;
      const [plural = "", ...group] = kind.split(".");
      if (plural === "*") return { group: group.join("."), resource: `*${suffix}` };
      const found = resolveResource(kind, resources);
      return { group: found.group, resource: `${found.plural}${suffix}` };
    });
    const known = groups.get(group) ?? [];
    if (!known.includes(resource)) groups.set(group, [...known, resource]);
  }
  return [...groups].sort(([a], [b]) => a < b ? -1 : 1).map(([group, resources]) => ({
    apiGroups: [group],
    ...(names.length === 0 ? {} : { resourceNames: names }),
    resources,
    verbs,
  }));
}

function binding({ flags }: GeneratorInput, takesRole: boolean): Fields {
  const role = takesRole ? flags.text("role") : undefined, clusterRole = flags.text("clusterrole");
  if ((role ?? "") === "" && (clusterRole ?? "") === "") {
    if (!takesRole) required(flags, "clusterrole");
    throw new OrkaError("usage", "exactly one of clusterrole or role must be specified");
  }
  if (role && clusterRole) {
    throw new OrkaError("usage", "exactly one of clusterrole or role must be specified");
  }
  const named = (kind: string, flag: string) =>
    [...new Set(flags.list(flag))].map((name) => ({ apiGroup: RBAC, kind, name }));
  const accounts = flags.list("serviceaccount").map((text) => {
    const [namespace = "", name = "", ...more] = text.split(":");
    if (name !== "" && namespace !== "" && more.length === 0) {
      return { kind: "ServiceAccount", name, namespace };
    }
    throw new OrkaError("usage", "serviceaccount must be <namespace>:<name>");
  });
  const subjects = [...named("User", SUBJECT_USER), ...named("Group", "group"), ...accounts];
  return {
    roleRef: { apiGroup: RBAC, kind: role ? "Role" : "ClusterRole", name: role || clusterRole },
    ...(subjects.length === 0 ? {} : { subjects }),
  };
}
