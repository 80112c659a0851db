/** Valid claims, volumes and their classes. */
import type { Sample } from "./samples.ts";
import { selector } from "./workload_samples.ts";

const core = "/api/v1/namespaces/validation";

export const STORAGE: readonly Sample[] = [
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
