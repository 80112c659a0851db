/** Pods on the real cluster's one real node, for tests that run something in them. */
import type { RealCluster } from "./real_cluster.ts";

/** With busybox's tools; `web` serves one page on port 8080, named `http`. */
function podOnRealNode(
  name: string,
  namespace: string,
  labels: Readonly<Record<string, string>> = {},
) {
  const image = { image: "localhost/busybox:1", imagePullPolicy: "Never" };
  const serve = "mkdir -p /www; hostname >/www/index.html; exec httpd -f -p 8080 -h /www";
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels },
    spec: {
      terminationGracePeriodSeconds: 0,
      nodeSelector: { node: "real" },
      tolerations: [{ key: "real", operator: "Exists" }],
      containers: [
        { name: "main", ...image },
        {
          name: "web",
          ...image,
          command: ["sh", "-c", serve],
          ports: [{ name: "http", containerPort: 8080 }],
        },
      ],
    },
  };
}

/** Makes it, and waits until it is ready. */
export async function runPod(
  cluster: RealCluster,
  name: string,
  { namespace, labels }: { readonly namespace: string; readonly labels?: Readonly<Record<string, string>> },
): Promise<void> {
  await cluster.create(podOnRealNode(name, namespace, labels));
  await cluster.kubectlOk(["-n", namespace, "wait", "--for=condition=Ready", `pod/${name}`, "--timeout=60s"]);
}
