/** Use and requests as tables; what is measured looks as kubectl's top. */
import { milliValue, type Quantity, quantityValue } from "../../kube/mod.ts";
import {
  type Amounts,
  type NodeRequests,
  type NodeUsage,
  plus,
  type PodRequests,
  type PodUsage,
} from "../../ops/mod.ts";

export interface UsageTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly json: readonly object[];
}

export type SortKey = "cpu" | "memory";

/** The greediest first by the key, else by namespace and name; what is not measured comes last. */
export function sorted<T extends { readonly namespace?: string; readonly name: string }>(
  rows: readonly T[],
  amounts: (row: T) => Amounts | null,
  key: SortKey | undefined,
): readonly T[] {
  const nano = (row: T) => key === undefined ? 0n : amounts(row)?.[key].nano ?? -1n;
  return [...rows].sort((a, b) => {
    const [left, right] = [nano(a), nano(b)];
    if (left !== right) return left < right ? 1 : -1;
    return compare(a.namespace ?? "", b.namespace ?? "") || compare(a.name, b.name);
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const cores = ({ cpu }: Amounts) => `${milliValue(cpu)}m`;
const bytes = ({ memory }: Amounts) => `${mebibytes(memory)}Mi`;
const mebibytes = (memory: Quantity) => Math.trunc(quantityValue(memory) / (1024 * 1024));

function percent(part: Quantity, whole: Quantity): string {
  return whole.nano <= 0n ? "<unknown>" : `${part.nano * 100n / whole.nano}%`;
}

/** kubectl ends every cell with a tab, the last too. */
const line = (...cells: readonly string[]) => [...cells, ""];

type Room = "capacity" | "allocatable";

export function nodeUsageRows(nodes: readonly NodeUsage[], of: Room): UsageTable {
  return {
    header: line("NAME", "CPU(cores)", "CPU(%)", "MEMORY(bytes)", "MEMORY(%)"),
    rows: nodes.map(({ name, usage, ...room }) => {
      if (usage === null) return line(name, ...Array(4).fill("<unknown>"));
      const whole = room[of];
      return line(
        name,
        cores(usage),
        percent(usage.cpu, whole.cpu),
        bytes(usage),
        percent(usage.memory, whole.memory),
      );
    }),
    json: nodes.map(({ name, usage, ...room }) => ({
      name,
      usage: usage === null ? null : plain(usage),
      [of]: plain(room[of]),
    })),
  };
}

export function nodeRequestRows(nodes: readonly NodeRequests[], of: Room): UsageTable {
  const share = (part: Amounts, whole: Amounts, key: keyof Amounts) =>
    `${key === "cpu" ? cores(part) : bytes(part)} (${percent(part[key], whole[key])})`;
  return {
    header: line("NAME", "PODS", "CPU(requests)", "CPU(limits)", "MEMORY(requests)", "MEMORY(limits)"),
    rows: nodes.map(({ name, pods, requests, limits, ...room }) => {
      const whole = room[of];
      return line(
        name,
        String(pods),
        share(requests, whole, "cpu"),
        share(limits, whole, "cpu"),
        share(requests, whole, "memory"),
        share(limits, whole, "memory"),
      );
    }),
    json: nodes.map(({ name, pods, requests, limits, ...room }) => ({
      name,
      pods,
      requests: plain(requests),
      limits: plain(limits),
      [of]: plain(room[of]),
    })),
  };
}

export interface PodColumns {
  readonly withNamespace: boolean;
  readonly containers: boolean;
  readonly sum: boolean;
}

export function podUsageRows(
  pods: readonly PodUsage[],
  { withNamespace, containers, sum }: PodColumns,
): UsageTable {
  const first = [...withNamespace ? ["NAMESPACE"] : [], ...containers ? ["POD"] : []];
  const names = (
    { namespace, name }: PodUsage,
  ) => [...withNamespace ? [namespace] : [], ...containers ? [name] : []];
  const rows = pods.flatMap((pod) =>
    containers
      ? pod.containers.map(({ name, usage }) => line(...names(pod), name, cores(usage), bytes(usage)))
      : [line(...names(pod), pod.name, cores(pod.usage), bytes(pod.usage))]
  );
  const total = pods.reduce<Amounts | null>(
    (all, { usage }) => all === null ? usage : plus(all, usage),
    null,
  );
  return {
    header: line(...first, "NAME", "CPU(cores)", "MEMORY(bytes)"),
    rows: sum && total !== null ? [...rows, ...sumRows(first.length, [cores(total), bytes(total)])] : rows,
    json: pods.map(({ namespace, name, usage, containers }) => ({
      namespace,
      name,
      usage: plain(usage),
      containers: containers.map((each) => ({ name: each.name, usage: plain(each.usage) })),
    })),
  };
}

export function podRequestRows(pods: readonly PodRequests[], { withNamespace, sum }: PodColumns): UsageTable {
  const first = withNamespace ? ["NAMESPACE"] : [];
  const cells = (
    requests: Amounts,
    limits: Amounts,
  ) => [cores(requests), cores(limits), bytes(requests), bytes(limits)];
  const rows = pods.map(({ namespace, name, requests, limits }) =>
    line(...withNamespace ? [namespace] : [], name, ...cells(requests, limits))
  );
  const [head, ...rest] = pods;
  const total = head && rest.reduce((all, pod) => ({
    requests: plus(all.requests, pod.requests),
    limits: plus(all.limits, pod.limits),
  }), { requests: head.requests, limits: head.limits });
  return {
    header: line(...first, "NAME", "CPU(requests)", "CPU(limits)", "MEMORY(requests)", "MEMORY(limits)"),
    rows: sum && total ? [...rows, ...sumRows(first.length, cells(total.requests, total.limits))] : rows,
    json: pods.map(({ requests, limits, ...pod }) => ({
      ...pod,
      requests: plain(requests),
      limits: plain(limits),
    })),
  };
}

/** A rule under each number, and the sums. */
function sumRows(before: number, sums: readonly string[]): string[][] {
  const blank = Array<string>(before + 1).fill("");
  return [line(...blank, ...sums.map(() => "________")), line(...blank, ...sums)];
}

function plain({ cpu, memory }: Amounts): object {
  return { cpuMillicores: milliValue(cpu), memoryBytes: quantityValue(memory) };
}
