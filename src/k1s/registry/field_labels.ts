/** Field labels that the built-in kinds can be selected by. */
import { at, type Json as Read } from "../codec/cells/read.ts";
import { metaOf, textOf } from "./object.ts";
import type { FieldLabels, FieldReader } from "./selection.ts";

const META: Readonly<Record<string, FieldReader>> = {
  "metadata.name": (object) => textOf(metaOf(object), "name"),
  "metadata.namespace": (object) => textOf(metaOf(object), "namespace"),
};

/** Dotted paths whose value as text is the label's; a second part after ` = ` names an absent one. */
const LABELS: Readonly<Record<string, readonly string[]>> = {
  "/pods": [
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.schedulerName",
    "spec.serviceAccountName",
    "spec.hostNetwork = false",
    "status.phase",
    "status.podIP",
    "status.podIPs",
    "status.nominatedNodeName",
  ],
  "/events": [
    "involvedObject.kind",
    "involvedObject.namespace",
    "involvedObject.name",
    "involvedObject.uid",
    "involvedObject.apiVersion",
    "involvedObject.resourceVersion",
    "involvedObject.fieldPath",
    "reason",
    "reportingComponent",
    "source",
    "type",
  ],
  "/secrets": ["type"],
  "/namespaces": ["status.phase"],
  "/nodes": ["spec.unschedulable = false"],
  "/services": ["spec.clusterIP", "spec.type"],
  "/replicationcontrollers": ["status.replicas = 0"],
  "apps/replicasets": ["status.replicas = 0"],
  "batch/jobs": ["status.successful = 0"],
  "certificates.k8s.io/certificatesigningrequests": ["spec.signerName"],
  "resource.k8s.io/resourceslices": ["spec.nodeName", "spec.driver"],
};

/** Labels that read another field than their own path. */
const READ_FROM: Readonly<Record<string, FieldReader>> = {
  "status.podIP": (object) => text(at(object, "status.podIP"), ""),
  "status.successful": (object) => text(at(object, "status.succeeded"), "0"),
  source: (object) => text(at(object, "source.component"), "") || text(at(object, "reportingComponent"), ""),
  reportingComponent: (object) => text(at(object, "reportingComponent"), ""),
};

/** Kinds whose refusals name their labels' own function. */
const ONLY_META: FieldLabels = { readers: META, own: false };

export function builtinFieldLabels(group: string, plural: string): FieldLabels {
  const own = LABELS[group === "events.k8s.io" ? "/events" : `${group}/${plural}`];
  return own === undefined ? ONLY_META : { readers: { ...META, ...readersOf(own) }, own: true };
}

/** Labels of a custom resource: the paths of its `selectableFields`, e.g. `.spec.color`. */
export function customFieldLabels(paths: readonly string[]): FieldLabels {
  return {
    readers: { ...META, ...readersOf(paths.map((path) => path.replace(/^\./, ""))) },
    own: paths.length > 0,
  };
}

function readersOf(labels: readonly string[]): Record<string, FieldReader> {
  return Object.fromEntries(labels.map((label) => {
    const [path = "", absent = ""] = label.split(" = ");
    return [path, READ_FROM[path] ?? ((object) => text(at(object, path), absent))];
  }));
}

function text(value: Read, absent: string): string {
  return value === undefined || value === null ? absent : String(value);
}
