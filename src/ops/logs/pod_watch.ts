/** The pods of a choice, listed, then watched for as long as it takes; polled where a person may only get them. */
import { backoffMs, type Clock, OrkaError } from "../../base/mod.ts";
import { type Client, listObjects, type WatchEnd, watchObjects } from "../../client/mod.ts";
import { type KubeObject, resourcePath } from "../../kube/mod.ts";
import { isPassing } from "./log_request.ts";
import { PODS } from "../builtin_kinds.ts";
import type { PodChoice } from "./log_target.ts";
import { type PodFacts, podFacts } from "./pod_facts.ts";

export interface PodWatchOptions {
  readonly client: Client;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onPod: (pod: PodFacts) => void;
  /** The pod with this uid is gone. */
  readonly onGone: (pod: PodFacts) => void;
  /** The first list of everything is complete. */
  readonly onListed: () => void;
}

const BACKOFF = { baseMs: 500, maxMs: 30_000 };
const POLL_MS = 2_000;

type Query = Pick<Extract<PodChoice, { readonly type: "selector" }>, "namespace" | "fieldSelector"> & {
  readonly labelSelector?: string | undefined;
};

/** Everything that the choice has now. Throws OrkaError `not-found` for a pod that was named. */
export async function listPods(
  client: Client,
  choice: PodChoice,
  { signal }: { readonly signal: AbortSignal },
): Promise<readonly PodFacts[]> {
  if (choice.type === "pods") {
    return await Promise.all(choice.pods.map((pod) => getPod(client, pod, { signal })));
  }
  const pods: PodFacts[] = [];
  await listSelected(client, choice, {
    signal,
    onPod: (pod) => void pods.push(pod),
    onRestart: () => pods.length = 0,
  });
  return pods;
}

/** Throws OrkaError `not-found`. */
export async function getPod(
  client: Client,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  { signal }: { readonly signal: AbortSignal },
): Promise<PodFacts> {
  return podFacts(await client.json(resourcePath(PODS, { namespace, name }), { signal }) as KubeObject);
}

interface ListSelected {
  readonly signal: AbortSignal;
  readonly onPod: (pod: PodFacts) => void;
  readonly onRestart: () => void;
}

async function listSelected(
  client: Client,
  { namespace, labelSelector, fieldSelector }: Query,
  { signal, onPod, onRestart }: ListSelected,
): Promise<string> {
  const { resourceVersion } = await listObjects(client, PODS, {
    namespace,
    labelSelector,
    fieldSelector,
    signal,
    onRestart,
    onItem: (item) => onPod(podFacts(item.parse() as KubeObject)),
  });
  return resourceVersion;
}

/** Follows until the signal aborts; rejects with its reason, or with OrkaError where the first list is refused. */
export async function followPods(choice: PodChoice, options: PodWatchOptions): Promise<void> {
  if (choice.type === "selector") return await new PodFollower(choice, options).run();
  const { client, signal, onListed, onPod } = options;
  for (const pod of await listPods(client, choice, { signal })) onPod(pod);
  onListed();
  await Promise.all(
    choice.pods.map(({ namespace, name }) =>
      new PodFollower({ namespace, fieldSelector: `metadata.name=${name}` }, { ...options, onListed() {} })
        .run({
          named: { namespace, name },
        })
    ),
  );
}

class PodFollower {
  readonly #pods = new Map<string, PodFacts>();
  #attempt = 0;

  constructor(private readonly query: Query, private readonly options: PodWatchOptions) {}

  async run({ named }: { readonly named?: { readonly namespace: string; readonly name: string } } = {}) {
    let version: string;
    try {
      version = await this.#list();
    } catch (error) {
      const isForbidden = error instanceof OrkaError && error.code === "forbidden";
      if (named !== undefined && isForbidden) return await this.#poll(named);
      throw error;
    }
    this.options.onListed();
    while (true) {
      const end = await this.#watch(version);
      this.options.signal.throwIfAborted();
      if (end.frames > 0) this.#attempt = 0;
      const isForbidden = end.reason === "error" && end.error.code === "forbidden";
      if (named !== undefined && isForbidden) return await this.#poll(named);
      version = end.reason === "error" && end.error.code === "expired"
        ? await this.#relist()
        : await this.#again(end);
    }
  }

  #watch(resourceVersion: string): Promise<WatchEnd> {
    const { client, signal, clock } = this.options;
    return watchObjects(client, PODS, {
      ...this.query,
      resourceVersion,
      signal,
      clock,
      onItem: (type, item) => {
        const pod = podFacts(item.parse() as KubeObject);
        if (type === "DELETED") this.#gone(pod);
        else this.#seen(pod);
      },
    });
  }

  async #again(end: WatchEnd): Promise<string> {
    if (end.reason === "error" && !isPassing(end.error, { hasWorked: true })) throw end.error;
    if (end.reason !== "closed" || end.frames === 0) await this.#pause();
    return end.resourceVersion;
  }

  async #pause(): Promise<void> {
    const { clock, signal, random } = this.options;
    await clock.sleep(backoffMs(this.#attempt++, { ...BACKOFF, random }), { signal });
  }

  async #relist(): Promise<string> {
    for (;;) {
      try {
        return await this.#list();
      } catch (error) {
        if (!isPassing(error, { hasWorked: true })) throw error;
        await this.#pause();
      }
    }
  }

  async #list(): Promise<string> {
    const found = new Map<string, PodFacts>();
    const version = await listSelected(this.options.client, this.query, {
      signal: this.options.signal,
      onPod: (pod) => void found.set(keyOf(pod), pod),
      onRestart: () => found.clear(),
    });
    for (const [key, pod] of this.#pods) if (!found.has(key)) this.#gone(pod);
    for (const pod of found.values()) this.#seen(pod);
    return version;
  }

  /** A pod made anew under its name follows the end of the one before. */
  #seen(pod: PodFacts): void {
    const before = this.#pods.get(keyOf(pod));
    if (before !== undefined && before.uid !== pod.uid) this.options.onGone(before);
    this.#pods.set(keyOf(pod), pod);
    this.options.onPod(pod);
  }

  #gone(pod: PodFacts): void {
    if (this.#pods.get(keyOf(pod))?.uid !== pod.uid) return;
    this.#pods.delete(keyOf(pod));
    this.options.onGone(pod);
  }

  async #poll(named: { readonly namespace: string; readonly name: string }): Promise<void> {
    const { client, signal, clock } = this.options;
    for (;;) {
      try {
        this.#seen(await getPod(client, named, { signal }));
      } catch (error) {
        const isGone = error instanceof OrkaError && error.code === "not-found";
        if (!isGone && !isPassing(error, { hasWorked: true })) throw error;
        const [pod] = this.#pods.values();
        if (isGone && pod !== undefined) this.#gone(pod);
      }
      await clock.sleep(POLL_MS, { signal });
    }
  }
}

function keyOf({ namespace, name }: PodFacts): string {
  return `${namespace}/${name}`;
}
