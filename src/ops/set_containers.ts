/** Environment and resources of containers, in pods and in every kind that holds a pod template. */
import { type ObjectTarget, sameJson } from "../apply/mod.ts";
import { OrkaError } from "../base/mod.ts";
import type { Change } from "../change/mod.ts";
import type { Client } from "../client/mod.ts";
import { parseQuantity } from "../kube/mod.ts";
import type { EnvValue } from "./env_from.ts";
import { patchPodSpec, podSpecOf } from "./pod_spec.ts";
import { type ContainerView, type PlanOptions, readLive } from "./workload.ts";
import { patchChange } from "./patch_change.ts";

export interface ContainerSelection {
  /** Names, in which `*` stands for any text; all containers unless given. */
  readonly containers?: readonly string[] | undefined;
}

export interface SetEnvOptions extends PlanOptions, ContainerSelection {
  readonly set: Readonly<Record<string, EnvValue>>;
  readonly remove?: readonly string[] | undefined;
  /** false: a variable that has another value is refused. Default true. */
  readonly overwrite?: boolean | undefined;
}

/**
 * null: it is so already. Throws OrkaError `not-found` where no container has such a name, `invalid` for a value that is
 * not to be overwritten.
 */
export function planSetEnv(
  client: Client,
  target: ObjectTarget,
  options: SetEnvOptions,
): Promise<Change | null> {
  const { set, remove = [], overwrite = true } = options;
  const patchOf: ContainerPatch = ({ name, env = [] }) => {
    const changed = Object.entries(set).flatMap(([key, value]) => {
      const there = env.find((entry) => entry.name === key);
      const wanted = { name: key, ...(typeof value === "string" ? { value } : { valueFrom: value }) };
      if (there !== undefined && isSameEntry(there, wanted)) return [];
      if (there !== undefined && !overwrite) {
        throw new OrkaError(
          "invalid",
          `${target.resource.plural}/${target.name} '${key}' already has a value (${
            there.value ?? ""
          }), and --overwrite is false`,
        );
      }
      return [there === undefined ? wanted : replacing(there, wanted)];
    });
    const gone = remove.filter((key) => env.some((entry) => entry.name === key))
      .map((key) => ({ name: key, $patch: "delete" }));
    if (changed.length + gone.length === 0) return null;
    // New ones go behind the old: a variable may only refer to those before it.
    const names = new Set([...env, ...changed].map((entry) => entry.name));
    const order = [...names].filter((key) => !gone.some((entry) => entry.name === key));
    return { name, "$setElementOrder/env": order.map((key) => ({ name: key })), env: [...changed, ...gone] };
  };
  return planContainers(client, target, { ...options, verb: "set env", patchOf });
}

type EnvEntry = NonNullable<ContainerView["env"]>[number];

function isSameEntry(one: EnvEntry, other: EnvEntry): boolean {
  return (one.value ?? "") === (other.value ?? "") && sameJson(one.valueFrom, other.valueFrom);
}

interface EnvPatch extends Pick<EnvEntry, "name"> {
  readonly value?: string | null;
  readonly valueFrom?: unknown;
}

/** A variable has one source: the one that it had goes. */
function replacing(there: EnvEntry, wanted: EnvEntry): EnvPatch {
  const from = there.valueFrom as object | undefined;
  if (wanted.valueFrom === undefined) {
    return { ...wanted, ...(from === undefined ? {} : { valueFrom: null }) };
  }
  const others = Object.keys(from ?? {}).filter((key) => !Object.hasOwn(wanted.valueFrom as object, key));
  return {
    name: wanted.name,
    ...(there.value === undefined ? {} : { value: null }),
    valueFrom: { ...Object.fromEntries(others.map((key) => [key, null])), ...wanted.valueFrom as object },
  };
}

type Amounts = Readonly<Record<string, string>>;

export interface SetResourcesOptions extends PlanOptions, ContainerSelection {
  /** By the resource's name; zero takes it away. */
  readonly limits?: Amounts | undefined;
  readonly requests?: Amounts | undefined;
}

