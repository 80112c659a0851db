/** What the kubectl commands of the tests read, by file name. `{ns}` is the namespace that a group works in. */

/** A deployment that no controller has anything to do for. */
const deployment = (image: string, more = "") =>
  `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app: web}
spec:
  replicas: 0
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: c
        image: ${image}
        ports: [{containerPort: 80}]
${more}`;

const configMap = (value: string) =>
  `apiVersion: v1
kind: ConfigMap
metadata: {name: kept, labels: {part: one}}
data: {value: "${value}"}
`;

/** A request of "jane" of "dev" for a certificate (P-256; its key was thrown away), to a signer that nobody is. */
const signing = (name: string) =>
  `apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: {name: "${name}"}
spec:
  signerName: {ns}.orka.dev/nobody
  usages: [client auth]
  request: ${JANE}
`;

/** PKCS #10 as PEM as base64. */
const JANE = [
  "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIWE1IOENBUUF3SFRFTk1Bc0dBMVVFQXd3RWFtRnVaVEVNTUFv",
  "R0ExVUVDZ3dEWkdWMk1Ga3dFd1lIS29aSQp6ajBDQVFZSUtvWkl6ajBEQVFjRFFnQUUxL3RDN0puYURubDdrcitDVHBsc1IyUjVJ",
  "SFRDKzhwTFlsaHdlcjUrClg3bGw4aHdwRkhoTDJSN0pSNDhWYmxvNmdLbHlZVyt0TW54dnVwUEI4cWYrcjZBQU1Bb0dDQ3FHU000",
  "OUJBTUMKQTBnQU1FVUNJUURQbWszUnlFQXIrOC9vY3VOM3NzWmcvMm15UG92WW9vWUdTditGL1cwK3B3SWdBL2VLVzMwZQp1SGpD",
  "cEtKK0FqSTFma1FFMzRKVkUxdTg0ZGpLakVPUS9lST0KLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg==",
].join("");

const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.{ns}.orka.dev}
spec:
  group: {ns}.orka.dev
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget, listKind: WidgetList, shortNames: [wd], categories: [toys]}
  versions:
  - name: v1
    served: true
    storage: true
    subresources:
      status: {}
      scale: {specReplicasPath: .spec.size, statusReplicasPath: .status.size}
    additionalPrinterColumns:
    - {name: Size, type: integer, jsonPath: .spec.size}
    - {name: Colour, type: string, jsonPath: .spec.colour, priority: 1}
    schema:
      openAPIV3Schema:
        type: object
        required: [spec]
        properties:
          spec:
            type: object
            description: What a widget should be.
            required: [size]
            properties:
              size: {type: integer, minimum: 0, description: How large it is.}
              colour: {type: string, enum: [red, blue], default: red}
              parts:
                type: array
                x-kubernetes-list-type: map
                x-kubernetes-list-map-keys: [name]
                items:
                  type: object
                  required: [name]
                  properties: {name: {type: string}, weight: {type: number}}
          status:
            type: object
            properties: {size: {type: integer}}
`;

const widget = (size: string) =>
  `apiVersion: {ns}.orka.dev/v1
kind: Widget
metadata: {name: w1}
spec: {size: ${size}}
`;

/** A pod that no scheduler takes. */
const pod = `apiVersion: v1
kind: Pod
metadata: {name: idle, labels: {app: idle}}
spec:
  schedulerName: nobody
  containers:
  - name: main
    image: busybox:1
    command: [sleep, "1000"]
    env: [{name: A, value: "1"}]
    resources: {requests: {cpu: 10m}, limits: {memory: 64Mi}}
  volumes:
  - {name: scratch, emptyDir: {}}
`;

export const FILES: Readonly<Record<string, string>> = {
  "signing.yaml": signing("{ns}"),
  "signing-2.yaml": signing("{ns}-2"),
  "deploy.yaml": deployment("nginx:1"),
  "deploy2.yaml": deployment("nginx:2", "        env: [{name: MODE, value: fast}]\n"),
  "cm.yaml": configMap("1"),
  "cm2.yaml": configMap("2"),
  "two.yaml": `${configMap("1")}---\n${configMap("1").replace("kept", "other")}`,
  "crd.yaml": definition,
  "widget.yaml": widget("2"),
  "widget-bad.yaml": widget("-1"),
  "widget-unknown.yaml": widget("3, shape: round"),
  "pod.yaml": pod,
  "unknown-field.yaml": `${configMap("1")}dota: {x: "1"}\n`,
  "bad-kind.yaml": configMap("1").replace("ConfigMap", "ConfigMop"),
  "bad-type.yaml": deployment("nginx:1").replace("replicas: 0", "replicas: many"),
  "invalid.yaml": deployment("nginx:1").replace("{app: web}}\n  template", "{app: other}}\n  template"),
  "immutable.yaml": deployment("nginx:1").replaceAll("app: web", "app: moved"),
  "generate.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: made-}\n",
  "patch.yaml": 'data: {filed: "yes"}\n',
  "node.yaml": "apiVersion: v1\nkind: Node\nmetadata: {name: {ns}, labels: {role: spare}}\n",
  "app.properties": "one=1\ntwo=2\n",
  "kustomization.yaml": `namePrefix: pre-
resources: [kept.yaml]
configMapGenerator:
- {name: made, literals: [a=b]}
`,
  "kept.yaml": configMap("1"),
  "event.yaml": `apiVersion: v1
kind: Event
metadata: {name: said.1}
type: Warning
reason: Said
message: something was said
count: 3
firstTimestamp: "2026-01-01T00:00:00Z"
lastTimestamp: "2026-01-01T00:01:00Z"
source: {component: tester}
involvedObject: {apiVersion: v1, kind: ConfigMap, name: kept, namespace: {ns}}
`,
  "quota.yaml": `apiVersion: v1
kind: ResourceQuota
metadata: {name: few}
spec: {hard: {configmaps: "3"}}
`,
};
