/** `orka drain`: kubectl's drain, with the plan first. */
import { EXIT, OrkaError } from "../../base/mod.ts";
import {
  type DrainOptions,
  type DrainPlan,
  type DrainResult,
  type EvictionOptions,
  planDrain,
  runDrain,
  tryEvictions,
} from "../../ops/mod.ts";
import { type ChangeSession, openChangeSession } from "../change/change_context.ts";
import { confirm } from "../change/confirm.ts";
import { noteReadOnly, readDryRun } from "../change/run_changes.ts";
import { note } from "../io.ts";
import { planJson, planText, podCount, podName, reasonsText } from "../ops/drain_plan_text.ts";
import { DrainPrinter } from "../ops/drain_printer.ts";
import { isJson } from "../ops/follow_rollout.ts";
import { nodeTargets } from "../ops/node_targets.ts";
import { readTimeout } from "../ops/operation.ts";
import type { FlagValues } from "../parse.ts";
import type { Command } from "../verbs.ts";

export const command: Command = async (io, { flags, args }) => {
  const timeoutMs = await readTimeout({ flags });
  const isDryRun = readDryRun(flags.text("dry-run")) !== "none";
  const asked = { ...drainOptions(flags), ...evictionOptions(flags), json: isJson(flags.text("output")) };
  using session = await openChangeSession(io, flags);
  const { client, writes } = session.cluster;
  const nodes = await nodeTargets(session, { args, verb: "drain" });
  const plans: DrainPlan[] = [];
  for (const { name } of nodes) {
    plans.push(await planDrain(client, name, { ...asked, nowMs: io.clock.now(), signal: io.signal }));
  }
  const isReal = writes.isOpen && !isDryRun;
  if (!isReal) await printPlans(session, plans, asked);
  refuse(plans);
  if (!isReal) {
    if (!isDryRun) await noteReadOnly(session);
    return isDryRun ? EXIT.ok : EXIT.readOnly;
  }
  // Whoever is asked sees what it is about.
  if (io.stderr.isTerminal && !asked.json && !flags.on("yes")) {
    for (const plan of plans) await io.stderr.write(planText(plan, new Map()));
  }
  await confirm(session, questionFor(plans));
  const start = io.clock.monotonic();
  for (const plan of plans) {
    const left = timeoutMs === 0 ? 0 : Math.max(1, timeoutMs - (io.clock.monotonic() - start));
    const code = await drain(session, plan, { ...asked, timeoutMs: left });
    if (code !== EXIT.ok) return code;
  }
  return EXIT.ok;
};

interface Asked extends DrainOptions, EvictionOptions {
  readonly json: boolean;
}

function drainOptions(flags: FlagValues): DrainOptions {
  return {
    ignoreDaemonSets: flags.on("ignore-daemonsets"),
    deleteEmptyDirData: flags.on("delete-emptydir-data"),
    force: flags.on("force"),
    podSelector: flags.text("pod-selector"),
    skipWaitForDeleteSeconds: flags.count("skip-wait-for-delete-timeout"),
  };
}

function evictionOptions(flags: FlagValues): EvictionOptions {
  const grace = flags.text("grace-period");
  const graceSeconds = grace === undefined ? -1 : Number(grace);
  if (!Number.isInteger(graceSeconds)) {
    throw new OrkaError("usage", `invalid argument "${grace}" for "--grace-period"`);
  }
  return {
    disableEviction: flags.on("disable-eviction"),
    ...(graceSeconds < 0 ? {} : { graceSeconds }),
  };
}

/** What would be done, and what the server says to each of the evictions now. */
async function printPlans(
  { io, cluster: { client } }: ChangeSession,
  plans: readonly DrainPlan[],
  asked: Asked,
): Promise<void> {
  for (const plan of plans) {
    const trial = await tryEvictions(client, plan, { ...asked, signal: io.signal });
    const text = asked.json ? `${JSON.stringify(planJson(plan, trial), null, 2)}\n` : planText(plan, trial);
    await io.stdout.write(text);
  }
  await io.stdout.flush();
}

