/** Seeded random sequences of writes on the sample type, for tests and for recording what the original makes of them. */
import type { Json, JsonObject } from "../patch/mod.ts";

export interface SampleStep {
  readonly op: "update" | "apply" | "force";
  readonly manager: string;
  readonly version: string;
  /** From here on, version v2 exists no more. */
  readonly gone: boolean;
  /** From here on, the object has this type. */
  readonly type?: "root" | "root2";
  readonly object: JsonObject;
}

export interface SampleSequence {
  readonly type: "root" | "__untyped_deduced_";
  readonly ops: readonly SampleStep[];
}

type Make = () => Json;

export class SampleMaker {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  sequence(): SampleSequence {
    const type = this.below(6) === 0 ? "__untyped_deduced_" : "root";
    const count = 2 + this.below(6);
    const goneAt = this.below(4) === 0 ? this.below(count) : count;
    const ops: SampleStep[] = [];
    for (let at = 0; at < count; at++) {
      const gone = at >= goneAt;
      ops.push({
        op: this.#pick(["update", "apply", "apply", "force"]),
        manager: this.#pick(["m1", "m2", "m3"]),
        version: gone ? "v1" : this.#pick(["v1", "v1", "v1", "v2"]),
        gone,
        ...(type === "root" && this.below(5) === 0 ? { type: this.#pick(["root", "root2"]) } : {}),
        object: at > 0 && this.below(8) === 0 ? this.#pick(ops).object : this.object(),
      });
    }
    return { type, ops };
  }

  /** An object of the sample type; now and then one that doesn't fit it. */
  object(): JsonObject {
    const strings = () => this.#some({ a: this.#string, b: this.#string, c: this.#string });
    return this.#some({
      name: this.#string,
      num: this.#number,
      flag: () => this.#pick<Json>([true, false, null]),
      any: () => this.#pick<Json>([1, "x", true, null]),
      struct: () => this.#struct(0),
      atomicStruct: () => this.#struct(0),
      atomicMap: strings,
      labels: () => this.#pick<Json>([null, strings(), {}]),
      structs: () => this.#some({ a: () => this.#struct(1), b: () => this.#struct(1) }),
      set: () => this.#pick<Json>([null, [], this.#list(5, () => this.#pick(["a", "b", "c", "d"]))]),
      nums: () => this.#list(4, this.#number),
      list: () => this.#items(0),
      ports: () => this.#list(4, () => this.#port()),
      atomicList: () => this.#items(0),
      free: () => this.#free(0),
      ...(this.below(60) === 0 ? { unknown: this.#string } : {}),
    }, 3);
  }

  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  }

  #pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  readonly #string = () => this.#pick(["x", "y", "z", "<&>", ""]);
  readonly #number = () => this.#pick([0, 1, 2, 1.5, -3]);

  /** Each field with a chance of one in `odds`. */
  #some(fields: Readonly<Record<string, Make>>, odds = 2): JsonObject {
    const object: JsonObject = {};
    for (const [key, make] of Object.entries(fields)) if (this.below(odds) === 0) object[key] = make();
    return object;
  }

  #struct(depth: number): Json {
    if (this.below(12) === 0) return null;
    const inner = depth < 2 ? { inner: () => this.#struct(depth + 1) } : {};
    return this.#some({ a: this.#string, b: this.#number, ...inner });
  }

  #items(depth: number): Json {
    return this.below(10) === 0 ? null : this.#list(5, () => this.#item(depth));
  }

  #item(depth: number): Json {
    const name: JsonObject = this.below(40) === 0 ? {} : { name: this.#pick(["a", "b", "c", "d", "e"]) };
    const list = depth < 1 ? { list: () => this.#items(depth + 1) } : {};
    return { ...name, ...this.#some({ value: this.#number, struct: () => this.#struct(1), ...list }) };
  }

  #port(): Json {
    const port: JsonObject = this.below(30) === 0 ? {} : { port: this.#pick([80, 81, 82]) };
    return { ...port, ...this.#some({ protocol: () => this.#pick(["TCP", "UDP"]), name: this.#string }) };
  }

  /** A list with few duplicates: they are refused in most places. */
  #list(most: number, make: Make): Json[] {
    const seen = new Set<string>();
    return Array.from({ length: this.below(most) }, make).filter((item) => {
      const { name, port, protocol = "TCP" } = (item ?? {}) as Record<string, Json>;
      const key = JSON.stringify(port === undefined ? name ?? item : [port, protocol]);
      const isNew = !seen.has(key);
      seen.add(key);
      return isNew || this.below(12) === 0;
    });
  }

  #free(depth: number): Json {
    const kind = this.below(depth > 2 ? 4 : 7);
    if (kind === 0) return this.#string();
    if (kind === 1) return this.#number();
    if (kind === 2) return null;
    if (kind === 3) return true;
    if (kind === 4) return [this.#free(depth + 1), this.#free(depth + 1)];
    const inner = () => this.#free(depth + 1);
    return this.#some({ a: inner, b: inner, c: inner });
  }
}
