/** `orka debug`: a container with tools of its own, in a pod, in a copy of it, or on a node. */
import { createObject, deleteObject, patchObject } from "../../apply/mod.ts";
import { EXIT, OrkaError } from "../../base/mod.ts";
import { type Change, performChange } from "../../change/mod.ts";
import {
  type ContainerPart,
  containerStart,
  type DebugContainer,
  debugCopy,
  debuggerName,
  ephemeralPatch,
  nodeDebugPod,
  openExec,
  parseContainerPart,
  parseProfile,
  PODS,
  type PodView,
  readPod,
} from "../../ops/mod.ts";
import { type ChangeSession, openChangeSession } from "../change/change_context.ts";
import { runChanges } from "../change/run_changes.ts";
import { type CliIo, note } from "../io.ts";
import { yamlValues } from "../manifests.ts";
import type { FlagValues } from "../parse.ts";
import { podTarget, podTimeoutMs } from "../remote/remote_target.ts";
import { checkedTty, runRemote } from "../remote/run_remote.ts";
import type { Command } from "../verbs.ts";

/** What is made, and where the person then is. */
interface Plan {
  readonly change: Change;
  readonly pod: string;
  readonly container: string;
}

/** An image may have to come first. */
const START_MS = 5 * 60_000;

export const command: Command = async (io, { flags, args }) => {
  const [argument, ...words] = args;
  if (argument === undefined) {
    throw new OrkaError("usage", "POD or node/NAME is expected", {
      hint: "For example: orka debug web-0 --image=busybox -it",
    });
  }
  checkFlags(flags, argument);
  const custom = await readCustom(io, flags.text("custom"));
  using session = await openChangeSession(io, flags);
  const plan = await planOf(session, { argument, words, custom });
  const isDone = session.cluster.writes.isOpen && ["", "none"].includes(flags.text("dry-run") ?? "");
  if (!isDone) {
    const name = `pod/${plan.pod}`;
    return (await runChanges(session, [{ name, change: plan.change, done: "debugged" }])).code;
  }
  await performChange(plan.change, session.perform());
  if (flags.on("replace")) await removeOriginal(session, argument);
  return flags.on("attach", flags.on("stdin")) ? await join(session, plan) : EXIT.ok;
};

function checkFlags(flags: FlagValues, argument: string): void {
  const isCopy = flags.given("copy-to");
  const images = flags.list("set-image");
  if (!isCopy && !flags.given("image")) {
    throw new OrkaError("usage", "you must specify --image or --copy-to when debugging a pod or node");
  }
  for (const name of ["same-node", "replace", "set-image", "share-processes", "keep-labels"]) {
    if (!isCopy && flags.given(name)) {
      throw new OrkaError("usage", `--${name} may only be used with --copy-to`);
    }
  }
  if (flags.given("target") && isCopy) {
    throw new OrkaError("usage", "--target is incompatible with --copy-to. Use --share-processes instead");
  }
  if (isNode(argument) && (isCopy || flags.given("target"))) {
    throw new OrkaError("usage", "--copy-to and --target are for pods");
  }
  if (images.some((pair) => !/^[^=]+=.+$/.test(pair))) {
    throw new OrkaError("usage", `--set-image expects CONTAINER=IMAGE, not "${images.join(",")}"`);
  }
}

function isNode(argument: string): boolean {
  return /^(no|nodes?)\/./.test(argument);
}

interface Asked {
  readonly argument: string;
  readonly words: readonly string[];
  readonly custom: ContainerPart | undefined;
}

/** Throws OrkaError `io`, `invalid` or `usage` that names the file. */
async function readCustom(io: CliIo, file: string | undefined): Promise<ContainerPart | undefined> {
  if (file === undefined || file === "") return undefined;
  const [value = null] = await yamlValues(await io.readFile(file), file);
  return parseContainerPart(value, file);
}

async function planOf(session: ChangeSession, asked: Asked): Promise<Plan> {
  const { cluster, io } = session;
  if (isNode(asked.argument)) return await planNode(session, asked);
  const target = await podTarget(cluster, asked.argument);
  if (target.type !== "pod") {
    throw new OrkaError("usage", `debug takes a pod or a node, not ${asked.argument}`);
  }
  const pod = await readPod(cluster.client, {
    namespace: cluster.namespace,
    name: target.name,
    signal: io.signal,
  });
  return session.flags.given("copy-to")
    ? planCopy(session, pod, asked)
    : await planEphemeral(session, pod, asked);
}

async function planNode(session: ChangeSession, { argument, words, custom }: Asked): Promise<Plan> {
  const { io, cluster } = session;
  const node = argument.slice(argument.indexOf("/") + 1);
  const container = debugContainer(session.flags, {
    words,
    custom,
    name: session.flags.text("container") ?? "debugger",
  });
  await cluster.client.json(`/api/v1/nodes/${encodeURIComponent(node)}`, { signal: io.signal });
  const { namespace } = cluster;
  const object = nodeDebugPod(node, { ...container, namespace, random: Math.random });
  const { name } = object.metadata;
  if (cluster.writes.isOpen) {
    await note(io, `Creating debugging pod ${name} with container ${container.name} on node ${node}.`);
  }
  return { change: creation(session, { name, object }), pod: name, container: container.name };
}

