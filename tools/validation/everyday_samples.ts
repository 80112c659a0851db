/** Valid objects of the everyday kinds without pods. */
import type { Sample } from "./samples.ts";
import { selector } from "./workload_samples.ts";

const core = "/api/v1/namespaces/validation";
const limits = "/api/v1/namespaces/validation-limits";
const networking = "/apis/networking.k8s.io/v1/namespaces/validation";
const rbac = "/apis/rbac.authorization.k8s.io/v1";
const labels = { app: "web", "example.com/tier": "front" };
const annotations = { note: "x", "example.com/by": "me" };
const encoded = (text: string) => btoa(text);

const configuration: readonly Sample[] = [
  {
    path: "/api/v1/namespaces",
    body: { metadata: { name: "validation-space", labels, annotations } },
    create: 16,
    update: 10,
  },
  {
    path: `${core}/configmaps`,
    body: {
      metadata: { name: "rich", labels, annotations },
      data: { "a.b": "c", d: "" },
      binaryData: { e: "AAEC" },
    },
    create: 24,
    update: 16,
  },
  {
    path: `${core}/configmaps`,
    body: { metadata: { name: "fixed" }, data: { a: "b" }, binaryData: { e: "AAEC" }, immutable: true },
    create: 6,
    update: 14,
  },
  {
    path: `${core}/secrets`,
    body: { metadata: { name: "opaque" }, data: { a: encoded("b") }, stringData: { c: "d" } },
    create: 16,
    update: 8,
  },
  {
    path: `${core}/secrets`,
    body: { metadata: { name: "fixed" }, immutable: true, data: { a: encoded("b") } },
    create: 6,
    update: 10,
  },
  {
    path: `${core}/secrets`,
    body: {
      metadata: { name: "docker" },
      type: "kubernetes.io/dockerconfigjson",
      data: { ".dockerconfigjson": encoded('{"auths":{}}') },
    },
    create: 10,
    update: 8,
  },
  {
    path: `${core}/secrets`,
    body: {
      metadata: { name: "dockercfg" },
      type: "kubernetes.io/dockercfg",
      data: { ".dockercfg": encoded("{}") },
    },
    create: 8,
    update: 4,
  },
  {
    path: `${core}/secrets`,
    body: {
      metadata: { name: "tls" },
      type: "kubernetes.io/tls",
      data: { "tls.crt": encoded("x"), "tls.key": encoded("y") },
    },
    create: 10,
    update: 6,
  },
  {
    path: `${core}/secrets`,
    body: {
      metadata: { name: "basic" },
      type: "kubernetes.io/basic-auth",
      data: { username: encoded("x"), password: encoded("y") },
    },
    create: 8,
    update: 4,
  },
  {
    path: `${core}/secrets`,
    body: {
      metadata: { name: "ssh" },
      type: "kubernetes.io/ssh-auth",
      data: { "ssh-privatekey": encoded("x") },
    },
    create: 8,
    update: 4,
  },
  {
    path: `${core}/serviceaccounts`,
    body: {
      metadata: { name: "rich" },
      secrets: [{ name: "a" }],
      imagePullSecrets: [{ name: "b" }],
      automountServiceAccountToken: false,
    },
    create: 8,
    update: 6,
  },
  {
    path: `${core}/events`,
    body: {
      metadata: { name: "rich" },
      involvedObject: { kind: "Pod", namespace: "validation", name: "x", apiVersion: "v1" },
      reason: "Started",
      message: "m",
      type: "Normal",
      count: 1,
      firstTimestamp: "2026-01-01T00:00:00Z",
      lastTimestamp: "2026-01-01T00:00:00Z",
      source: { component: "c" },
    },
    create: 24,
    update: 14,
  },
  {
    path: "/apis/events.k8s.io/v1/namespaces/validation/events",
    body: {
      metadata: { name: "new" },
      eventTime: "2026-01-01T00:00:00.000000Z",
      reportingController: "example.com/c",
      reportingInstance: "c-1",
      action: "Start",
      reason: "Started",
      type: "Normal",
      note: "n",
      regarding: { kind: "Pod", namespace: "validation", name: "x" },
      series: { count: 2, lastObservedTime: "2026-01-01T00:00:00.000000Z" },
    },
    create: 30,
    update: 16,
  },
  {
    path: "/apis/coordination.k8s.io/v1/namespaces/validation/leases",
    body: {
      metadata: { name: "rich" },
      spec: {
        holderIdentity: "x",
        leaseDurationSeconds: 15,
        leaseTransitions: 1,
        renewTime: "2026-01-01T00:00:00.000000Z",
      },
    },
    create: 14,
    update: 10,
  },
  {
    path: `${limits}/resourcequotas`,
    body: {
      metadata: { name: "rich" },
      spec: {
        hard: { pods: "10", "requests.cpu": "2", "count/deployments.apps": "3" },
        scopes: ["NotTerminating"],
        scopeSelector: {
          matchExpressions: [{ scopeName: "PriorityClass", operator: "In", values: ["high"] }],
        },
      },
    },
    create: 30,
    update: 14,
  },
  {
    path: `${limits}/limitranges`,
    body: {
      metadata: { name: "rich" },
      spec: {
        limits: [
          { type: "Pod", max: { cpu: "4" }, min: { cpu: "1m" }, maxLimitRequestRatio: { cpu: "4" } },
          {
            type: "Container",
            max: { cpu: "1" },
            min: { cpu: "1m" },
            default: { cpu: "500m" },
            defaultRequest: { cpu: "100m" },
          },
          { type: "PersistentVolumeClaim", max: { storage: "1Gi" }, min: { storage: "1Mi" } },
        ],
      },
    },
    create: 40,
    update: 8,
  },
];

