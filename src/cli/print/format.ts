import { OrkaError } from "../../base/mod.ts";
import { nearMiss } from "../../kube/mod.ts";

/** What `-o` asks for. */
export type Format =
  | { readonly type: "table"; readonly wide: boolean }
  | { readonly type: "json" }
  | { readonly type: "yaml" }
  | { readonly type: "ndjson" }
  | { readonly type: "name" }
  | { readonly type: "jsonpath"; readonly template: string; readonly asJson: boolean }
  | { readonly type: "custom-columns"; readonly spec: string; readonly fromFile: boolean };

/** Every format of `get`, as help and errors list them. */
export const FORMATS = [
  "json",
  "yaml",
  "wide",
  "name",
  "ndjson",
  "jsonpath",
  "jsonpath-as-json",
  "jsonpath-file",
  "custom-columns",
  "custom-columns-file",
] as const;

const TEMPLATED = new Set([
  "jsonpath",
  "jsonpath-as-json",
  "jsonpath-file",
  "custom-columns",
  "custom-columns-file",
]);
const LATER = /^(go-template|template|templatefile|go-template-file)(=|$)/;

/**
 * Reads `-o`; `template` is the value of `--template`, `readFile` serves the `-file` forms. Throws OrkaError
 * `usage` for what is none of `FORMATS`.
 */
export async function parseFormat(
  output: string | undefined,
  { template, readFile }: {
    template?: string | undefined;
    readFile: (path: string) => Promise<string>;
  },
): Promise<Format> {
  if (output === undefined || output === "") {
    if (template !== undefined && template !== "") throw noTemplates("--template");
    return { type: "table", wide: false };
  }
  const equals = output.indexOf("=");
  const name = equals < 0 ? output : output.slice(0, equals);
  const value = equals < 0 ? template : output.slice(equals + 1);
  if (LATER.test(output)) throw noTemplates(`-o ${name}`);
  if (!TEMPLATED.has(name)) return plainFormat(output);
  if (value === undefined || value === "") {
    const kind = name.startsWith("custom")
      ? "custom-columns format specified but no custom columns given"
      : "template format specified but no template given";
    throw new OrkaError("usage", kind, { hint: `For example: -o ${EXAMPLES[name]}` });
  }
  if (name === "custom-columns") return { type: "custom-columns", spec: value, fromFile: false };
  if (name === "custom-columns-file") {
    return { type: "custom-columns", spec: await readFile(value), fromFile: true };
  }
  const text = name === "jsonpath-file" ? await readFile(value) : value;
  return { type: "jsonpath", template: text, asJson: name === "jsonpath-as-json" };
}

/** Go's templates are a language of their own. */
function noTemplates(flag: string): OrkaError {
  return new OrkaError("usage", `${flag} is not there yet`, {
    hint: "Until it comes, use -o jsonpath=…, -o custom-columns=… or -o ndjson with jq.",
  });
}

const EXAMPLES: Readonly<Record<string, string>> = {
  "jsonpath": "jsonpath='{.metadata.name}'",
  "jsonpath-as-json": "jsonpath-as-json='{.items[*].metadata}'",
  "jsonpath-file": "jsonpath-file=template.txt",
  "custom-columns": "custom-columns=NAME:.metadata.name",
  "custom-columns-file": "custom-columns-file=columns.txt",
};

function plainFormat(output: string): Format {
  if (output === "wide") return { type: "table", wide: true };
  if (output === "json" || output === "yaml" || output === "ndjson" || output === "name") {
    return { type: output };
  }
  const near = nearMiss(output.split("=")[0]!, FORMATS);
  throw new OrkaError(
    "usage",
    `unable to match a printer suitable for the output format "${output}", allowed formats are: ${
      [...FORMATS].sort().join(",")
    }`,
    { hint: near === undefined ? undefined : `Did you mean -o ${near}?` },
  );
}
