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

const notKnown = (path: string) =>
  `${JSON.stringify(path)} is not a known field selector: only "metadata.name", "metadata.namespace"`;
const notSupported = (path: string) => `field label not supported: ${path}`;

/** Kinds whose own conversion words its refusal in its own way. */
const REFUSALS: Readonly<Record<string, FieldLabels["refusal"]>> = {
  "batch/jobs": (path) => `field label ${JSON.stringify(path)} not supported for Job`,
  "resource.k8s.io/resourceslices": (path) =>
    `field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: ${path}`,
};

const ONLY_META: FieldLabels = { readers: META, refusal: notKnown };

export function builtinFieldLabels(group: string, plural: string): FieldLabels {
  const name = group === "events.k8s.io" ? "/events" : `${group}/${plural}`;
  const own = LABELS[name];
  if (own === undefined) return ONLY_META;
  return { readers: { ...META, ...readersOf(own) }, refusal: REFUSALS[name] ?? notSupported };
}

/** Labels of a custom resource: the paths of its `selectableFields`, e.g. `.spec.color`. */
export function customFieldLabels(paths: readonly string[]): FieldLabels {
  return {
    readers: { ...META, ...readersOf(paths.map((path) => path.replace(/^\./, ""))) },
    refusal: paths.length > 0 ? notSupported : notKnown,
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
