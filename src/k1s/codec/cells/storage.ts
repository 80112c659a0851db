/** Cells of storage and of dynamic resource allocation. */
import { age, type CellWriter, name } from "./format.ts";
import { isDefault } from "./network.ts";
import { at, flagAt, type Json, listAt, textAt } from "./read.ts";

const named: CellWriter = (object, context) => [name(object), age(object, context)];

export const STORAGE_CELLS: Readonly<Record<string, CellWriter>> = {
  "storage.k8s.io/storageclasses": (object, context) => [
    isDefaultClass(object) ? `${name(object)} (default)` : name(object),
    textAt(object, "provisioner"),
    textAt(object, "reclaimPolicy", "Delete"),
    textAt(object, "volumeBindingMode", "Immediate"),
    flagAt(object, "allowVolumeExpansion"),
    age(object, context),
  ],
  "storage.k8s.io/volumeattributesclasses": (object, context) => [
    name(object),
    textAt(object, "driverName"),
    age(object, context),
  ],
  "storage.k8s.io/volumeattachments": (object, context) => [
    name(object),
    textAt(object, "spec.attacher"),
    textAt(object, "spec.source.persistentVolumeName"),
    textAt(object, "spec.nodeName"),
    flagAt(object, "status.attached"),
    age(object, context),
  ],
  "storage.k8s.io/csinodes": (object, context) => [
    name(object),
    listAt(object, "spec.drivers").length,
    age(object, context),
  ],
  "storage.k8s.io/csistoragecapacities": (
    object,
  ) => [name(object), textAt(object, "metadata.creationTimestamp")],
  "storage.k8s.io/csidrivers": (object, context) => [
    name(object),
    flagAt(object, "spec.attachRequired", true),
    flagAt(object, "spec.podInfoOnMount"),
    flagAt(object, "spec.storageCapacity"),
    at(object, "spec.tokenRequests") === undefined
      ? "<unset>"
      : listAt(object, "spec.tokenRequests").map((request) => textAt(request, "audience")).join(","),
    flagAt(object, "spec.requiresRepublish"),
    listAt(object, "spec.volumeLifecycleModes").join(",") || "<none>",
    age(object, context),
  ],
  "resource.k8s.io/deviceclasses": named,
  "resource.k8s.io/resourceclaimtemplates": named,
  "resource.k8s.io/resourceclaims": (
    object,
    context,
  ) => [name(object), claimState(object), age(object, context)],
  "resource.k8s.io/resourceslices": (object, context) => [
    name(object),
    textAt(object, "spec.nodeName"),
    textAt(object, "spec.driver"),
    textAt(object, "spec.pool.name"),
    age(object, context),
  ],
};

function isDefaultClass(object: Json): boolean {
  return isDefault(object, "storageclass.kubernetes.io/is-default-class") ||
    isDefault(object, "storageclass.beta.kubernetes.io/is-default-class");
}

function claimState(claim: Json): string {
  const deleted = at(claim, "metadata.deletionTimestamp") !== undefined;
  const allocated = at(claim, "status.allocation") !== undefined;
  return [
    ...(deleted ? ["deleted"] : []),
    ...(allocated ? ["allocated"] : deleted ? [] : ["pending"]),
    ...(allocated && listAt(claim, "status.reservedFor").length > 0 ? ["reserved"] : []),
  ].join(",");
}