const services: readonly Sample[] = [
  {
    path: `${core}/services`,
    body: {
      metadata: { name: "rich", labels },
      spec: {
        selector: { app: "web" },
        ports: [
          { name: "http", port: 80, targetPort: "http", appProtocol: "http" },
          { name: "dns", port: 53, protocol: "UDP", targetPort: 5353 },
        ],
        sessionAffinity: "ClientIP",
        sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } },
        internalTrafficPolicy: "Local",
        publishNotReadyAddresses: true,
        externalIPs: ["80.11.12.10"],
        ipFamilyPolicy: "SingleStack",
        ipFamilies: ["IPv4"],
        trafficDistribution: "PreferClose",
      },
    },
    create: 110,
    update: 60,
  },
  {
    path: `${core}/services`,
    body: {
      metadata: { name: "nodes" },
      spec: { type: "NodePort", ports: [{ port: 80 }], externalTrafficPolicy: "Local" },
    },
    create: 30,
    update: 24,
  },
  {
    path: `${core}/services`,
    body: {
      metadata: { name: "balanced" },
      spec: {
        type: "LoadBalancer",
        ports: [{ port: 443 }],
        loadBalancerSourceRanges: ["10.0.0.0/8"],
        loadBalancerClass: "example.com/lb",
        allocateLoadBalancerNodePorts: false,
        externalTrafficPolicy: "Cluster",
      },
    },
    create: 36,
    update: 24,
  },
  {
    path: `${core}/services`,
    body: { metadata: { name: "elsewhere" }, spec: { type: "ExternalName", externalName: "a.example" } },
    create: 14,
    update: 10,
  },
  {
    path: `${core}/services`,
    body: {
      metadata: { name: "headless" },
      spec: { clusterIP: "None", selector: { a: "b" }, ports: [{ port: 80 }] },
    },
    create: 14,
    update: 12,
  },
  {
    path: `${core}/endpoints`,
    body: {
      metadata: { name: "apart" },
      subsets: [{
        addresses: [{ ip: "10.1.2.3", hostname: "a", targetRef: { kind: "Pod", name: "x" } }],
        notReadyAddresses: [{ ip: "10.1.2.4" }],
        ports: [{ name: "http", port: 80, protocol: "TCP" }],
      }],
    },
    create: 30,
    update: 10,
  },
  {
    path: "/apis/discovery.k8s.io/v1/namespaces/validation/endpointslices",
    body: {
      metadata: { name: "rich" },
      addressType: "IPv4",
      endpoints: [{
        addresses: ["10.1.2.3"],
        conditions: { ready: true },
        hostname: "a",
        zone: "z",
        nodeName: "n",
      }],
      ports: [{ name: "http", port: 80, protocol: "TCP", appProtocol: "http" }],
    },
    create: 30,
    update: 16,
  },
  {
    path: `${networking}/ingresses`,
    body: {
      metadata: { name: "rich" },
      spec: {
        ingressClassName: "nginx",
        defaultBackend: { service: { name: "web", port: { number: 80 } } },
        tls: [{ hosts: ["a.example", "*.b.example"], secretName: "tls" }],
        rules: [
          {
            host: "a.example",
            http: {
              paths: [
                {
                  path: "/x",
                  pathType: "Prefix",
                  backend: { service: { name: "web", port: { name: "http" } } },
                },
                {
                  path: "/y",
                  pathType: "Exact",
                  backend: { resource: { apiGroup: "a.b", kind: "K", name: "n" } },
                },
              ],
            },
          },
          { host: "*.b.example" },
        ],
      },
    },
    create: 90,
    update: 24,
  },
  {
    path: `${networking}/networkpolicies`,
    body: {
      metadata: { name: "rich" },
      spec: {
        podSelector: selector,
        policyTypes: ["Ingress", "Egress"],
        ingress: [{
          from: [{ ipBlock: { cidr: "10.0.0.0/8", except: ["10.1.0.0/16"] } }, { podSelector: selector }],
          ports: [{ port: 80, endPort: 90 }],
        }],
        egress: [{ to: [{ namespaceSelector: selector }], ports: [{ port: "http", protocol: "TCP" }] }],
      },
    },
    create: 60,
    update: 12,
  },
  {
    path: "/apis/networking.k8s.io/v1/ingressclasses",
    body: {
      metadata: { name: "validation" },
      spec: {
        controller: "example.com/c",
        parameters: { kind: "K", name: "n", apiGroup: "a.b", scope: "Cluster" },
      },
    },
    create: 20,
    update: 12,
  },
];

