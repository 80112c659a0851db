/** Cells of RBAC, admission, disruption, scheduling, certificates, leases, flow control and aggregated APIs. */
import { humanDuration } from "../../../kube/mod.ts";
import { age, type CellContext, type CellWriter, condition, name, type TableCell } from "./format.ts";
import { at, flagAt, type Json, listAt, numberAt, scalarAt, textAt } from "./read.ts";

const created: CellWriter = (object) => [name(object), textAt(object, "metadata.creationTimestamp")];

const counted = (path: string): CellWriter => (object, context) => [
  name(object),
  listAt(object, path).length,
  age(object, context),
];

const admissionPolicy = (path: string): CellWriter => (object, context) => [
  name(object),
  listAt(object, path).length,
  at(object, "spec.paramKind") === undefined
    ? "<unset>"
    : `${textAt(object, "spec.paramKind.apiVersion")}/${textAt(object, "spec.paramKind.kind")}`,
  age(object, context),
];

export const POLICY_CELLS: Readonly<Record<string, CellWriter>> = {
  "rbac.authorization.k8s.io/roles": created,
  "rbac.authorization.k8s.io/clusterroles": created,
  "rbac.authorization.k8s.io/rolebindings": bindingCells,
  "rbac.authorization.k8s.io/clusterrolebindings": bindingCells,
  "apiextensions.k8s.io/customresourcedefinitions": created,
  "apiregistration.k8s.io/apiservices": (object, context) => [
    name(object),
    at(object, "spec.service") === undefined
      ? "Local"
      : `${textAt(object, "spec.service.namespace")}/${textAt(object, "spec.service.name")}`,
    available(object),
    age(object, context),
  ],
  "admissionregistration.k8s.io/mutatingwebhookconfigurations": counted("webhooks"),
  "admissionregistration.k8s.io/validatingwebhookconfigurations": counted("webhooks"),
  "admissionregistration.k8s.io/mutatingadmissionpolicies": admissionPolicy("spec.mutations"),
  "admissionregistration.k8s.io/validatingadmissionpolicies": admissionPolicy("spec.validations"),
  "admissionregistration.k8s.io/mutatingadmissionpolicybindings": policyBindingCells,
  "admissionregistration.k8s.io/validatingadmissionpolicybindings": policyBindingCells,
  "policy/poddisruptionbudgets": (object, context) => [
    name(object),
    scalarAt(object, "spec.minAvailable", "N/A"),
    scalarAt(object, "spec.maxUnavailable", "N/A"),
    numberAt(object, "status.disruptionsAllowed"),
    age(object, context),
  ],
  "scheduling.k8s.io/priorityclasses": (object, context) => [
    name(object),
    numberAt(object, "value"),
    flagAt(object, "globalDefault"),
    age(object, context),
    textAt(object, "preemptionPolicy"),
  ],
  "coordination.k8s.io/leases": (object, context) => [
    name(object),
    textAt(object, "spec.holderIdentity"),
    age(object, context),
  ],
  "node.k8s.io/runtimeclasses": (
    object,
    context,
  ) => [name(object), textAt(object, "handler"), age(object, context)],
  "certificates.k8s.io/certificatesigningrequests": (object, context) => {
    const seconds = at(object, "spec.expirationSeconds");
    return [
      name(object),
      age(object, context),
      textAt(object, "spec.signerName", "<none>"),
      textAt(object, "spec.username"),
      typeof seconds === "number" ? humanDuration(seconds * 1000) : "<none>",
      requestStatus(object),
    ];
  },
  "flowcontrol.apiserver.k8s.io/flowschemas": (object, context) => [
    name(object),
    textAt(object, "spec.priorityLevelConfiguration.name"),
    numberAt(object, "spec.matchingPrecedence"),
    textAt(object, "spec.distinguisherMethod.type", "<none>"),
    age(object, context),
    textAt(condition(object, "Dangling"), "status", "?"),
  ],
  "flowcontrol.apiserver.k8s.io/prioritylevelconfigurations": (object, context) => [
    name(object),
    textAt(object, "spec.type"),
    cellAt(object, "spec.limited.nominalConcurrencyShares"),
    cellAt(object, "spec.limited.limitResponse.queuing.queues"),
    cellAt(object, "spec.limited.limitResponse.queuing.handSize"),
    cellAt(object, "spec.limited.limitResponse.queuing.queueLengthLimit"),
    age(object, context),
  ],
};

function bindingCells(binding: Json, context: CellContext): TableCell[] {
  const subjects = listAt(binding, "subjects");
  const named = (kind: string, text: (subject: Json) => string) =>
    subjects.filter((subject) => textAt(subject, "kind") === kind).map(text).join(", ");
  return [
    name(binding),
    `${textAt(binding, "roleRef.kind")}/${textAt(binding, "roleRef.name")}`,
    age(binding, context),
    named("User", (subject) => textAt(subject, "name")),
    named("Group", (subject) => textAt(subject, "name")),
    named("ServiceAccount", (subject) => `${textAt(subject, "namespace")}/${textAt(subject, "name")}`),
  ];
}

function policyBindingCells(binding: Json, context: CellContext): TableCell[] {
  const parameter = textAt(binding, "spec.paramRef.name");
  const reference = parameter === ""
    ? "<unset>"
    : `${textAt(binding, "spec.paramRef.namespace", "*")}/${parameter}`;
  return [name(binding), textAt(binding, "spec.policyName"), reference, age(binding, context)];
}

function available(service: Json): string {
  const found = condition(service, "Available");
  if (found === undefined) return "Unknown";
  const status = textAt(found, "status"), reason = textAt(found, "reason");
  return status === "True" || reason === "" ? status : `${status} (${reason})`;
}

function requestStatus(request: Json): string {
  const has = (type: string) => condition(request, type) !== undefined;
  return [
    has("Denied") ? "Denied" : has("Approved") ? "Approved" : "Pending",
    ...(has("Failed") ? ["Failed"] : []),
    ...(textAt(request, "status.certificate") === "" ? [] : ["Issued"]),
  ].join(",");
}

function cellAt(object: Json, path: string): TableCell {
  const found = at(object, path);
  return typeof found === "number" ? found : "<none>";
}
