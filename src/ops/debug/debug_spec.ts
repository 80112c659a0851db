/** The containers and pods that debugging makes, as kubectl makes them. No I/O. */
import { OrkaError } from "../../base/mod.ts";
import type { PodView } from "../target_pod.ts";
import { type ContainerPart, customized } from "./custom_profile.ts";
import { type DebugProfile, type DebugStyle, nodeAccess, securityContextOf } from "./profile.ts";

export interface DebugContainer {
  readonly name: string;
  readonly image: string;
  readonly imagePullPolicy?: string | undefined;
  /** Of the image where empty. */
  readonly command: readonly string[];
  /** They are the arguments of the image's own command. */
  readonly isArguments?: boolean | undefined;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | undefined;
  readonly stdin?: boolean | undefined;
  readonly tty?: boolean | undefined;
  readonly profile: DebugProfile;
  /** Laid over what the profile makes. */
  readonly custom?: ContainerPart | undefined;
}

/** `debugger-x7k2p`, as no container of the pod is called. */
export function debuggerName(random: () => number): string {
  return `debugger-${suffix(random)}`;
}

/** Without vowels and what looks alike, as Kubernetes makes up names. */
const LETTERS = "bcdfghjklmnpqrstvwxz2456789";

function suffix(random: () => number): string {
  return Array.from({ length: 5 }, () => LETTERS[Math.floor(random() * LETTERS.length)]!).join("");
}

type Container = Readonly<Record<string, unknown>> & { readonly name: string };

function containerOf(spec: DebugContainer, style: DebugStyle): Container {
  const { name, image, imagePullPolicy, command, isArguments = false, env = [], stdin, tty, profile } = spec;
  const securityContext = securityContextOf(profile, style);
  return {
    name,
    image,
    terminationMessagePolicy: "File",
    ...imagePullPolicy ? { imagePullPolicy } : {},
    ...command.length === 0 ? {} : { [isArguments ? "args" : "command"]: command },
    ...env.length === 0 ? {} : { env },
    ...stdin ? { stdin } : {},
    ...tty ? { tty } : {},
    ...securityContext === undefined ? {} : { securityContext },
  };
}

/** A strategic merge patch of the pod's `ephemeralcontainers`. */
export function ephemeralPatch(spec: DebugContainer & { readonly target?: string | undefined }): object {
  const target = spec.target === undefined ? {} : { targetContainerName: spec.target };
  const container = customized(containerOf(spec, "ephemeral"), spec.custom);
  return { spec: { ephemeralContainers: [{ ...container, ...target }] } };
}

export interface CopySpec {
  readonly name: string;
  /** Comes in, or changes the container of that name. null: only images change. */
  readonly container: DebugContainer | null;
  /** By container; `*` is all of them. */
  readonly images?: ReadonlyMap<string, string> | undefined;
  readonly shareProcesses: boolean;
  readonly sameNode: boolean;
  readonly keepLabels: boolean;
}

/** A pod like this one, with the container in it. It has no labels: services and controllers leave it alone. */
export function debugCopy(pod: PodView, copy: CopySpec): object {
  const { ephemeralContainers: _, nodeName, containers = [], ...spec } = pod.spec ?? {};
  const isLegacy = copy.container?.profile === "legacy" || copy.container === null;
  const kept = containers.map((each) => withoutProbes(withImage(each, copy), { keep: isLegacy }));
  const { labels, annotations } = pod.metadata;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: copy.name,
      namespace: pod.metadata.namespace,
      ...copy.keepLabels && labels ? { labels } : {},
      ...isLegacy && annotations ? { annotations } : {},
    },
    spec: {
      ...spec,
      containers: copy.container === null ? kept : withContainer(kept, copy.container),
      ...copy.sameNode && nodeName ? { nodeName } : {},
      ...copy.container?.profile === "legacy" ? {} : { shareProcessNamespace: copy.shareProcesses },
    },
  };
}

function withContainer(containers: readonly Container[], spec: DebugContainer): readonly Container[] {
  const own = containerOf(spec, "copy");
  const found = containers.find(({ name }) => name === spec.name);
  if (found === undefined) {
    if (spec.image === "") {
      throw new OrkaError("usage", "you must specify an image when creating a new container");
    }
    return [...containers, customized(own, spec.custom)];
  }
  const { image, command, args, securityContext, terminationMessagePolicy: _, ...more } = own as Record<
    string,
    unknown
  >;
  const changed: Container = {
    ...found,
    ...more,
    name: found.name,
    ...image === "" ? {} : { image },
    // Its own arguments belong to the command that is replaced.
    ...command === undefined ? {} : { command, args: undefined },
    ...args === undefined ? {} : { args },
    securityContext: {
      ...found["securityContext"] as object | undefined,
      ...securityContext as object | undefined,
    },
  };
  return containers.map((each) => each === found ? customized(changed, spec.custom) : each);
}

function withImage(container: object, { images }: CopySpec): Container {
  const own = container as Container;
  const image = images?.get(own.name) ?? images?.get("*");
  return image === undefined ? own : { ...own, image };
}

function withoutProbes(container: Container, { keep }: { readonly keep: boolean }): Container {
  if (keep) return container;
  const { livenessProbe: _l, readinessProbe: _r, startupProbe: _s, ...rest } = container;
  return rest as Container;
}

/** A pod that looks at a node. */
export function nodeDebugPod(
  node: string,
  { random, namespace, ...spec }: DebugContainer & {
    readonly namespace: string;
    readonly random: () => number;
  },
): object & { readonly metadata: { readonly name: string } } {
  const access = nodeAccess(spec.profile);
  const root = access.rootFiles ? { volumes: [{ name: "host-root", hostPath: { path: "/" } }] } : {};
  const own = containerOf({ ...spec, name: spec.name || "debugger" }, "node");
  const mounts = access.rootFiles ? { volumeMounts: [{ name: "host-root", mountPath: "/host" }] } : {};
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: `node-debugger-${node}-${suffix(random)}`,
      namespace,
      labels: { "app.kubernetes.io/managed-by": "orka-debug" },
    },
    spec: {
      containers: [customized({ ...own, ...mounts }, spec.custom)],
      ...access.namespaces ? { hostIPC: true, hostNetwork: true, hostPID: true } : {},
      nodeName: node,
      restartPolicy: "Never",
      tolerations: [{ operator: "Exists" }],
      ...root,
    },
  } as object & { readonly metadata: { readonly name: string } };
}
