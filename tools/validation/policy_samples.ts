/** Valid roles, budgets, autoscalers and priorities. */
import type { Sample } from "./samples.ts";
import { selector } from "./workload_samples.ts";

const rbac = "/apis/rbac.authorization.k8s.io/v1";

export const ACCESS: readonly Sample[] = [
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

export const POLICY: readonly Sample[] = [
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
