/** Whole objects as text, one by one as they arrive: `-o json|yaml|ndjson|name|jsonpath|custom-columns`. */
import type { Format } from "./format.ts";
import { CustomColumnsPrinter } from "./custom_columns.ts";
import { jsonText, type KubeObject, writeJson, writeYaml } from "../../kube/mod.ts";
import { JsonPathPrinter } from "./jsonpath_printer.ts";

/**
 * Turns objects into text in order.
 *
 * 1. `add` may give "" and print later; after `end` nothing more comes.
 * 2. A `bare` printer is given one object at most and prints it alone, without a list around it.
 */
export interface ObjectPrinter {
  add(object: KubeObject): string;
  end(): string;
}

export interface ObjectPrinterOptions {
  readonly bare: boolean;
  readonly noHeaders: boolean;
  readonly forTerminal: boolean;
  readonly allowMissingKeys: boolean;
}

/** The printer of a format that takes objects. */
export function objectPrinter(
  format: Exclude<Format, { type: "table" }>,
  options: ObjectPrinterOptions,
): ObjectPrinter {
  switch (format.type) {
    case "json":
      return options.bare ? each((object) => `${writeJson(object)}\n`) : new JsonListPrinter();
    case "yaml":
      return options.bare ? each(writeYaml) : new YamlListPrinter();
    case "ndjson":
      return each((object) => `${jsonText(object)}\n`);
    case "name":
      return each((object) => `${nameOf(object)}\n`);
    case "jsonpath":
      return new JsonPathPrinter(format, options);
    case "custom-columns":
      return new ColumnsPrinter(
        new CustomColumnsPrinter(format.spec, { ...options, fromFile: format.fromFile }),
      );
  }
}

/** `pod/web-0`, `deployment.apps/web`. */
export function nameOf({ apiVersion, kind, metadata }: KubeObject): string {
  const slash = apiVersion.indexOf("/");
  const group = slash < 0 ? "" : `.${apiVersion.slice(0, slash)}`;
  return `${kind.toLowerCase()}${group}/${metadata.name}`;
}

function each(print: (object: KubeObject) => string): ObjectPrinter {
  return { add: print, end: () => "" };
}

/** kubectl's List around the objects: keys in order, so the items come before the kind. */
class JsonListPrinter implements ObjectPrinter {
  static readonly #OPEN = '{\n    "items": [\n';
  static readonly #CLOSE = "\n    ]\n}";
  #count = 0;

  add(object: KubeObject): string {
    const open = this.#count++ === 0 ? '{\n    "apiVersion": "v1",\n    "items": [\n' : ",\n";
    // Written within a list of its own, the item has its indent.
    const item = writeJson({ items: [object] });
    return open + item.slice(JsonListPrinter.#OPEN.length, -JsonListPrinter.#CLOSE.length);
  }

  end(): string {
    const head = this.#count === 0 ? '{\n    "apiVersion": "v1",\n    "items": []' : "\n    ]";
    return `${head},\n    "kind": "List",\n    "metadata": {\n        "resourceVersion": ""\n    }\n}\n`;
  }
}

/** The same as YAML. Each item is written within a list of its own, since folding depends on the indent. */
class YamlListPrinter implements ObjectPrinter {
  static readonly #OPEN = "items:\n";
  #count = 0;

  add(object: KubeObject): string {
    const item = writeYaml({ items: [object] }).slice(YamlListPrinter.#OPEN.length);
    return this.#count++ === 0 ? `apiVersion: v1\nitems:\n${item}` : item;
  }

  end(): string {
    const head = this.#count === 0 ? "apiVersion: v1\nitems: []\n" : "";
    return `${head}kind: List\nmetadata:\n  resourceVersion: ""\n`;
  }
}

/** Rows laid out in blocks as large as a page, so that one page is laid out as kubectl would. */
class ColumnsPrinter implements ObjectPrinter {
  static readonly #BLOCK = 500;
  #waiting: KubeObject[] = [];
  #blocks = 0;

  constructor(private readonly columns: CustomColumnsPrinter) {}

  add(object: KubeObject): string {
    this.#waiting.push(object);
    return this.#waiting.length < ColumnsPrinter.#BLOCK ? "" : this.#print();
  }

  end(): string {
    return this.#waiting.length > 0 || this.#blocks === 0 ? this.#print() : "";
  }

  #print(): string {
    const objects = this.#waiting;
    this.#waiting = [];
    this.#blocks++;
    return this.columns.block(objects);
  }
}
