/** A pod of an embedded API server, with a status as a node gives it. */
import type { ApiServer } from "../src/k1s/mod.ts";

/** Of the pod's only container, `main`. */
export interface PodRun {
  readonly phase: "Running" | "Succeeded";
  readonly state: Readonly<Record<string, unknown>>;
}

/** Makes the pod in the namespace `default`, as if on the node `n`. */
export async function embeddedPod(server: ApiServer, name: string, { phase, state }: PodRun): Promise<void> {
  const containers = [{ name: "main", image: "i" }];
  await send(server, "POST", "", { metadata: { name }, spec: { nodeName: "n", containers } });
  const ready = phase === "Running";
  const main = { name: "main", image: "i", imageID: "", ready, restartCount: 0, containerID: "x://1", state };
  await send(server, "PATCH", `/${name}/status`, { status: { phase, containerStatuses: [main] } });
}

async function send(server: ApiServer, method: string, path: string, body: object): Promise<void> {
  const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  const answer = await server.handler(
    new Request(`http://k1s/api/v1/namespaces/default/pods${path}`, {
      method,
      body: JSON.stringify(body),
      headers: { "content-type": type },
    }),
  );
  if (!answer.ok) throw new Error(await answer.text());
  await answer.body?.cancel();
}
