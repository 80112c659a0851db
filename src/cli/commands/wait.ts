/** `orka wait`: kubectl's wait. */
import { EXIT, OrkaError } from "../../base/mod.ts";
import { type KubeObject, withoutManagedFields } from "../../kube/mod.ts";
import { readObject } from "../../apply/mod.ts";
import { timeoutMs } from "../apply/deletion_flags.ts";
import { type FollowedObject, followObject } from "../apply/object_watch.ts";
import { readWaitFor, type WaitFor } from "../apply/wait_conditions.ts";
import { listTargets, noName, notFound, targetName } from "../change/targets.ts";
import { type Cluster, openCluster } from "../cluster.ts";
import { readTargets } from "../get/request.ts";
import type { CliIo } from "../io.ts";
import { refuseKustomize } from "../manifests.ts";
import type { Call } from "../parse.ts";
import { parseFormat } from "../print/format.ts";
import { objectPrinter } from "../print/object_printer.ts";

const DEFAULT_MS = 30_000;
/** A negative time, in kubectl's words. */
const WEEK_MS = 7 * 24 * 3_600_000;

export async function command(io: CliIo, call: Call): Promise<number> {
  const { flags } = call;
  refuseKustomize(flags, "wait");
  const wanted = readWaitFor(flags.text("for"));
  const asked = timeoutMs(flags, DEFAULT_MS);
  const print = await printerOf(io, call);
  using cluster = await openCluster(io, flags);
  const deadline = io.clock.monotonic() + (asked < 0 ? WEEK_MS : asked);
  const waiting = await waitedFor(io, { cluster, call, wanted });
  if (waiting.length === 0) {
    if (wanted.type === "delete") return EXIT.ok;
    throw new OrkaError("not-found", "no matching resources found");
  }
  for (const each of waiting) {
    const object = await waitOne(each, { io, cluster, wanted, deadline });
    await print(each, object);
  }
  return EXIT.ok;
}

/** An object that is waited for, as it was when the wait began. */
interface Waiting extends FollowedObject {
  readonly object: KubeObject | null;
}

interface WaitedFor {
  readonly cluster: Cluster;
  readonly call: Call;
  readonly wanted: WaitFor;
}

async function waitedFor(
  io: CliIo,
  { cluster, call: { flags, args }, wanted }: WaitedFor,
): Promise<Waiting[]> {
  const labelSelector = flags.text("selector"), fieldSelector = flags.text("field-selector");
  const isSelected = labelSelector !== undefined || fieldSelector !== undefined || flags.on("all");
  const { targets } = await readTargets(io, {
    cluster,
    args,
    files: flags.list("filename"),
    recursive: flags.on("recursive"),
    allNamespaces: flags.on("all-namespaces"),
    isSelected,
  });
  const found: Waiting[] = [];
  for (const { resource, namespace, name } of targets) {
    if (name === undefined) {
      if (!isSelected) throw noName();
      const collection = { resource, namespace, labelSelector, fieldSelector };
      found.push(...await listTargets({ io, cluster }, collection));
      continue;
    }
    const target = { resource, namespace: namespace ?? "", name };
    const object = wanted.type === "create"
      ? null
      : await readObject(cluster.client, target, { signal: io.signal });
    if (object !== null || wanted.type === "create") found.push({ ...target, object });
    else if (wanted.type !== "delete") throw notFound(target);
  }
  return found;
}

interface WaitContext {
  readonly io: CliIo;
  readonly cluster: Cluster;
  readonly wanted: WaitFor;
  /** On the clock's monotonic scale. */
  readonly deadline: number;
}

/** Throws OrkaError `timeout` in kubectl's words. */
async function waitOne(
  each: Waiting,
  { io, cluster: { client }, wanted, deadline }: WaitContext,
): Promise<KubeObject | null> {
  const late = new AbortController();
  const rest = Math.max(0, deadline - io.clock.monotonic());
  const uid = each.object?.metadata.uid;
  const isDone = (object: KubeObject | null): boolean => {
    switch (wanted.type) {
      case "delete":
        return object === null || object.metadata.uid !== uid;
      case "create":
        return object !== null;
      case "object":
        return object !== null && wanted.isMet(object);
    }
  };
  if (each.object !== null && isDone(each.object)) return each.object;
  const what = `${each.resource.plural}/${each.name}`;
  if (rest === 0) throw new OrkaError("timeout", `condition not met for ${what}`);
  using _timer = io.clock.timer(rest, () => late.abort());
  try {
    const signal = AbortSignal.any([io.signal, late.signal]);
    return await followObject(each, { client, clock: io.clock, signal, isDone }) ?? each.object;
  } catch (error) {
    if (!late.signal.aborted || io.signal.aborted) throw error;
    const on = wanted.type === "create" ? "" : ` on ${what}`;
    throw new OrkaError("timeout", `timed out waiting for the condition${on}`);
  }
}

type Print = (each: Waiting, object: KubeObject | null) => Promise<void>;

async function printerOf(io: CliIo, { flags }: Call): Promise<Print> {
  const format = await parseFormat(flags.text("output"), {
    template: flags.text("template"),
    readFile: (path) => io.readFile(path),
  });
  if (format.type === "table") {
    return async (each) => {
      await io.stdout.write(`${targetName(each)} condition met\n`);
      await io.stdout.flush();
    };
  }
  const printer = objectPrinter(format, {
    bare: true,
    noHeaders: false,
    forTerminal: io.stdout.isTerminal,
    allowMissingKeys: flags.on("allow-missing-template-keys", true),
  });
  return async (_, object) => {
    if (object === null) return;
    const shown = flags.on("show-managed-fields") ? object : withoutManagedFields(object);
    await io.stdout.write(printer.add(shown) + printer.end());
    await io.stdout.flush();
  };
}
