/** Which checks are whose: by `group/plural`. */
import type { FieldError } from "../../validation/field_error.ts";
import type { JsonObject } from "../object.ts";
import {
  validateClusterRole,
  validateClusterRoleBinding,
  validateRole,
  validateRoleBinding,
  validateRoleRefUpdate,
} from "./access.ts";
import {
  validateIngress,
  validateIngressClass,
  validateIngressClassUpdate,
  validateNetworkPolicy,
  validateNewIngress,
} from "./network.ts";
import {
  validateBudget,
  validateLimitRange,
  validatePriorityClass,
  validatePriorityClassUpdate,
  validateQuota,
  validateQuotaUpdate,
  validateStorageClass,
  validateStorageClassUpdate,
} from "./policy.ts";
import { validateAutoscaler } from "./autoscaler.ts";
import { validateCertificateRequest, validateCertificateRequestUpdate } from "./certificate_request.ts";
import { metadataErrors, pathSegment } from "../metadata_validation.ts";
import {
  validateConfigMap,
  validateConfigMapUpdate,
  validateLease,
  validateNamespace,
  validateSecret,
  validateSecretUpdate,
} from "./configuration.ts";
import { validateDefinitionUpdate, validateNewDefinition } from "./definition.ts";
import { validateEndpoints, validateSlice, validateSliceUpdate } from "./endpoints.ts";
import { validateEvent, validateEventUpdate } from "./event.ts";
import { validateNode, validateNodeUpdate } from "./node.ts";
import { validateVolume, validateVolumeUpdate } from "./persistent_volume.ts";
import { validateRuntimeClass, validateRuntimeClassUpdate } from "./runtime_class.ts";
import { validateService, validateServiceUpdate } from "./service.ts";
import { validateClaim, validateClaimUpdate } from "./persistent_volume_claim.ts";
import {
  validateCronJob,
  validateJob,
  validateJobUpdate,
  validateNewCronJob,
  validateNewJob,
} from "./job.ts";
import { validateNewPod, validatePod, validatePodUpdate } from "./pod.ts";
import { Problems } from "./problems.ts";
import {
  validateChangedStatefulSet,
  validateStatefulSet,
  validateStatefulSetUpdate,
} from "./stateful_set.ts";
import {
  validateDaemonSet,
  validateDeployment,
  validatePodTemplate,
  validateReplicaSet,
  validateReplicationController,
  validateRevision,
  validateRevisionUpdate,
  validateSelectorUpdate,
} from "./workloads.ts";

type Validate = (problems: Problems, object: JsonObject) => void;
type ValidateUpdate = (problems: Problems, object: JsonObject, old: JsonObject) => void;

/** A kind's checks. */
export interface KindChecks {
  /** Of an object as such, at creation and after a change. */
  readonly validate?: Validate;
  /** In the place of `validate` at creation. */
  readonly create?: Validate;
  /** Of a change: what may not. */
  readonly update?: ValidateUpdate;
  /** What is looked at before the object as such. */
  readonly updateFirst?: ValidateUpdate;
  /** Metadata is looked at once more when the object changes. */
  readonly metadataAgain?: true;
}