/** Before anything is changed. */
function refuse(plans: readonly DrainPlan[]): void {
  const stopped = plans.filter((plan) => plan.refuse.length > 0);
  if (stopped.length === 0) return;
  const texts = stopped.map(({ node, refuse }) =>
    `unable to drain node "${node.metadata.name}" due to error: ${reasonsText(refuse)}`
  );
  throw new OrkaError("invalid", texts.join("\n"), { hint: "Nothing was changed." });
}

function questionFor(plans: readonly DrainPlan[]) {
  const count = plans.reduce((sum, { evict }) => sum + evict.length, 0);
  const pods = podCount(count);
  if (plans.length > 1) {
    return { text: `Drain ${plans.length} nodes, evicting ${pods}?`, name: String(plans.length) };
  }
  const { name } = plans[0]!.node.metadata;
  return { text: `Drain node "${name}", evicting ${pods}?`, name };
}

async function drain(
  session: ChangeSession,
  plan: DrainPlan,
  { json, timeoutMs, ...asked }: Asked & { readonly timeoutMs: number },
): Promise<number> {
  const { io } = session;
  const node = plan.node.metadata.name;
  const printer = new DrainPrinter(io, { node, json, done: asked.disableEviction ? "deleted" : "evicted" });
  const warnings = reasonsText([...plan.skip, ...plan.evict]);
  if (warnings !== "" && !json) await note(io, `Warning: ${warnings}`);
  const result = await runDrain(plan, {
    ...asked,
    context: session.perform(),
    clock: io.clock,
    timeoutMs,
    random: Math.random,
    onEvent: (event) => printer.event(event),
  }).finally(() => printer.end());
  return await ending(session, { node, result, json, timeoutMs });
}

interface Ended {
  readonly node: string;
  readonly result: DrainResult;
  readonly json: boolean;
  readonly timeoutMs: number;
}

async function ending({ io, flags }: ChangeSession, ended: Ended): Promise<number> {
  const { node, result: { outcome, evicted, left }, json } = ended;
  if (json) {
    await io.stdout.write(
      `${JSON.stringify({ type: outcome, node, evicted: evicted.length, left: left.map(podName) })}\n`,
    );
  } else if (outcome === "drained") await io.stdout.write(`node/${node} drained\n`);
  await io.stdout.flush();
  if (outcome === "drained") return EXIT.ok;
  const done = `${evicted.length} of ${evicted.length + left.length} pods are gone`;
  if (outcome === "aborted") {
    await note(io, `stopped: ${done}; node/${node} stays cordoned.\n${againHint(node)}`);
    return EXIT.interrupted;
  }
  throw endingError(ended, { done, limit: flags.text("timeout") ?? "" });
}

function againHint(node: string): string {
  return `Run it again to go on, or orka uncordon ${node} to let pods in again.`;
}

function endingError(
  { node, result: { outcome, plan, failed, left, progress } }: Ended,
  { done, limit }: { readonly done: string; readonly limit: string },
): OrkaError {
  const hint = `${done}; node/${node} stays cordoned. ${againHint(node)}`;
  switch (outcome) {
    case "node-gone":
      return new OrkaError("not-found", `node "${node}" was deleted while it was drained: ${done}`, {
        hint: left.length === 0
          ? undefined
          : `Left to the cluster to collect: ${left.map(podName).join(", ")}.`,
      });
    case "refused":
      return new OrkaError(
        "invalid",
        `unable to drain node "${node}" due to error: ${reasonsText(plan.refuse)}`,
        { hint },
      );
    case "failed": {
      const texts = failed.map(({ pod, error }) => `${podName(pod)}: ${error.message}`);
      return new OrkaError("server", `unable to drain node "${node}": ${texts.join("; ")}`, { hint });
    }
    default:
      return new OrkaError("timeout", `drain did not complete within ${limit}: ${leftText(left, progress)}`, {
        hint,
      });
  }
}

/** What each of those that are left waits for. */
function leftText(left: DrainResult["left"], { blocked, ending }: DrainResult["progress"]): string {
  return left.map((pod) => {
    if (blocked.includes(pod)) return `${podName(pod)} is held back`;
    const finalizers = ending.find((each) => each.pod === pod)?.finalizers ?? [];
    return finalizers.length > 0
      ? `${podName(pod)} waits for its finalizers: ${finalizers.join(", ")}`
      : `${podName(pod)} is ending`;
  }).join("; ");
}
