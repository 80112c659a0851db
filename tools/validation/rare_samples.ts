/** Valid objects of the kinds that operators of clusters write. */
import type { Sample } from "./samples.ts";
import { selector } from "./workload_samples.ts";

const admission = "/apis/admissionregistration.k8s.io/v1";
const flow = "/apis/flowcontrol.apiserver.k8s.io/v1";
const rule = {
  apiGroups: [""],
  apiVersions: ["v1"],
  operations: ["CREATE"],
  resources: ["pods"],
  scope: "Namespaced",
};
const webhook = {
  name: "a.example.com",
  sideEffects: "None",
  admissionReviewVersions: ["v1"],
  clientConfig: { service: { name: "x", namespace: "y", path: "/p", port: 8443 } },
  rules: [rule],
  failurePolicy: "Ignore",
  matchPolicy: "Exact",
  timeoutSeconds: 5,
  namespaceSelector: selector,
  matchConditions: [{ name: "m", expression: "true" }],
};
const schema = {
  type: "object",
  properties: {
    spec: {
      type: "object",
      required: ["size"],
      properties: {
        size: { type: "integer", minimum: 1, maximum: 10, default: 2 },
        mode: { type: "string", enum: ["a", "b"], default: "a" },
        items: {
          type: "array",
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["name"],
          items: { type: "object", required: ["name"], properties: { name: { type: "string" } } },
        },
        tags: { type: "array", "x-kubernetes-list-type": "set", items: { type: "string" } },
        any: { "x-kubernetes-preserve-unknown-fields": true },
        port: { "x-kubernetes-int-or-string": true },
        map: { type: "object", additionalProperties: { type: "string", pattern: "^a" } },
        pod: {
          type: "object",
          "x-kubernetes-embedded-resource": true,
          "x-kubernetes-preserve-unknown-fields": true,
        },
      },
    },
    status: { type: "object", properties: { replicas: { type: "integer" }, selector: { type: "string" } } },
  },
};

const DEFINITION = {
  metadata: { name: "things.validation.example" },
  spec: {
    group: "validation.example",
    scope: "Namespaced",
    names: {
      plural: "things",
      singular: "thing",
      kind: "Thing",
      listKind: "ThingList",
      shortNames: ["th"],
      categories: ["all"],
    },
    conversion: { strategy: "None" },
    preserveUnknownFields: false,
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: schema },
        subresources: {
          status: {},
          scale: {
            specReplicasPath: ".spec.size",
            statusReplicasPath: ".status.replicas",
            labelSelectorPath: ".status.selector",
          },
        },
        additionalPrinterColumns: [{
          name: "Size",
          type: "integer",
          jsonPath: ".spec.size",
          format: "int32",
          description: "d",
          priority: 1,
        }],
        selectableFields: [{ jsonPath: ".spec.mode" }],
      },
      {
        name: "v1beta1",
        served: true,
        storage: false,
        deprecated: true,
        deprecationWarning: "old",
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
};

