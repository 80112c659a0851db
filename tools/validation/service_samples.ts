/** Valid services and what else names addresses and routes. */
import type { Sample } from "./samples.ts";
import { selector } from "./workload_samples.ts";

const core = "/api/v1/namespaces/validation";
const networking = "/apis/networking.k8s.io/v1/namespaces/validation";
const labels = { app: "web", "example.com/tier": "front" };

export const SERVICES: readonly Sample[] = [
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
