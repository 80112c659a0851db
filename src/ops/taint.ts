/** Taints of nodes. https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ */
import { OrkaError } from "../base/mod.ts";
import type { Change } from "../change/mod.ts";
import type { Client } from "../client/mod.ts";
import { nodeTarget } from "./cordon.ts";
import { type PlanOptions, readLive } from "./workload.ts";
import { patchChange } from "./patch_change.ts";

export interface Taint {
  readonly key: string;
  readonly value?: string | undefined;
  readonly effect: string;
  readonly timeAdded?: string | undefined;
}

export interface TaintChanges {
  readonly add: readonly Taint[];
  /** Without an effect: all of the key's. */
  readonly remove: readonly { readonly key: string; readonly effect: string | null }[];
}

const EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"];
const KEY = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

/** `key=value:Effect`, `key:Effect`, `key:Effect-`, `key-`, as kubectl takes them. Throws OrkaError `usage`. */
export function parseTaints(texts: readonly string[]): TaintChanges {
  const add: Taint[] = [];
  const remove: { key: string; effect: string | null }[] = [];
  for (const text of texts) {
    const removes = text.endsWith("-");
    const [pair = "", effect, more] = (removes ? text.slice(0, -1) : text).split(":");
    const [key = "", value, rest] = pair.split("=");
    const isKnown = effect !== undefined && EFFECTS.includes(effect);
    const isWell = more === undefined && rest === undefined && KEY.test(key) && VALUE.test(value ?? "");
    if (!isWell || (effect === undefined ? !removes : !isKnown)) throw invalid(text, effect);
    if (removes) remove.push({ key, effect: effect ?? null });
    else if (add.some((taint) => taint.key === key && taint.effect === effect)) {
      throw new OrkaError("usage", `duplicated taints with the same key and effect: ${text}`);
    } else add.push({ key, ...(value === undefined || value === "" ? {} : { value }), effect: effect! });
  }
  return { add, remove };
}

function invalid(text: string, effect: string | undefined): OrkaError {
  if (effect !== undefined && !EFFECTS.includes(effect)) {
    return new OrkaError("usage", `invalid taint effect: ${effect}, unsupported taint effect`, {
      hint: `Effects are ${EFFECTS.join(", ")}.`,
    });
  }
  return new OrkaError("usage", `invalid taint spec: ${text}`, {
    hint: "KEY=VALUE:EFFECT or KEY:EFFECT puts one on; KEY:EFFECT- or KEY- takes it off.",
  });
}

export interface TaintOptions extends PlanOptions {
  readonly changes: TaintChanges;
  /** Another value of a taint that is there is no mistake. */
  readonly overwrite?: boolean | undefined;
}

/** Throws OrkaError `not-found` for a taint to take off that is not there, `already-exists` without overwrite. */
export async function planTaint(client: Client, node: string, options: TaintOptions): Promise<Change> {
  const { fieldManager } = options;
  const target = nodeTarget(node);
  const before = await readLive(client, target, options);
  const now = (before.spec as { taints?: readonly Taint[] } | undefined)?.taints ?? [];
  const taints = tainted(now, { ...options, node });
  // The list goes whole: with the version, nobody's taint of meanwhile is lost.
  const patch = { metadata: { resourceVersion: before.metadata.resourceVersion }, spec: { taints } };
  return patchChange(client, target, { verb: "taint", before, fieldManager, patch });
}

function tainted(
  now: readonly Taint[],
  { changes: { add, remove }, overwrite = false, node }: TaintOptions & { readonly node: string },
): readonly Taint[] {
  const isSame = (a: Taint, b: Taint) => a.key === b.key && a.effect === b.effect;
  const clashes = now.filter((taint) => add.some((each) => isSame(each, taint)));
  if (clashes.length > 0 && !overwrite) {
    throw new OrkaError(
      "already-exists",
      `node ${node} already has ${
        clashes.map(({ key }) => key).join(", ")
      } taint(s) with same effect(s) and --overwrite is false`,
    );
  }
  const goes = (taint: Taint) =>
    remove.some(({ key, effect }) => key === taint.key && (effect === null || effect === taint.effect));
  for (const { key, effect } of remove) {
    if (!now.some((taint) => taint.key === key && (effect === null || effect === taint.effect))) {
      throw new OrkaError("not-found", `taint "${key}${effect === null ? "" : `:${effect}`}" not found`);
    }
  }
  return [...add, ...now.filter((taint) => !goes(taint) && !clashes.includes(taint))];
}