const access: readonly Sample[] = [
  {
    path: `${rbac}/namespaces/validation/roles`,
    body: {
      metadata: { name: "rich:er" },
      rules: [{ apiGroups: [""], resources: ["pods"], resourceNames: ["a"], verbs: ["get"] }],
    },
    create: 20,
    update: 8,
  },
  {
    path: `${rbac}/clusterroles`,
    body: {
      metadata: { name: "validation" },
      rules: [{ nonResourceURLs: ["/x"], verbs: ["get"] }, {
        apiGroups: ["a"],
        resources: ["b"],
        verbs: ["get"],
      }],
      aggregationRule: { clusterRoleSelectors: [selector] },
    },
    create: 24,
    update: 8,
  },
  {
    path: `${rbac}/namespaces/validation/rolebindings`,
    body: {
      metadata: { name: "rich" },
      subjects: [
        { kind: "User", name: "x" },
        { kind: "ServiceAccount", name: "d", namespace: "validation" },
        { kind: "Group", name: "g" },
      ],
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "rich:er" },
    },
    create: 36,
    update: 16,
  },
  {
    path: `${rbac}/clusterrolebindings`,
    body: {
      metadata: { name: "validation" },
      subjects: [{ kind: "User", name: "x" }],
      roleRef: { kind: "ClusterRole", name: "view", apiGroup: "rbac.authorization.k8s.io" },
    },
    create: 20,
    update: 12,
  },
];

const policy: readonly Sample[] = [
  {
    path: "/apis/policy/v1/namespaces/validation/poddisruptionbudgets",
    body: {
      metadata: { name: "rich" },
      spec: { minAvailable: "50%", selector, unhealthyPodEvictionPolicy: "AlwaysAllow" },
    },
    create: 20,
    update: 10,
  },
  {
    path: "/apis/policy/v1/namespaces/validation/poddisruptionbudgets",
    body: { metadata: { name: "max" }, spec: { maxUnavailable: 1, selector } },
    create: 8,
    update: 6,
  },
  {
    path: "/apis/autoscaling/v2/namespaces/validation/horizontalpodautoscalers",
    body: {
      metadata: { name: "rich" },
      spec: {
        minReplicas: 1,
        maxReplicas: 3,
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "x" },
        metrics: [
          {
            type: "Resource",
            resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 50 } },
          },
          {
            type: "Pods",
            pods: { metric: { name: "rps", selector }, target: { type: "AverageValue", averageValue: "10" } },
          },
          {
            type: "Object",
            object: {
              metric: { name: "q" },
              describedObject: { kind: "S", name: "s", apiVersion: "v1" },
              target: { type: "Value", value: "5" },
            },
          },
          {
            type: "External",
            external: { metric: { name: "e" }, target: { type: "AverageValue", averageValue: "3" } },
          },
        ],
        behavior: {
          scaleUp: {
            stabilizationWindowSeconds: 5,
            selectPolicy: "Max",
            policies: [{ type: "Pods", value: 4, periodSeconds: 60 }],
          },
          scaleDown: {
            stabilizationWindowSeconds: 300,
            policies: [{ type: "Percent", value: 10, periodSeconds: 30 }],
          },
        },
      },
    },
    create: 90,
    update: 20,
  },
  {
    path: "/apis/autoscaling/v1/namespaces/validation/horizontalpodautoscalers",
    body: {
      metadata: { name: "one" },
      spec: {
        maxReplicas: 3,
        targetCPUUtilizationPercentage: 50,
        scaleTargetRef: { kind: "Deployment", name: "x", apiVersion: "apps/v1" },
      },
    },
    create: 16,
    update: 8,
  },
  {
    path: "/apis/scheduling.k8s.io/v1/priorityclasses",
    body: {
      metadata: { name: "validation" },
      value: 5,
      description: "d",
      preemptionPolicy: "Never",
      globalDefault: false,
    },
    create: 14,
    update: 10,
  },
];