export const RARE: readonly Sample[] = [
  {
    path: "/api/v1/nodes",
    body: {
      metadata: { name: "validation" },
      spec: {
        podCIDR: "10.0.0.0/24",
        podCIDRs: ["10.0.0.0/24"],
        providerID: "x://y",
        taints: [{ key: "a", value: "b", effect: "NoSchedule" }],
        unschedulable: true,
      },
    },
    create: 24,
    dry: true,
  },
  {
    path: `${admission}/validatingwebhookconfigurations`,
    body: { metadata: { name: "validation" }, webhooks: [webhook] },
    create: 60,
    dry: true,
  },
  {
    path: `${admission}/mutatingwebhookconfigurations`,
    body: { metadata: { name: "validation" }, webhooks: [{ ...webhook, reinvocationPolicy: "IfNeeded" }] },
    create: 12,
    dry: true,
  },
  {
    path: `${admission}/validatingadmissionpolicies`,
    body: {
      metadata: { name: "validation" },
      spec: {
        failurePolicy: "Ignore",
        matchConstraints: { resourceRules: [rule], namespaceSelector: selector },
        validations: [{ expression: "true", message: "m", reason: "Invalid" }],
        variables: [{ name: "v", expression: "1" }],
      },
    },
    create: 14,
    dry: true,
  },
  {
    path: `${admission}/validatingadmissionpolicybindings`,
    body: { metadata: { name: "validation" }, spec: { policyName: "p", validationActions: ["Deny"] } },
    create: 10,
    dry: true,
  },
  {
    path: `${admission}/mutatingadmissionpolicies`,
    body: {
      metadata: { name: "validation" },
      spec: {
        reinvocationPolicy: "Never",
        matchConstraints: { resourceRules: [rule] },
        mutations: [{ patchType: "ApplyConfiguration", applyConfiguration: { expression: "Object{}" } }],
      },
    },
    create: 6,
    dry: true,
  },
  {
    path: `${admission}/mutatingadmissionpolicybindings`,
    body: { metadata: { name: "validation" }, spec: { policyName: "p" } },
    create: 6,
    dry: true,
  },
  {
    path: "/apis/apiregistration.k8s.io/v1/apiservices",
    body: {
      metadata: { name: "v1.none.example" },
      spec: {
        group: "none.example",
        version: "v1",
        groupPriorityMinimum: 10,
        versionPriority: 20,
        service: { name: "x", namespace: "y", port: 443 },
        insecureSkipTLSVerify: true,
      },
    },
    create: 24,
    dry: true,
  },
  {
    path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
    body: DEFINITION,
    create: 240,
    update: 60,
  },
  {
    path: "/apis/node.k8s.io/v1/runtimeclasses",
    body: {
      metadata: { name: "validation" },
      handler: "x",
      overhead: { podFixed: { cpu: "1m" } },
      scheduling: { nodeSelector: { a: "b" }, tolerations: [{ key: "a", operator: "Exists" }] },
    },
    create: 20,
    update: 8,
  },
  {
    path: "/apis/networking.k8s.io/v1/servicecidrs",
    body: { metadata: { name: "validation" }, spec: { cidrs: ["10.97.0.0/24"] } },
    create: 10,
    dry: true,
  },
  {
    path: "/apis/networking.k8s.io/v1/ipaddresses",
    body: {
      metadata: { name: "10.96.200.1" },
      spec: { parentRef: { resource: "services", namespace: "validation", name: "x" } },
    },
    create: 12,
    dry: true,
  },
  {
    path: "/apis/resource.k8s.io/v1/deviceclasses",
    body: {
      metadata: { name: "validation" },
      spec: {
        selectors: [{ cel: { expression: "true" } }],
        config: [{ opaque: { driver: "a.b", parameters: { x: 1 } } }],
      },
    },
    create: 12,
    update: 6,
  },
  {
    path: "/apis/resource.k8s.io/v1/namespaces/validation/resourceclaims",
    body: {
      metadata: { name: "rich" },
      spec: {
        devices: {
          requests: [{
            name: "r",
            exactly: { deviceClassName: "c", allocationMode: "ExactCount", count: 1 },
          }],
        },
      },
    },
    create: 14,
    update: 6,
  },
  {
    path: "/apis/resource.k8s.io/v1/namespaces/validation/resourceclaimtemplates",
    body: {
      metadata: { name: "rich" },
      spec: { spec: { devices: { requests: [{ name: "r", exactly: { deviceClassName: "c" } }] } } },
    },
    create: 6,
    update: 4,
  },
  {
    path: "/apis/resource.k8s.io/v1/resourceslices",
    body: {
      metadata: { name: "validation" },
      spec: {
        driver: "a.b",
        pool: { name: "p", generation: 1, resourceSliceCount: 1 },
        nodeName: "n",
        devices: [{ name: "d", attributes: { x: { string: "y" } }, capacity: { m: { value: "1Gi" } } }],
      },
    },
    create: 14,
    dry: true,
  },
  {
    path: `${flow}/flowschemas`,
    body: {
      metadata: { name: "validation" },
      spec: {
        matchingPrecedence: 5000,
        priorityLevelConfiguration: { name: "global-default" },
        distinguisherMethod: { type: "ByUser" },
        rules: [{
          subjects: [{ kind: "User", user: { name: "none" } }],
          resourceRules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["get"], namespaces: ["*"] }],
        }],
      },
    },
    create: 20,
    dry: true,
  },
  {
    path: `${flow}/prioritylevelconfigurations`,
    body: {
      metadata: { name: "validation" },
      spec: {
        type: "Limited",
        limited: {
          nominalConcurrencyShares: 5,
          lendablePercent: 10,
          limitResponse: { type: "Queue", queuing: { queues: 8, handSize: 2, queueLengthLimit: 5 } },
        },
      },
    },
    create: 20,
    dry: true,
  },
  {
    path: "/apis/certificates.k8s.io/v1/certificatesigningrequests",
    body: {
      metadata: { name: "validation" },
      spec: { signerName: "example.com/s", usages: ["client auth"], request: "AAAA" },
    },
    create: 10,
    dry: true,
  },
];
