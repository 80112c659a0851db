/** Which describer a kind has. */
import type { Resource } from "../kube/mod.ts";
import { describeAutoscaler } from "./autoscaler.ts";
import { describeCronJob, describeJob } from "./batch.ts";
import { describeConfigMap, describeSecret, describeServiceAccount } from "./config.ts";
import type { Describer } from "./context.ts";
import { describeCrd } from "./crd.ts";
import { describeEndpoints, describeEndpointSlice } from "./endpoints.ts";
import { describeGeneric } from "./generic.ts";
import { describeLimitRange, describeNamespace, describeQuota } from "./namespace.ts";
import {
  describeIngress,
  describeIngressClass,
  describeIpAddress,
  describeService,
  describeServiceCidr,
} from "./network.ts";
import { describeNetworkPolicy } from "./network_policy.ts";
import { describeNode } from "./node.ts";
import { describePod } from "./pod.ts";
import { describeDisruptionBudget, describePriorityClass } from "./policy.ts";
import { describeBinding, describeRole } from "./rbac.ts";
import {
  describeClaim,
  describeCsiNode,
  describeStorageClass,
  describeVolume,
  describeVolumeAttributesClass,
} from "./storage.ts";
import {
  describeDaemonSet,
  describeDeployment,
  describeReplicaSet,
  describeStatefulSet,
} from "./workloads.ts";

/** By `Kind.group`; versions of a group share one. */
const DESCRIBERS: Readonly<Record<string, Describer>> = {
  "ConfigMap.": describeConfigMap,
  "Endpoints.": describeEndpoints,
  "LimitRange.": describeLimitRange,
  "Namespace.": describeNamespace,
  "Node.": describeNode,
  "PersistentVolume.": describeVolume,
  "PersistentVolumeClaim.": describeClaim,
  "Pod.": describePod,
  "ReplicationController.": describeReplicaSet,
  "ResourceQuota.": describeQuota,
  "Secret.": describeSecret,
  "Service.": describeService,
  "ServiceAccount.": describeServiceAccount,
  "DaemonSet.apps": describeDaemonSet,
  "Deployment.apps": describeDeployment,
  "ReplicaSet.apps": describeReplicaSet,
  "StatefulSet.apps": describeStatefulSet,
  "HorizontalPodAutoscaler.autoscaling": describeAutoscaler,
  "CronJob.batch": describeCronJob,
  "Job.batch": describeJob,
  "EndpointSlice.discovery.k8s.io": describeEndpointSlice,
  "Ingress.networking.k8s.io": describeIngress,
  "IPAddress.networking.k8s.io": describeIpAddress,
  "IngressClass.networking.k8s.io": describeIngressClass,
  "NetworkPolicy.networking.k8s.io": describeNetworkPolicy,
  "ServiceCIDR.networking.k8s.io": describeServiceCidr,
  "PodDisruptionBudget.policy": describeDisruptionBudget,
  "ClusterRole.rbac.authorization.k8s.io": describeRole,
  "ClusterRoleBinding.rbac.authorization.k8s.io": describeBinding,
  "Role.rbac.authorization.k8s.io": describeRole,
  "RoleBinding.rbac.authorization.k8s.io": describeBinding,
  "PriorityClass.scheduling.k8s.io": describePriorityClass,
  "CSINode.storage.k8s.io": describeCsiNode,
  "StorageClass.storage.k8s.io": describeStorageClass,
  "VolumeAttributesClass.storage.k8s.io": describeVolumeAttributesClass,
  "CustomResourceDefinition.apiextensions.k8s.io": describeCrd,
};

/** Kinds whose description ends without events, as kubectl's does. */
const WITHOUT_EVENTS = new Set([
  "LimitRange.",
  "Namespace.",
  "ResourceQuota.",
  "Secret.",
  "NetworkPolicy.networking.k8s.io",
  "ClusterRole.rbac.authorization.k8s.io",
  "ClusterRoleBinding.rbac.authorization.k8s.io",
  "Role.rbac.authorization.k8s.io",
  "RoleBinding.rbac.authorization.k8s.io",
]);

/** The describer of a kind; kinds without one of their own are described by their fields. */
export function describerOf(
  resource: Pick<Resource, "group" | "kind">,
): { describer: Describer; events: boolean } {
  const key = `${resource.kind}.${resource.group}`;
  return { describer: DESCRIBERS[key] ?? describeGeneric, events: !WITHOUT_EVENTS.has(key) };
}
