/** The flags of `create KIND`: kubectl's names for what its generators take. */
import { flag, type FlagSpec } from "./flags.ts";
import { CREATE_COMMON } from "./flags_manifests.ts";

/** The flag of `create rolebinding`; `--user` means the kubeconfig's user everywhere else. */
export const SUBJECT_USER = "subject-user";

const of =
  (kinds: string) =>
  (spelling: string, type: FlagSpec["type"], about: string, more: Partial<FlagSpec> = {}) =>
    flag("Command", spelling, type, `${kinds}: ${about}`, more);

const workload = of("deployment, job, cronjob");
const data = of("configmap, secret");
const secret = of("secret");
const service = of("service");
const ingress = of("ingress");
const role = of("role, clusterrole");
const binding = of("rolebinding, clusterrolebinding");
const budget = of("pdb");
const quota = of("quota");
const priority = of("priorityclass");
const token = of("token");
const file = { completes: "file" } as const;

export const CREATE_FLAGS: readonly FlagSpec[] = [
  ...CREATE_COMMON,
  workload("image IMAGE", "list", "the container's image; of deployments it repeats"),
  flag("Command", "r|replicas N", "count", "deployment: how many (default 1)"),
  flag("Command", "port N", "text", "deployment: the port that the container opens"),
  flag("Command", "from cronjob/NAME", "text", "job: a run of this cronjob"),
  flag("Command", "schedule SCHEDULE", "text", "cronjob: when, as in cron"),
  flag("Command", "restart POLICY", "text", "cronjob: OnFailure (default) or Never"),
  data("from-literal KEY=VALUE", "texts", "a key and its value; repeats"),
  data("from-file [KEY=]FILE", "list", "a file, or all of a directory; repeats", file),
  data("from-env-file FILE", "list", "KEY=VALUE lines", file),
  data("append-hash", "bool", "a hash of the data behind the name"),
  secret("type TYPE", "text", "generic: its type"),
  secret("docker-server URL", "text", "docker-registry: the registry"),
  secret("docker-username NAME", "text", "docker-registry"),
  secret("docker-password PASSWORD", "text", "docker-registry"),
  secret("docker-email EMAIL", "text", "docker-registry"),
  secret("cert FILE", "text", "tls: the certificate, PEM", file),
  secret("key FILE", "text", "tls: its key, PEM", file),
  service("tcp PORT[:TARGET]", "list", "a port and where it leads; repeats"),
  service("clusterip IP", "text", "clusterip: the address, or None"),
  service("node-port N", "text", "nodeport: the port of the nodes"),
  service("external-name NAME", "text", "externalname: the DNS name"),
  ingress(
    "rule RULE",
    "texts",
    "host/path=service:port[,tls[=secret]], a * behind the path takes all below; repeats",
  ),
  ingress("default-backend SERVICE:PORT", "text", "where everything else goes"),
  ingress("class NAME", "text", "the ingress class"),
  ingress("annotation KEY=VALUE", "texts", "an annotation; repeats"),
  role("verb VERBS", "list", "what is allowed"),
  role("resource KINDS", "list", "on which kinds: pods, deployments.apps/scale"),
  role("resource-name NAME", "texts", "on these objects alone; repeats"),
  role("non-resource-url URLS", "list", "clusterrole: on these URLs"),
  role("aggregation-rule LABELS", "list", "clusterrole: the rules of those with these labels"),
  binding("role NAME", "text", "rolebinding: the role"),
  binding("clusterrole NAME", "text", "the cluster role"),
  // kubectl's --user names a subject here, and the kubeconfig's user with every other kind
  binding(`${SUBJECT_USER}|user NAME`, "texts", "a user (--user); repeats"),
  binding("group NAME", "texts", "a group; repeats"),
  binding("serviceaccount NAMESPACE:NAME", "texts", "a service account; repeats"),
  quota("hard LIMITS", "list", "cpu=1,pods=10"),
  quota("scopes SCOPES", "list", "BestEffort, NotTerminating, …"),
  budget("min-available N", "text", "a number or a percentage"),
  budget("max-unavailable N", "text", "a number or a percentage"),
  priority("value N", "text", "how much more important"),
  priority("global-default", "bool", "of pods that name no class"),
  priority("preemption-policy POLICY", "text", "PreemptLowerPriority (default) or Never"),
  priority("description TEXT", "text", "what it is for"),
  token("audience NAME", "texts", "who may be shown it; repeats"),
  token("duration TIME", "text", "how long it lasts"),
  token("bound-object-kind KIND", "text", "ends with this object: Pod, Secret, Node"),
  token("bound-object-name NAME", "text", "its name"),
  token("bound-object-uid UID", "text", "its uid"),
];