const KINDS: Readonly<Record<string, KindChecks>> = {
  "/pods": {
    validate: validatePod,
    create: (problems, pod) => (validatePod(problems, pod), validateNewPod(problems, pod)),
    update: validatePodUpdate,
    metadataAgain: true,
  },
  "/serviceaccounts": { metadataAgain: true },
  "/configmaps": { validate: validateConfigMap, updateFirst: validateConfigMapUpdate, metadataAgain: true },
  "/secrets": { validate: validateSecret, updateFirst: validateSecretUpdate, metadataAgain: true },
  "/namespaces": { create: validateNamespace, metadataAgain: true },
  "/services": { validate: validateService, updateFirst: validateServiceUpdate },
  "/endpoints": { validate: validateEndpoints, metadataAgain: true },
  "/events": { create: validateEvent, update: validateEventUpdate },
  "events.k8s.io/events": { create: validateEvent, update: validateEventUpdate },
  "discovery.k8s.io/endpointslices": {
    create: validateSlice,
    update: validateSliceUpdate,
    metadataAgain: true,
  },
  "/resourcequotas": { validate: validateQuota, update: validateQuotaUpdate },
  "/limitranges": { validate: validateLimitRange },
  "rbac.authorization.k8s.io/roles": { validate: validateRole, metadataAgain: true },
  "rbac.authorization.k8s.io/clusterroles": { validate: validateClusterRole, metadataAgain: true },
  "rbac.authorization.k8s.io/rolebindings": {
    validate: validateRoleBinding,
    update: validateRoleRefUpdate,
    metadataAgain: true,
  },
  "rbac.authorization.k8s.io/clusterrolebindings": {
    validate: validateClusterRoleBinding,
    update: validateRoleRefUpdate,
    metadataAgain: true,
  },
  "networking.k8s.io/ingresses": {
    validate: validateIngress,
    create: validateNewIngress,
    metadataAgain: true,
  },
  "networking.k8s.io/ingressclasses": {
    validate: validateIngressClass,
    updateFirst: validateIngressClassUpdate,
    metadataAgain: true,
  },
  "networking.k8s.io/networkpolicies": { validate: validateNetworkPolicy },
  "autoscaling/horizontalpodautoscalers": { validate: validateAutoscaler },
  "policy/poddisruptionbudgets": { validate: validateBudget },
  "scheduling.k8s.io/priorityclasses": {
    create: validatePriorityClass,
    update: validatePriorityClassUpdate,
  },
  "storage.k8s.io/storageclasses": {
    validate: validateStorageClass,
    update: validateStorageClassUpdate,
    metadataAgain: true,
  },
  "coordination.k8s.io/leases": { validate: validateLease },
  "/podtemplates": { validate: validatePodTemplate },
  "/replicationcontrollers": { validate: validateReplicationController },
  "/persistentvolumes": { create: validateVolume, update: validateVolumeUpdate },
  "/nodes": { validate: validateNode, update: validateNodeUpdate },
  "/persistentvolumeclaims": { validate: validateClaim, update: validateClaimUpdate, metadataAgain: true },
  "apiextensions.k8s.io/customresourcedefinitions": {
    create: validateNewDefinition,
    update: validateDefinitionUpdate,
  },
  "certificates.k8s.io/certificatesigningrequests": {
    validate: validateCertificateRequest,
    update: validateCertificateRequestUpdate,
    metadataAgain: true,
  },
  "apps/deployments": { validate: validateDeployment, update: validateSelectorUpdate },
  "apps/replicasets": { validate: validateReplicaSet, update: validateSelectorUpdate },
  "apps/daemonsets": { validate: validateDaemonSet, updateFirst: validateSelectorUpdate },
  "apps/controllerrevisions": {
    validate: validateRevision,
    update: validateRevisionUpdate,
    metadataAgain: true,
  },
  "apps/statefulsets": {
    validate: validateChangedStatefulSet,
    create: validateStatefulSet,
    update: validateStatefulSetUpdate,
  },
  "batch/jobs": {
    validate: validateNewJob,
    // a changed job's spec is looked at twice, and told of twice
    update: (problems, job, old) => (validateJob(problems, job), validateJobUpdate(problems, job, old)),
    metadataAgain: true,
  },
  "batch/cronjobs": { validate: validateCronJob, create: validateNewCronJob },
  "node.k8s.io/runtimeclasses": {
    validate: validateRuntimeClass,
    update: validateRuntimeClassUpdate,
    metadataAgain: true,
  },
  "resource.k8s.io/deviceclasses": { metadataAgain: true },
  "resource.k8s.io/resourceclaims": { metadataAgain: true },
  "resource.k8s.io/resourceclaimtemplates": { metadataAgain: true },
  "storage.k8s.io/csistoragecapacities": { metadataAgain: true },
  "storage.k8s.io/volumeattributesclasses": { metadataAgain: true },
};

/** What is wrong with a new object; nothing for a kind without checks here. */
export function createErrors(key: string, object: JsonObject): FieldError[] {
  const kind = KINDS[key];
  if (kind === undefined) return [];
  const problems = new Problems();
  (kind.create ?? kind.validate)?.(problems, object);
  return problems.list;
}

/** What is wrong with a changed object. */
export function updateErrors(key: string, object: JsonObject, old: JsonObject): FieldError[] {
  const kind = KINDS[key];
  if (kind === undefined) return [];
  const problems = new Problems();
  kind.updateFirst?.(problems, object, old);
  if (kind.metadataAgain) problems.list.push(...metadataErrors(object, pathSegment));
  kind.validate?.(problems, object);
  kind.update?.(problems, object, old);
  return problems.list;
}
