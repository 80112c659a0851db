/** Two custom kinds of a run: a namespaced one with everything a schema may say, and an open cluster-scoped one. */
import type { Json } from "../../src/k1s/registry/mod.ts";
import type { FieldMaker } from "./fields.ts";

/** The run's own, so that runs do not meet. */
export const GROUP = "$NS.orka.dev";

const string = { type: "string" };
const integer = { type: "integer" };

const widgetSchema = {
  type: "object",
  properties: {
    spec: {
      type: "object",
      required: ["size"],
      properties: {
        size: { type: "integer", minimum: 0, maximum: 10 },
        colour: { type: "string", enum: ["red", "green", "blue"], default: "red" },
        title: { type: "string", maxLength: 8, pattern: "^[a-z]*$", nullable: true },
        replicas: { type: "integer", default: 1 },
        port: { "x-kubernetes-int-or-string": true },
        when: { type: "string", format: "date-time" },
        open: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
        tags: { type: "array", items: string, "x-kubernetes-list-type": "set" },
        parts: {
          type: "array",
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["name"],
          items: {
            type: "object",
            required: ["name"],
            properties: { name: string, count: { type: "integer", default: 2 }, note: string },
          },
        },
        atoms: { type: "array", items: integer },
        whole: {
          type: "object",
          "x-kubernetes-map-type": "atomic",
          properties: { a: string, b: string },
        },
        limits: { type: "object", additionalProperties: { type: "string" } },
      },
    },
    status: {
      type: "object",
      properties: { replicas: integer, selector: string, phase: string },
    },
  },
};

export const definitions: readonly Json[] = [
  {
    metadata: { name: `widgets.${GROUP}` },
    spec: {
      group: GROUP,
      scope: "Namespaced",
      names: {
        plural: "widgets",
        singular: "widget",
        kind: "Widget",
        listKind: "WidgetList",
        shortNames: ["wd"],
      },
      versions: [{
        name: "v1",
        served: true,
        storage: true,
        subresources: {
          status: {},
          scale: {
            specReplicasPath: ".spec.replicas",
            statusReplicasPath: ".status.replicas",
            labelSelectorPath: ".status.selector",
          },
        },
        selectableFields: [{ jsonPath: ".spec.colour" }],
        additionalPrinterColumns: [
          { name: "Colour", type: "string", jsonPath: ".spec.colour" },
          { name: "Size", type: "integer", jsonPath: ".spec.size" },
        ],
        schema: { openAPIV3Schema: widgetSchema },
      }],
    },
  },
  {
    metadata: { name: `gadgets.${GROUP}` },
    spec: {
      group: GROUP,
      scope: "Cluster",
      names: { plural: "gadgets", singular: "gadget", kind: "Gadget", listKind: "GadgetList" },
      versions: [{
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
        },
      }],
    },
  },
];

export const WIDGET: { readonly fields: readonly FieldMaker[]; readonly status: readonly FieldMaker[] } = {
  fields: [
    ["spec.size", (p) => p.of<Json>([0, 3, 10, 11, -1, "3", null])],
    ["spec.colour", (p) => p.of<Json>(["red", "green", "pink", null])],
    ["spec.title", (p) => p.of<Json>(["abc", "ABC", "muchtoolong", null, ""])],
    ["spec.port", (p) => p.of<Json>([80, "http", true])],
    ["spec.when", (p) => p.of(["2001-02-03T04:05:06Z", "later"])],
    ["spec.open", (p) => p.of<Json>([{ x: 1 }, { y: { z: [1] } }, {}])],
    ["spec.open.more", (p) => p.of<Json>([1, "s", [1, 2]])],
    ["spec.tags", (p) => p.of<Json>([["a"], ["a", "b"], ["b", "c"], ["a", "a"], []])],
    [
      "spec.parts",
      (p) => p.some<Json>([{ name: "x", count: p.below(3) }, { name: "y", note: "n" }, { name: "z" }], 0.5),
    ],
    [
      "spec.parts",
      (p) => p.of<Json>([[{ name: "x" }, { name: "x" }], [{ count: 1 }], [{ name: "y", note: "m" }]]),
    ],
    ["spec.atoms", (p) => p.of<Json>([[1], [1, 2], [2, 2], []])],
    ["spec.whole", (p) => p.of<Json>([{ a: "1" }, { a: "1", b: "2" }, {}])],
    ["spec.limits.cpu", (p) => p.of(["1", "2"])],
    ["spec.limits.mem", (p) => p.of<Json>(["1Gi", null])],
    ["spec.replicas", (p) => p.of([0, 1, 3])],
    ["spec.unknown", () => "x"],
    ["status.phase", () => "Set"],
  ],
  status: [
    ["replicas", (p) => p.below(4)],
    ["phase", (p) => p.of(["New", "Old"])],
    ["selector", (p) => p.of(["a=b", ""])],
  ],
};

export const GADGET: { readonly fields: readonly FieldMaker[] } = {
  fields: [
    ["spec.a", (p) => p.of<Json>([1, "x", null, { deep: [1, { b: 2 }] }])],
    ["spec.list", (p) => p.of<Json>([[1, 2], ["a"], []])],
    ["other", (p) => p.of<Json>([{ k: "v" }, 1.5, true])],
    ["status.phase", () => "On"],
  ],
};
