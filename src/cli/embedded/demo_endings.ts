/** Pods of the demo that are being deleted end, as a node's kubelet would end them. */
import type { Clock } from "../../base/mod.ts";
import type { KubeObject } from "../../kube/mod.ts";
import type { Fetch } from "../../client/mod.ts";
import { askApi } from "./api.ts";

/** What the demo's containers take to stop, where their pod gives them so long. */
const STOPPING_MS = 3_000;

/** Ends those that have had their time. */
export async function endDeletedPods(handler: Fetch, clock: Clock): Promise<void> {
  const { body } = await askApi(handler, "GET", { path: "/api/v1/pods" });
  for (const { metadata } of (body as { readonly items?: readonly KubeObject[] }).items ?? []) {
    const { namespace, name, uid, deletionTimestamp, deletionGracePeriodSeconds = 0 } = metadata;
    if (deletionTimestamp === undefined) continue;
    const askedMs = Date.parse(deletionTimestamp) - Number(deletionGracePeriodSeconds) * 1_000;
    if (clock.now() < Math.min(Date.parse(deletionTimestamp), askedMs + STOPPING_MS)) continue;
    await askApi(handler, "DELETE", {
      path: `/api/v1/namespaces/${namespace}/pods/${name}`,
      body: { gracePeriodSeconds: 0, preconditions: { uid } },
    });
  }
}
