/** Valid namespaces, configuration, accounts and limits. */
import type { Sample } from "./samples.ts";

const core = "/api/v1/namespaces/validation";
const limits = "/api/v1/namespaces/validation-limits";
const labels = { app: "web", "example.com/tier": "front" };
const annotations = { note: "x", "example.com/by": "me" };
const encoded = (text: string) => btoa(text);

export const CONFIGURATION: readonly Sample[] = [
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
