import { JsonPath, type KubeObject, writeJson } from "../../kube/mod.ts";
import type { ObjectPrinter } from "./object_printer.ts";

/**
 * `-o jsonpath` and `-o jsonpath-as-json`. A list is one document to a template, so as a rule all objects are
 * held until the last has come; the two templates that scripts use most, `{.items[*].field}` and
 * `{range .items[*]}…{end}`, are worked off item by item.
 */
export class JsonPathPrinter implements ObjectPrinter {
  readonly #template: JsonPath;
  readonly #perItem: PerItem | null;
  readonly #options: { readonly asJson: boolean; readonly bare: boolean; readonly allowMissingKeys: boolean };
  #items: KubeObject[] = [];
  #count = 0;

  /** Throws OrkaError `usage` for a template that does not parse. */
  constructor(
    { template, asJson }: { template: string; asJson: boolean },
    { bare, allowMissingKeys }: { bare: boolean; allowMissingKeys: boolean },
  ) {
    this.#template = new JsonPath(template);
    // A field that is missing everywhere is an error of the whole list: only seen with all of it.
    this.#perItem = bare || asJson || !allowMissingKeys ? null : perItem(template);
    this.#options = { asJson, bare, allowMissingKeys };
  }

  add(object: KubeObject): string {
    if (this.#perItem === null) {
      this.#items.push(object);
      return "";
    }
    const { template, separator } = this.#perItem;
    // An item without the field gives no value, so no separator either.
    if (separator !== "" && template.values(object, { allowMissingKeys: true }).length === 0) return "";
    const text = template.print(object, { allowMissingKeys: true });
    return this.#count++ === 0 ? text : separator + text;
  }

  end(): string {
    if (this.#perItem !== null) return "";
    const { bare, allowMissingKeys, asJson } = this.#options;
    if (bare && this.#items.length === 0) return "";
    const list = { apiVersion: "v1", items: this.#items, kind: "List", metadata: { resourceVersion: "" } };
    const data = bare ? this.#items[0] : list;
    if (!asJson) return this.#template.print(data, { allowMissingKeys });
    return `${writeJson(this.#template.values(data, { allowMissingKeys }))}\n`;
  }
}

interface PerItem {
  readonly template: JsonPath;
  readonly separator: string;
}

const RANGE = /^\{\s*range\s+\.items\[\*\]\s*\}((?:(?!\{\s*(?:range|end)\b)[\s\S])*)\{\s*end\s*\}$/;
const PLAIN = /^\{\.items\[\*\]((?:\.[A-Za-z0-9_-]+)+)\}$/;

/** The template of one item, where the whole is nothing but that template for each item; else null. */
function perItem(template: string): PerItem | null {
  const range = RANGE.exec(template);
  // "$" and ".." may look outside of the item.
  if (range && !range[1]!.includes("$")) return { template: new JsonPath(range[1]!), separator: "" };
  const plain = PLAIN.exec(template);
  return plain ? { template: new JsonPath(`{${plain[1]}}`), separator: " " } : null;
}
