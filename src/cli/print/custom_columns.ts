/** `-o custom-columns`: https://kubernetes.io/docs/reference/kubectl/#custom-columns */
import { OrkaError, safeText } from "../../base/mod.ts";
import { JsonPath, type KubeObject, printValue } from "../../kube/mod.ts";
import { escapeControls } from "./table.ts";
import { TabWriter } from "./tab_writer.ts";

interface CustomColumn {
  readonly header: string;
  readonly path: JsonPath;
}

/** Rows of chosen fields, block by block. */
export class CustomColumnsPrinter {
  readonly #columns: readonly CustomColumn[];
  readonly #writer = new TabWriter();
  readonly #forTerminal: boolean;
  #headersDue: boolean;

  /** Throws OrkaError `usage` for a specification that does not parse. */
  constructor(
    spec: string,
    { fromFile, noHeaders, forTerminal }: { fromFile: boolean; noHeaders: boolean; forTerminal: boolean },
  ) {
    this.#columns = fromFile ? columnsOfFile(spec) : columnsOfSpec(spec);
    this.#headersDue = !noHeaders;
    this.#forTerminal = forTerminal;
  }

  block(objects: readonly KubeObject[]): string {
    const lines = objects.map((object) => this.#columns.map(({ path }) => this.#cell(path, object)));
    if (this.#headersDue) lines.unshift(this.#columns.map(({ header }) => header));
    this.#headersDue = false;
    return this.#writer.layout(lines);
  }

  #cell(path: JsonPath, object: KubeObject): string {
    const values = path.values(object, { allowMissingKeys: true });
    if (values.length === 0) return "<none>";
    const text = values.map(goValue).join(",");
    if (!this.#forTerminal) return escapeControls(text);
    return text.split("\n").map((line) => line.split("\t").map(safeText).join("\t")).join("\n");
  }
}

/** Null is `<nil>` to Go's printer and `<none>` to kubectl's columns. */
function goValue(value: unknown): string {
  return value === null ? "<none>" : goText(value);
}

/** Go's %v: `map[a:1 b:2]`, `[x y]`. */
function goText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goText).join(" ")}]`;
  if (value === null || value === undefined) return "<nil>";
  if (typeof value !== "object") return printValue(value);
  const map = value as Record<string, unknown>;
  return `map[${Object.keys(map).sort().map((key) => `${key}:${goText(map[key])}`).join(" ")}]`;
}

function columnsOfSpec(spec: string): CustomColumn[] {
  return spec.split(",").map((part) => {
    const colon = part.indexOf(":");
    if (colon < 0) {
      throw new OrkaError(
        "usage",
        `unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`,
      );
    }
    return { header: part.slice(0, colon), path: JsonPath.relaxed(part.slice(colon + 1)) };
  });
}

/** A file holds the headers on its first line and a path for each on its second. */
function columnsOfFile(text: string): CustomColumn[] {
  const [headers = [], paths = []] = text.split("\n").map((line) =>
    line.split(/\s+/).filter((word) => word !== "")
  );
  if (headers.length === 0 || headers.length !== paths.length) {
    throw new OrkaError(
      "usage",
      `number of headers (${headers.length}) and field specifications (${paths.length}) don't match`,
    );
  }
  return headers.map((header, index) => ({ header, path: JsonPath.relaxed(paths[index]!) }));
}