const storage: readonly Sample[] = [
  {
    path: `${core}/persistentvolumeclaims`,
    body: {
      metadata: { name: "rich" },
      spec: {
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage: "1Gi" }, limits: { storage: "2Gi" } },
        storageClassName: "none-such",
        volumeMode: "Filesystem",
        selector,
        dataSource: { kind: "PersistentVolumeClaim", name: "x" },
      },
    },
    create: 50,
    update: 24,
  },
  {
    path: "/api/v1/persistentvolumes",
    body: {
      metadata: { name: "validation" },
      spec: {
        accessModes: ["ReadWriteOnce"],
        capacity: { storage: "1Gi" },
        hostPath: { path: "/x", type: "Directory" },
        persistentVolumeReclaimPolicy: "Retain",
        storageClassName: "none-such",
        mountOptions: ["ro"],
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: "a", operator: "In", values: ["b"] }] }],
          },
        },
      },
    },
    create: 50,
    update: 20,
  },
  {
    path: "/apis/storage.k8s.io/v1/storageclasses",
    body: {
      metadata: { name: "validation" },
      provisioner: "example.com/p",
      parameters: { a: "b" },
      reclaimPolicy: "Retain",
      volumeBindingMode: "WaitForFirstConsumer",
      allowVolumeExpansion: true,
      mountOptions: ["ro"],
      allowedTopologies: [{ matchLabelExpressions: [{ key: "zone", values: ["a", "b"] }] }],
    },
    create: 30,
    update: 16,
  },
  {
    path: "/apis/storage.k8s.io/v1/csidrivers",
    body: {
      metadata: { name: "validation.example" },
      spec: {
        attachRequired: true,
        fsGroupPolicy: "File",
        volumeLifecycleModes: ["Persistent"],
        tokenRequests: [{ audience: "a", expirationSeconds: 600 }],
        requiresRepublish: true,
      },
    },
    create: 20,
    update: 10,
  },
  {
    path: "/apis/storage.k8s.io/v1/csinodes",
    body: {
      metadata: { name: "validation" },
      spec: { drivers: [{ name: "a.b", nodeID: "n", topologyKeys: ["k"], allocatable: { count: 3 } }] },
    },
    create: 16,
    update: 8,
  },
  {
    path: "/apis/storage.k8s.io/v1/namespaces/validation/csistoragecapacities",
    body: {
      metadata: { name: "rich" },
      storageClassName: "a",
      capacity: "1Gi",
      maximumVolumeSize: "1Gi",
      nodeTopology: selector,
    },
    create: 14,
    update: 8,
  },
  {
    path: "/apis/storage.k8s.io/v1/volumeattachments",
    body: {
      metadata: { name: "validation" },
      spec: { attacher: "a.b", nodeName: "n", source: { persistentVolumeName: "p" } },
    },
    create: 12,
    dry: true,
  },
  {
    path: "/apis/storage.k8s.io/v1/volumeattributesclasses",
    body: { metadata: { name: "validation" }, driverName: "a.b", parameters: { x: "y" } },
    create: 10,
    update: 8,
  },
];

export const EVERYDAY: readonly Sample[] = [...configuration, ...services, ...access, ...policy, ...storage];
