/** Validation in one thread: a text and schemas in, problems with their places out. */
import { Ajv, type ErrorObject } from "ajv";
import { nearMiss } from "../kube/mod.ts";
import type { PathPart } from "./fields.ts";
import { pathText, pointerPath } from "./field_path.ts";
import { FORMATS } from "./formats.ts";
import { narrow, type Narrowed } from "./narrow.ts";
import type { JsonSchema, KindSchema } from "./node.ts";
import { isRecord } from "./normalise.ts";
import type { Problem, ValidatedDocument, ValidationReport } from "./problem.ts";
import { offsetOf, readYaml, type YamlDocument, type YamlText } from "./yaml_text.ts";
import { wordError } from "./wording.ts";

const MAX_PROBLEMS = 100;

/** What is found of one place before it has a line. */
interface Finding extends Pick<Problem, "kind" | "severity" | "message" | "hint"> {
  readonly path: readonly PathPart[];
  readonly part: "key" | "value";
}

/** Checks every document of a text. `schemas` are looked up by apiVersion and kind. */
export async function validateText(text: string, schemas: readonly KindSchema[]): Promise<ValidationReport> {
  const yaml = readYaml(text);
  const documents: ValidatedDocument[] = [];
  const problems: Problem[] = [];
  for (const document of yaml.documents) {
    const place = placer(yaml, document);
    if (document.syntax.length > 0) problems.push(...syntaxProblems(yaml, document));
    else if (isRecord(document.value)) {
      const known = describe(document.value, { yaml, document });
      documents.push(known);
      const schema = schemas.find(({ resource: { group, version, kind } }) =>
        kind === known.kind && (group === "" ? version : `${group}/${version}`) === known.apiVersion
      );
      problems.push(...(await findings(document.value, { known, schema })).map(place));
    } else {
      problems.push(
        place({
          ...fault("not-an-object", "is no object: apiVersion, kind and metadata are missing"),
          path: [],
        }),
      );
    }
  }
  problems.sort((a, b) => a.line - b.line || a.column - b.column);
  const more = Math.max(0, problems.length - MAX_PROBLEMS);
  return { documents, problems: problems.slice(0, MAX_PROBLEMS), more };
}

function describe(
  value: Record<string, unknown>,
  { yaml, document }: { yaml: YamlText; document: YamlDocument },
): ValidatedDocument {
  const metadata = isRecord(value.metadata) ? value.metadata : {};
  const word = (of: unknown) => typeof of === "string" ? of : "";
  return {
    index: document.index,
    apiVersion: word(value.apiVersion),
    kind: word(value.kind),
    namespace: word(metadata.namespace),
    name: word(metadata.name),
    line: yaml.position(offsetOf(document, [], "value")).line,
  };
}

function fault(
  kind: Problem["kind"],
  message: string,
  more: Partial<Pick<Finding, "severity" | "hint" | "part">> = {},
): Omit<Finding, "path"> {
  return { kind, severity: "error", message, part: "value", ...more };
}

function placer(yaml: YamlText, document: YamlDocument): (finding: Finding) => Problem {
  return ({ path, part, kind, severity, message, hint }) => ({
    kind,
    severity,
    document: document.index,
    path: pathText(path),
    ...yaml.position(offsetOf(document, path, part)),
    message,
    ...(hint === undefined ? {} : { hint }),
  });
}

function syntaxProblems(yaml: YamlText, { index, syntax }: YamlDocument): Problem[] {
  return syntax.map(({ offset, message }) => ({
    kind: "syntax",
    severity: "error",
    document: index,
    path: "",
    ...yaml.position(offset),
    message,
  }));
}

async function findings(
  value: Record<string, unknown>,
  { known, schema }: { known: ValidatedDocument; schema: KindSchema | undefined },
): Promise<Finding[]> {
  const missing = ["apiVersion", "kind"].filter((name) =>
    typeof value[name] !== "string" || value[name] === ""
  );
  if (missing.length > 0) {
    return missing.map((name) => ({
      ...fault("not-an-object", `required field "${name}" is missing`),
      path: [],
    }));
  }
  if (schema === undefined) {
    const message = `no schema of ${known.kind} in ${known.apiVersion} is known: its fields were not checked`;
    return [{ ...fault("no-schema", message, { severity: "warning", part: "key" }), path: ["kind"] }];
  }
  const narrowed = narrow(schema, value);
  return [
    ...unknownFields(narrowed),
    ...duplicateItems(narrowed, schema),
    ...await ruleFindings(narrowed.schema, value),
  ];
}

function unknownFields({ unknown }: Narrowed): Finding[] {
  return unknown.map(({ path, known }) => {
    const name = String(path.at(-1));
    const near = nearMiss(name, known);
    const hint = near === undefined ? {} : { hint: `did you mean "${near}"?` };
    return { ...fault("unknown-field", `unknown field "${name}"`, { part: "key", ...hint }), path };
  });
}

/** Kubernetes' own lists let some duplicates pass, with a warning of the server's. */
function duplicateItems({ duplicates }: Narrowed, { source }: KindSchema): Finding[] {
  const severity = source === "crd" ? "error" : "warning";
  return duplicates.map(({ path, key }) => ({
    ...fault("duplicate", `another item has ${key} too`, { severity }),
    path,
  }));
}

async function ruleFindings(schema: JsonSchema, value: unknown): Promise<Finding[]> {
  const ajv = await createAjv(schema);
  const validate = ajv.compile(schema);
  if (validate(value)) return [];
  return withoutBranches(validate.errors ?? []).map((error) => {
    const path = pointerPath(error.instancePath, value);
    const worded = wordError(error, valueAt(value, path));
    return {
      ...fault(worded.kind, worded.message, worded.hint === undefined ? {} : { hint: worded.hint }),
      path,
    };
  });
}

async function createAjv(schema: JsonSchema): Promise<Ajv> {
  // servers match with RE2: other syntax, and no pattern that runs for ever
  const hasPatterns = JSON.stringify(schema).includes('"pattern');
  const code = hasPatterns ? { code: { regExp: await re2Engine() } } : {};
  return new Ajv({
    allErrors: true,
    strict: false,
    logger: false,
    formats: FORMATS,
    validateSchema: false,
    ...code,
  });
}

async function re2Engine() {
  const { RE2JS } = await import("re2js");
  const compile = (pattern: string) => {
    try {
      const compiled = RE2JS.compile(pattern);
      return { test: (text: string) => compiled.matcher(text).find() };
    } catch {
      return { test: () => true }; // the server would not have taken such a pattern: its word decides
    }
  };
  return Object.assign(compile, { code: "re2" });
}

/** An alternative that failed is one problem; what failed inside of its branches only repeats it. */
function withoutBranches(errors: readonly ErrorObject[]): ErrorObject[] {
  const failed = errors.filter(({ keyword }) => /^(oneOf|anyOf|not)$/.test(keyword)).map((e) =>
    `${e.schemaPath}/`
  );
  return errors.filter((error) => !failed.some((prefix) => error.schemaPath.startsWith(prefix)));
}

function valueAt(value: unknown, path: readonly PathPart[]): unknown {
  return path.reduce((at: unknown, part) => (at as Record<PathPart, unknown> | undefined)?.[part], value);
}
