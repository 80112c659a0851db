/** What operations read of the kinds that run pods. Servers may send less: every field may be absent. */
import { OrkaError } from "../base/mod.ts";
import type { ObjectTarget } from "../apply/mod.ts";
import type { Client } from "../client/mod.ts";
import { readObject } from "../apply/mod.ts";
import { groupResource, type KubeObject, type ObjectMeta, type ObjectSelector } from "../kube/mod.ts";

export interface ContainerView {
  readonly name: string;
  readonly image?: string;
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: unknown }[];
  readonly resources?: Readonly<
    Partial<Record<"requests" | "limits", Readonly<Record<string, string | number>>>>
  >;
  readonly restartPolicy?: string;
}

export interface PodSpecView {
  readonly containers?: readonly ContainerView[];
  readonly initContainers?: readonly ContainerView[];
  readonly volumes?: readonly { readonly name: string; readonly emptyDir?: unknown }[];
  readonly nodeName?: string;
  readonly serviceAccountName?: string;
  readonly terminationGracePeriodSeconds?: number;
}

export interface PodTemplateView {
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec?: PodSpecView;
}

/** The fields of Deployments, DaemonSets, StatefulSets and their like, all together. */
export interface WorkloadView extends KubeObject {
  readonly spec?: {
    readonly replicas?: number;
    readonly paused?: boolean;
    readonly suspend?: boolean;
    readonly selector?: ObjectSelector;
    readonly template?: PodTemplateView;
    readonly updateStrategy?: {
      readonly type?: string;
      readonly rollingUpdate?: { readonly partition?: number } | null;
    };
    readonly jobTemplate?: {
      readonly metadata?: Partial<ObjectMeta>;
      readonly spec?: { readonly template?: PodTemplateView };
    };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly currentReplicas?: number;
    readonly currentRevision?: string;
    readonly updateRevision?: string;
    readonly desiredNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
    readonly numberAvailable?: number;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
    }[];
  };
}

/** What every plan of a change takes. */
export interface PlanOptions {
  /** As it was read just now; it is read unless given. */
  readonly live?: KubeObject | undefined;
  /** `orka` unless given. */
  readonly fieldManager?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The object; throws OrkaError `not-found`, in the server's words, where there is none. */
export async function readLive(
  client: Client,
  target: ObjectTarget,
  { live, signal }: Pick<PlanOptions, "live" | "signal"> = {},
): Promise<WorkloadView> {
  const object = live ?? await readObject(client, target, { signal });
  if (object === null) {
    throw new OrkaError("not-found", `${groupResource(target.resource)} "${target.name}" not found`, {
      status: 404,
      reason: "NotFound",
    });
  }
  return object as WorkloadView;
}

/** True for the built-in kind, whatever its version: not for a custom one of the same name. */
export function isKind({ resource }: Pick<ObjectTarget, "resource">, group: string, kind: string): boolean {
  return resource.group === group && resource.kind === kind;
}

const ROLLING_KINDS = ["Deployment", "DaemonSet", "StatefulSet"] as const;
export type RollingKind = typeof ROLLING_KINDS[number];

/** The kind, where it is one that rolls its pods out; null for all others. */
export function rollingKind(target: Pick<ObjectTarget, "resource">): RollingKind | null {
  return ROLLING_KINDS.find((kind) => isKind(target, "apps", kind)) ?? null;
}