/** null: it is so already. Throws OrkaError `not-found` where no container has such a name, `usage` for no quantity. */
export async function planSetResources(
  client: Client,
  target: ObjectTarget,
  options: SetResourcesOptions,
): Promise<Change | null> {
  const wanted = { limits: amountsOf(options.limits), requests: amountsOf(options.requests) };
  const patchOf: ContainerPatch = ({ name, resources = {} }) => {
    const patch: Record<string, Record<string, string | null>> = {};
    for (const list of ["limits", "requests"] as const) {
      const changed = wanted[list].filter(([key, value]) =>
        String(resources[list]?.[key] ?? "") !== (value ?? "")
      );
      if (changed.length > 0) patch[list] = Object.fromEntries(changed);
    }
    return Object.keys(patch).length === 0 ? null : { name, resources: patch };
  };
  return await planContainers(client, target, { ...options, verb: "set resources", patchOf });
}

function amountsOf(amounts: Amounts = {}): readonly (readonly [string, string | null])[] {
  return Object.entries(amounts).map(([key, text]) => {
    const quantity = parseQuantity(text);
    if (quantity === null) {
      throw new OrkaError("usage", `invalid quantity "${text}" for ${key}`, { hint: "As 200m or 512Mi." });
    }
    return [key, quantity.nano === 0n ? null : text];
  });
}

/** The container's patch, with its name; null: nothing changes of it. */
type ContainerPatch = (container: ContainerView) => object | null;

interface ContainersOptions extends PlanOptions, ContainerSelection {
  readonly verb: string;
  readonly patchOf: ContainerPatch;
}

async function planContainers(
  client: Client,
  target: ObjectTarget,
  { verb, containers = ["*"], patchOf, fieldManager, live, signal }: ContainersOptions,
): Promise<Change | null> {
  const before = await readLive(client, target, { live, signal });
  const spec = podSpecOf(before, target);
  const all = [...spec.initContainers ?? [], ...spec.containers ?? []];
  const isChosen = ({ name }: ContainerView) => containers.some((pattern) => matchesName(pattern, name));
  if (!all.some(isChosen)) {
    throw new OrkaError(
      "not-found",
      `no container of ${target.resource.kind} "${target.name}" is named ${containers.join(", ")}`,
      {
        hint: `There are ${all.map(({ name }) => name).join(", ")}.`,
      },
    );
  }
  const patches: Record<string, object[]> = {};
  for (const list of ["containers", "initContainers"] as const) {
    const changed = (spec[list] ?? []).filter(isChosen).map(patchOf).filter((patch) => patch !== null);
    if (changed.length > 0) patches[list] = changed;
  }
  if (Object.keys(patches).length === 0) return null;
  const patch = patchPodSpec(target, patches);
  return patchChange(client, target, { verb, before, fieldManager, type: "strategic", patch });
}

function matchesName(pattern: string, name: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.\\+?^${}()|[\]]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(name);
}

/** The containers that are chosen, init containers last. */
export function chosenContainers(
  object: Parameters<typeof podSpecOf>[0],
  { target, containers = ["*"] }: ContainerSelection & { readonly target: ObjectTarget },
): readonly ContainerView[] {
  const spec = podSpecOf(object, target);
  return [...spec.containers ?? [], ...spec.initContainers ?? []]
    .filter(({ name }) => containers.some((pattern) => matchesName(pattern, name)));
}

export interface SetServiceAccountOptions extends PlanOptions {
  readonly name: string;
}

/** null: it is so already. */
export async function planSetServiceAccount(
  client: Client,
  target: ObjectTarget,
  { name, fieldManager, live, signal }: SetServiceAccountOptions,
): Promise<Change | null> {
  const before = await readLive(client, target, { live, signal });
  if (podSpecOf(before, target).serviceAccountName === name) return null;
  const patch = patchPodSpec(target, { serviceAccountName: name });
  return patchChange(client, target, {
    verb: "set serviceaccount",
    before,
    fieldManager,
    type: "strategic",
    patch,
  });
}