function planCopy(session: ChangeSession, pod: PodView, { words, custom }: Asked): Plan {
  const { flags } = session;
  const name = flags.text("copy-to")!;
  const images = new Map(flags.list("set-image").map((pair) => pair.split("=", 2) as [string, string]));
  const isOnlyImages = !flags.given("image") && words.length === 0 && images.size > 0;
  const containers = pod.spec?.containers ?? [];
  const chosen = flags.text("container") ??
    (flags.given("image") ? debuggerName(Math.random) : containers[0]?.name ?? "");
  const container = isOnlyImages ? null : debugContainer(flags, { words, custom, name: chosen });
  const object = debugCopy(pod, {
    name,
    container,
    images,
    shareProcesses: flags.on("share-processes", true),
    sameNode: flags.on("same-node"),
    keepLabels: flags.on("keep-labels"),
  });
  return { change: creation(session, { name, object }), pod: name, container: chosen };
}

async function planEphemeral(session: ChangeSession, pod: PodView, { words, custom }: Asked): Promise<Plan> {
  const { io, cluster, flags } = session;
  const target = flags.text("target");
  const given = flags.text("container");
  const name = given ?? debuggerName(Math.random);
  const names = (pod.spec?.containers ?? []).map((container) => container.name);
  if (target !== undefined && !names.includes(target)) {
    throw new OrkaError("not-found", `container ${target} is not in pod ${pod.metadata.name}`, {
      hint: `it has ${names.join(", ")}`,
    });
  }
  if (target !== undefined && !flags.on("quiet")) {
    await note(
      io,
      `Targeting container "${target}". If you don't see processes from this container it may be because the container ` +
        "runtime doesn't support this feature.",
    );
  }
  if (given === undefined && !flags.on("quiet")) {
    await note(io, `Defaulting debug container name to ${name}.`);
  }
  const patch = ephemeralPatch({ ...debugContainer(flags, { words, custom, name }), target });
  const place = { resource: PODS, namespace: cluster.namespace, name: pod.metadata.name };
  const change: Change = {
    verb: "debug",
    target: place,
    fieldManager: "orka",
    canUndo: false,
    before: pod,
    send: ({ dryRun, signal }) =>
      patchObject(cluster.client, { ...place, subresource: "ephemeralcontainers" }, {
        type: "strategic",
        patch,
        dryRun,
        signal,
      }),
  };
  return { change, pod: pod.metadata.name, container: name };
}

function debugContainer(
  flags: FlagValues,
  { words, name, custom }: Omit<Asked, "argument"> & { readonly name: string },
): DebugContainer {
  const env = flags.list("env").map((pair) => {
    const equals = pair.indexOf("=");
    if (equals < 1) throw new OrkaError("usage", `--env expects NAME=VALUE, not "${pair}"`);
    return { name: pair.slice(0, equals), value: pair.slice(equals + 1) };
  });
  return {
    name,
    image: flags.text("image") ?? "",
    imagePullPolicy: flags.text("image-pull-policy"),
    command: words,
    isArguments: flags.on("arguments-only"),
    env,
    stdin: flags.on("stdin"),
    tty: flags.on("tty"),
    profile: parseProfile(flags.text("profile")),
    custom,
  };
}

function creation(
  { cluster }: ChangeSession,
  { name, object }: { readonly name: string; readonly object: object },
): Change {
  const { client, namespace } = cluster;
  return {
    verb: "debug",
    target: { resource: PODS, namespace, name },
    fieldManager: "orka",
    before: null,
    send: ({ dryRun, signal }) =>
      createObject(client, { resource: PODS, namespace }, { object, dryRun, signal }),
  };
}

async function removeOriginal({ cluster, io }: ChangeSession, argument: string): Promise<void> {
  const name = argument.slice(argument.indexOf("/") + 1);
  await deleteObject(cluster.client, { resource: PODS, namespace: cluster.namespace, name }, {
    signal: io.signal,
  });
}

/** Waits until it runs, and joins it; of one that has ended already, what it wrote. */
async function join({ io, cluster, flags }: ChangeSession, { pod, container }: Plan): Promise<number> {
  const { client, namespace } = cluster;
  const { hasEnded } = await containerStart(client, {
    namespace,
    pod,
    container,
    timeoutMs: podTimeoutMs(flags) ?? START_MS,
    clock: io.clock,
    signal: io.signal,
    onWaiting: (why) => void note(io, `Warning: container ${container}: ${why}`),
  });
  if (hasEnded) {
    const path = `/api/v1/namespaces/${namespace}/pods/${encodeURIComponent(pod)}/log?container=${container}`;
    const { body } = await client.request(path, { accept: "*/*", signal: io.signal });
    for await (const bytes of body ?? []) await io.stdout.write(bytes);
    return EXIT.ok;
  }
  const stdin = flags.on("stdin");
  const tty = await checkedTty(io, { stdin, tty: flags.on("tty") });
  const greeting = stdin && !flags.on("quiet")
    ? "If you don't see a command prompt, try pressing enter."
    : undefined;
  const spec = { namespace, pod, container, command: null };
  return await runRemote(io, { stdin, tty, greeting }, (options) => openExec(client, spec, options));
}
