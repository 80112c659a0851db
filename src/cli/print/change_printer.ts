import { JsonPath, jsonText, type KubeObject, writeJson, writeYaml } from "../../kube/mod.ts";
import { CustomColumnsPrinter } from "./custom_columns.ts";
import type { Format } from "./format.ts";
import { nameOf } from "./object_printer.ts";

/** One watched object after the other: no list around them, each printed at once. */
export function changePrinter(
  format: Exclude<Format, { type: "table" }>,
  options: { withEvents: boolean; noHeaders: boolean; forTerminal: boolean; allowMissingKeys: boolean },
): (type: string, object: KubeObject) => string {
  const { withEvents } = options;
  const shown = (type: string, object: KubeObject) => withEvents ? { object, type } : object;
  switch (format.type) {
    case "json":
      // kubectl's events are lines, with the type first.
      if (withEvents) return (type, object) => `{"type":"${type}","object":${jsonText(object)}}\n`;
      return (type, object) => `${writeJson(shown(type, object))}\n`;
    case "ndjson":
      return (type, object) => `${jsonText(shown(type, object))}\n`;
    case "yaml": {
      let count = 0;
      return (type, object) => `${count++ === 0 ? "" : "---\n"}${writeYaml(shown(type, object))}`;
    }
    case "name":
      return (_type, object) => `${nameOf(object)}\n`;
    case "jsonpath": {
      const path = new JsonPath(format.template);
      const find = { allowMissingKeys: options.allowMissingKeys };
      if (format.asJson) return (type, object) => `${writeJson(path.values(shown(type, object), find))}\n`;
      return (type, object) => path.print(shown(type, object), find);
    }
    case "custom-columns": {
      const columns = new CustomColumnsPrinter(format.spec, { ...options, fromFile: format.fromFile });
      return (_type, object) => columns.block([object]);
    }
  }
}
