/**
 * Counters, gauges and timings by name. A timing `x_ms` gives `x_ms` (the last one), `x_ms{quantile="0.5"}` and
 * `{quantile="0.99"}` over the last 512, `x_ms_sum` and `x_ms_count`, as a Prometheus summary names them.
 */
export class MetricSet {
  readonly #values = new Map<string, number>();
  readonly #timings = new Map<string, Timing>();

  /** Adds to a counter. */
  count(name: string, by = 1): void {
    this.#values.set(name, (this.#values.get(name) ?? 0) + by);
  }

  /** Sets a gauge. */
  gauge(name: string, value: number): void {
    this.#values.set(name, value);
  }

  /** Takes one measurement. */
  observe(name: string, value: number): void {
    let timing = this.#timings.get(name);
    if (!timing) this.#timings.set(name, timing = new Timing());
    timing.add(value);
  }

  get(name: string): number {
    return this.#values.get(name) ?? 0;
  }

  /** Everything, sorted by name. */
  snapshot(): Record<string, number> {
    const all = new Map(this.#values);
    for (const [name, timing] of this.#timings) timing.report(name, all);
    return Object.fromEntries([...all].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  }
}

const TIMING_WINDOW = 512;

class Timing {
  readonly #ring = new Float64Array(TIMING_WINDOW);
  #count = 0;
  #sum = 0;
  #last = 0;

  add(value: number): void {
    this.#ring[this.#count++ % TIMING_WINDOW] = value;
    this.#sum += value;
    this.#last = value;
  }

  report(name: string, into: Map<string, number>): void {
    const held = this.#ring.slice(0, Math.min(this.#count, TIMING_WINDOW)).sort();
    const at = (q: number) => held[Math.min(held.length - 1, Math.floor(held.length * q))] ?? 0;
    const [plain, labels] = splitLabels(name);
    const quantile = (q: string) => `${plain}{${labels === "" ? "" : `${labels},`}quantile="${q}"}`;
    const suffixed = (suffix: string) => labels === "" ? plain + suffix : `${plain}${suffix}{${labels}}`;
    into.set(name, this.#last);
    into.set(quantile("0.5"), at(0.5));
    into.set(quantile("0.99"), at(0.99));
    into.set(suffixed("_sum"), this.#sum);
    into.set(suffixed("_count"), this.#count);
  }
}

/** `x{a="b"}` as `x` and `a="b"`. */
function splitLabels(name: string): readonly [string, string] {
  const brace = name.indexOf("{");
  return brace < 0 ? [name, ""] : [name.slice(0, brace), name.slice(brace + 1, -1)];
}
