/** Reads into parsed JSON that may lack anything: every step of a path that is not there gives the empty tree. */
export class Tree {
  constructor(readonly value: unknown) {}

  /** `at("spec.template.spec")`: fields by name. A field whose name has dots: `key`. */
  at(path: string): Tree {
    let value = this.value;
    for (const name of path.split(".")) value = child(value, name);
    return new Tree(value);
  }

  key(name: string): Tree {
    return new Tree(child(this.value, name));
  }

  get exists(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  /** Strings as they are, numbers and booleans in text, anything else empty. */
  get text(): string {
    const kind = typeof this.value;
    return kind === "string" || kind === "number" || kind === "boolean" ? String(this.value) : "";
  }

  /** The text, or `fallback` where it is empty. */
  or(fallback: string): string {
    return this.text || fallback;
  }

  /** 0 where there is no number. */
  get number(): number {
    return typeof this.value === "number" ? this.value : 0;
  }

  get isTrue(): boolean {
    return this.value === true;
  }

  get list(): Tree[] {
    return Array.isArray(this.value) ? this.value.map((v) => new Tree(v)) : [];
  }

  /** The texts of a list. */
  get texts(): string[] {
    return this.list.map((t) => t.text);
  }

  /** Fields in the order of their names. */
  get entries(): [string, Tree][] {
    if (typeof this.value !== "object" || this.value === null || Array.isArray(this.value)) return [];
    const map = this.value as Record<string, unknown>;
    return Object.keys(map).sort().map((key) => [key, new Tree(map[key])]);
  }

  /** A map of strings, as labels are. */
  get map(): Record<string, string> {
    return Object.fromEntries(this.entries.map(([key, value]) => [key, value.text]));
  }
}

function child(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}
