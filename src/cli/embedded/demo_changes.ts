/** What happens in the demo cluster: a rollout that goes on, a container that crashes, backups that progress. */
import type { Clock } from "../../base/mod.ts";
import type { Fetch } from "../../client/mod.ts";
import { askApi } from "./api.ts";
import { NODES, type PodState, WORKLOADS } from "./demo_data.ts";
import {
  backupObject,
  backupPath,
  type EventFacts,
  eventObject,
  labelsOf,
  podName,
  replicaSetName,
} from "./demo_objects.ts";
import { podObject, podStatus } from "./demo_pod.ts";

const WEB = WORKLOADS.find(({ name }) => name === "web")!;
const CHECKOUT = WORKLOADS.find(({ name }) => name === "checkout")!;
/** Names go round, so that nothing piles up. */
const POD_RING = 6;
const BACKUP_STEPS = ["Pending", "Running", "Running", "Running", "Completed"] as const;

export class DemoChanges {
  readonly #handler: Fetch;
  readonly #clock: Clock;
  #count = 0;
  #rolled = 0;
  #crashes = 0;
  #backup = 0;

  constructor(handler: Fetch, clock: Clock) {
    this.#handler = handler;
    this.#clock = clock;
  }

  /** Makes the next change. */
  async next(): Promise<void> {
    switch (this.#count++ % 3) {
      case 0:
        return await this.#rollout(this.#rolled++);
      case 1:
        return await this.#crash(this.#crashes++);
      default:
        return await this.#progress(this.#backup++);
    }
  }

  /** Pods of web are replaced one by one: pending, being made, running, the oldest goes. */
  async #rollout(step: number): Promise<void> {
    const { namespace, name, image } = WEB;
    const ordinal = (Math.floor(step / 4) + WEB.pods.length) % POD_RING;
    const pod = podName(WEB, ordinal);
    const path = `/api/v1/namespaces/${namespace}/pods`;
    const about = { namespace, pod, type: "Normal" as const };
    switch (step % 4) {
      case 0: {
        const node = NODES[ordinal % NODES.length]!;
        const object = podObject({
          name: pod,
          namespace,
          image,
          labels: labelsOf(WEB),
          container: name,
          node,
        });
        const owner = await this.#replicaSet();
        Object.assign(object["metadata"] as object, owner ? { ownerReferences: [owner] } : {});
        await askApi(this.#handler, "POST", { path, body: object });
        return await this.#event({ ...about, reason: "Scheduled", message: `Assigned ${pod} to ${node}` });
      }
      case 1:
        return await this.#setPod(pod, "ContainerCreating", ordinal);
      case 2:
        await this.#setPod(pod, "Running", ordinal);
        return await this.#event({ ...about, reason: "Started", message: "Started container web" });
      default: {
        const oldest = podName(WEB, (ordinal + POD_RING - WEB.pods.length) % POD_RING);
        await askApi(this.#handler, "DELETE", { path: `${path}/${oldest}`, body: { gracePeriodSeconds: 0 } });
        return await this.#event({
          ...about,
          pod: oldest,
          reason: "Killing",
          message: "Stopping container web",
        });
      }
    }
  }

  async #setPod(pod: string, state: PodState, address: number): Promise<void> {
    const { namespace, name, image } = WEB;
    const startedMs = this.#clock.now();
    const status = podStatus({
      state,
      container: name,
      image,
      address: address + 200,
      restarts: 0,
      startedMs,
    });
    await askApi(this.#handler, "PATCH", {
      path: `/api/v1/namespaces/${namespace}/pods/${pod}/status`,
      body: { status },
    });
  }

  async #replicaSet(): Promise<object | undefined> {
    const name = replicaSetName(WEB.name);
    const path = `/apis/apps/v1/namespaces/${WEB.namespace}/replicasets/${name}`;
    const { ok, body } = await askApi(this.#handler, "GET", { path });
    if (!ok) return undefined;
    const uid = body.metadata?.uid;
    return {
      apiVersion: "apps/v1",
      kind: "ReplicaSet",
      name,
      uid,
      controller: true,
      blockOwnerDeletion: true,
    };
  }

  /** The first pod of checkout runs, and crashes again. */
  async #crash(step: number): Promise<void> {
    const { namespace, name, image } = CHECKOUT;
    const pod = podName(CHECKOUT, 0);
    const path = `/api/v1/namespaces/${namespace}/pods/${pod}`;
    const { ok, body } = await askApi(this.#handler, "GET", { path });
    if (!ok) return;
    const before = body.status?.containerStatuses?.[0]?.restartCount ?? 0;
    const isUp = step % 2 === 0;
    const status = podStatus({
      state: isUp ? "Running" : "CrashLoopBackOff",
      container: name,
      image,
      address: 26,
      restarts: isUp ? before + 1 : before,
      startedMs: this.#clock.now(),
    });
    await askApi(this.#handler, "PATCH", { path: `${path}/status`, body: { status } });
    if (isUp) return;
    const message = "Back-off restarting failed container checkout";
    await this.#event({ namespace, pod, type: "Warning", reason: "BackOff", message });
  }

  /** A backup is made, and the one of before goes. */
  async #progress(step: number): Promise<void> {
    const round = Math.floor(step / BACKUP_STEPS.length);
    const at = step % BACKUP_STEPS.length;
    const path = backupPath("data");
    const name = `hourly-${round % 2 + 1}`;
    if (at === 0) {
      await askApi(this.#handler, "DELETE", { path: `${path}/${name}` });
      await askApi(this.#handler, "POST", { path, body: backupObject(name) });
    }
    const progress = Math.round(100 * at / (BACKUP_STEPS.length - 1));
    const status = { phase: BACKUP_STEPS[at], progress };
    await askApi(this.#handler, "PATCH", { path: `${path}/${name}/status`, body: { status } });
  }

  /** The same thing at the same pod counts up. */
  async #event(facts: Omit<EventFacts, "count" | "atMs">): Promise<void> {
    const event = eventObject({ ...facts, count: 1, atMs: this.#clock.now() });
    const path = `/api/v1/namespaces/${facts.namespace}/events`;
    const made = await askApi(this.#handler, "POST", { path, body: event });
    if (made.status !== 409) return;
    const name = (event["metadata"] as { name: string }).name;
    const { ok, body } = await askApi(this.#handler, "GET", { path: `${path}/${name}` });
    if (!ok) return;
    const counted = { count: (body.count ?? 0) + 1, lastTimestamp: event["lastTimestamp"] };
    await askApi(this.#handler, "PATCH", { path: `${path}/${name}`, body: counted });
  }
}
