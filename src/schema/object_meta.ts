/** ObjectMeta for custom kinds: their own schemas leave it to the server. */
import type { SchemaNode } from "./node.ts";

const META_REF = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
const OWNER_REF = "io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference";
const FIELDS_REF = "io.k8s.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry";

const text = (doc: string, more: Partial<SchemaNode> = {}): SchemaNode => ({ type: "string", doc, ...more });
const time = (doc: string): SchemaNode => text(doc, { format: "date-time" });
const words = (doc: string): SchemaNode => ({ type: "map", doc, values: { type: "string" } });
const flag = (doc: string): SchemaNode => ({ type: "boolean", doc });
const whole = (doc: string): SchemaNode => ({ type: "integer", format: "int64", doc });

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/ */
export const META_TYPES: Readonly<Record<string, SchemaNode>> = {
  [META_REF]: {
    type: "object",
    doc: "What every object has: its name, labels, owners, times.",
    fields: {
      annotations: words("Notes for tools and people; nothing selects by them."),
      creationTimestamp: time("When the server made the object. Set by the server."),
      deletionGracePeriodSeconds: whole("Seconds that the object has to end. Set by the server."),
      deletionTimestamp: time("When the object is to be gone. Set by the server at a delete."),
      finalizers: {
        type: "array",
        listType: "set",
        items: { type: "string" },
        doc: "What must be done, each by its own controller, before the object goes.",
      },
      generateName: text("Prefix of a name that the server makes unique, when name is empty."),
      generation: whole("Counts the changes of the desired state. Set by the server."),
      labels: words("Names by which selectors find the object."),
      managedFields: {
        type: "array",
        listType: "atomic",
        items: { type: "object", ref: FIELDS_REF },
        doc: "Who owns which field. Kept by the server.",
      },
      name: text("Unique for its kind within the namespace; cannot be changed."),
      namespace: text("The namespace it lives in; empty for cluster-scoped kinds; cannot be changed."),
      ownerReferences: {
        type: "array",
        listType: "map",
        mapKeys: ["uid"],
        items: { type: "object", ref: OWNER_REF },
        doc: "What it belongs to: it is deleted when all of these are gone.",
      },
      resourceVersion: text("The version of the stored object; a write that names an older one is refused."),
      selfLink: text("Unused today."),
      uid: text("Unique over time and space. Set by the server."),
    },
  },
  [OWNER_REF]: {
    type: "object",
    mapType: "atomic",
    required: ["apiVersion", "kind", "name", "uid"],
    fields: {
      apiVersion: text("API version of the owner."),
      blockOwnerDeletion: flag("A foreground delete of the owner waits for this object."),
      controller: flag("The owner is the controller of this object; there is one at most."),
      kind: text("Kind of the owner."),
      name: text("Name of the owner."),
      uid: text("UID of the owner."),
    },
  },
  [FIELDS_REF]: {
    type: "object",
    fields: {
      apiVersion: text("The version that the fields are of."),
      fieldsType: text("FieldsV1."),
      fieldsV1: { type: "object", preserve: true, doc: "The fields, as a tree of paths." },
      manager: text("Who owns them."),
      operation: text("Apply or Update."),
      subresource: text("The subresource that was written; empty for the object."),
      time: time("When they were last written."),
    },
  },
};

/** apiVersion, kind and metadata, as every whole object has them. */
export const OBJECT_FIELDS: Readonly<Record<string, SchemaNode>> = {
  apiVersion: text("Group and version of the schema that the object is written in, as apps/v1."),
  kind: text("What the object is, as Deployment."),
  metadata: { type: "object", ref: META_REF, doc: "Standard object's metadata." },
};
