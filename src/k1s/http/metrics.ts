/**
 * What the server counts, in the text form of Prometheus, under the real server's names where the meaning is the same.
 * https://kubernetes.io/docs/reference/instrumentation/metrics/
 */
import type { Clock } from "../../base/mod.ts";
import type { RequestInfo } from "./request_info.ts";
import { versionInfo } from "./version.ts";

/** Upper bounds in seconds: those of the real server. */
// deno-fmt-ignore
const BUCKETS = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];
const VERBS: Readonly<Record<string, string>> = {
  get: "GET",
  list: "LIST",
  watch: "WATCH",
  create: "POST",
  update: "PUT",
  patch: "PATCH",
  delete: "DELETE",
  deletecollection: "DELETECOLLECTION",
  connect: "CONNECT",
};
/** More combinations of labels than this are counted as one, so that hostile paths can't fill the memory. */
const MAX_SERIES = 2_000;

type Labels = readonly (readonly [string, string])[];

interface Series {
  readonly labels: Labels;
  readonly codes: Map<number, number>;
  readonly buckets: number[];
  sumSeconds: number;
  count: number;
}

export interface MeasuredRequest {
  end(status: number): void;
}

export interface ObjectCount {
  readonly group: string;
  readonly resource: string;
  readonly count: number;
}

export class Metrics {
  readonly #clock: Clock;
  readonly #startMs: number;
  readonly #series = new Map<string, Series>();
  readonly #longRunning = new Map<string, number>();
  readonly #inFlight = { mutating: 0, readOnly: 0 };

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startMs = clock.now();
  }

  /** Notes that a request has begun. Watches end with their headers here: their streams are gauged by `stream`. */
  begin(method: string, info: RequestInfo, query: URLSearchParams): MeasuredRequest {
    const labels = labelsOf(method, info, query);
    const startMs = this.#clock.monotonic();
    const kind = method === "GET" || method === "HEAD" ? "readOnly" : "mutating";
    this.#inFlight[kind]++;
    return {
      end: (status) => {
        this.#inFlight[kind]--;
        this.#note(labels, status, (this.#clock.monotonic() - startMs) / 1000);
      },
    };
  }

  /** Counts a watch or stream as long as it lasts. */
  stream(info: RequestInfo): Disposable {
    const key = labelText(
      labelsOf("GET", info, new URLSearchParams()).filter(([name]) => name !== "dry_run"),
    );
    this.#longRunning.set(key, (this.#longRunning.get(key) ?? 0) + 1);
    return { [Symbol.dispose]: () => this.#longRunning.set(key, this.#longRunning.get(key)! - 1) };
  }

  #note(labels: Labels, status: number, seconds: number): void {
    const key = labels.map(([, value]) => value).join("\0");
    let series = this.#series.get(key);
    if (!series) {
      if (this.#series.size >= MAX_SERIES) return;
      series = { labels, codes: new Map(), buckets: BUCKETS.map(() => 0), sumSeconds: 0, count: 0 };
      this.#series.set(key, series);
    }
    series.codes.set(status, (series.codes.get(status) ?? 0) + 1);
    series.count++;
    series.sumSeconds += seconds;
    const at = BUCKETS.findIndex((bound) => seconds <= bound);
    if (at >= 0) series.buckets[at]!++;
  }

  /** Everything counted, with the numbers of stored objects. */
  text(objects: readonly ObjectCount[]): string {
    const { major, minor, gitVersion, compiler, platform } = versionInfo();
    const build = labelText(Object.entries({ compiler, git_version: gitVersion, major, minor, platform }));
    return [
      ...family("apiserver_current_inflight_requests", "gauge", "Requests under way, by kind.", [
        [`{request_kind="mutating"}`, this.#inFlight.mutating],
        [`{request_kind="readOnly"}`, this.#inFlight.readOnly],
      ]),
      ...family("apiserver_longrunning_requests", "gauge", "Watches and streams under way.", [
        ...this.#longRunning,
      ]),
      ...this.#durations(),
      ...family(
        "apiserver_request_total",
        "counter",
        "Requests answered, by verb, resource and code.",
        [
          ...this.#series.values(),
        ].flatMap(({ labels, codes }) =>
          [...codes].map(([code, count]) => [labelText([["code", String(code)], ...labels]), count] as const)
        ),
      ),
      ...family(
        "apiserver_resource_objects",
        "gauge",
        "Stored objects, by resource.",
        objects.map(({ group, resource, count }) =>
          [labelText([["group", group], ["resource", resource]]), count] as const
        ),
      ),
      ...family("kubernetes_build_info", "gauge", "What this server is.", [[build, 1]]),
      ...family("process_start_time_seconds", "gauge", "When it began, in seconds since the epoch.", [
        ["", this.#startMs / 1000],
      ]),
      "",
    ].join("\n");
  }

  #durations(): string[] {
    const name = "apiserver_request_duration_seconds";
    const lines = [`# HELP ${name} Time to answer, in seconds.`, `# TYPE ${name} histogram`];
    for (const { labels, buckets, count, sumSeconds } of this.#series.values()) {
      let below = 0;
      for (const [at, bound] of BUCKETS.entries()) {
        below += buckets[at]!;
        lines.push(`${name}_bucket${labelText([...labels, ["le", String(bound)]])} ${below}`);
      }
      lines.push(`${name}_bucket${labelText([...labels, ["le", "+Inf"]])} ${count}`);
      lines.push(
        `${name}_sum${labelText(labels)} ${sumSeconds}`,
        `${name}_count${labelText(labels)} ${count}`,
      );
    }
    return this.#series.size === 0 ? [] : lines;
  }
}

function family(
  name: string,
  type: "gauge" | "counter",
  help: string,
  samples: readonly (readonly [string, number])[],
): string[] {
  if (samples.length === 0) return [];
  const values = samples.map(([labels, value]) => `${name}${labels} ${value}`);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...values];
}

function labelText(labels: Labels): string {
  const escape = (value: string) => value.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n");
  return `{${labels.map(([name, value]) => `${name}="${escape(value)}"`).join(",")}}`;
}

function labelsOf(method: string, info: RequestInfo, query: URLSearchParams): Labels {
  const dryRun = query.get("dryRun") ?? "";
  if (info.type === "path") {
    // the first two segments: no more than what is served has
    const path = info.path.split("/").slice(0, 3).join("/");
    return labels("", { dryRun, subresource: path, verb: method });
  }
  const { group, version, resource, subresource, verb, name, namespace } = info;
  const scope = name !== "" || verb === "create" ? "resource" : namespace === "" ? "cluster" : "namespace";
  return labels("apiserver", {
    dryRun,
    group,
    resource,
    scope,
    subresource,
    verb: VERBS[verb] ?? method,
    version,
  });
}

function labels(component: string, of: {
  readonly dryRun: string;
  readonly group?: string;
  readonly resource?: string;
  readonly scope?: string;
  readonly subresource: string;
  readonly verb: string;
  readonly version?: string;
}): Labels {
  return [
    ["component", component],
    ["dry_run", of.dryRun === "" ? "" : "All"],
    ["group", of.group ?? ""],
    ["resource", of.resource ?? ""],
    ["scope", of.scope ?? ""],
    ["subresource", of.subresource],
    ["verb", of.verb],
    ["version", of.version ?? ""],
  ];
}
