/**
 * Schemas: building those of 41 CRDs, and validating a text of 2,000 lines. `deno run -A bench/schema.ts [DIR]`; DIR
 * has the operators' CRDs as YAML. Prints how Orka's projected fields stand to the authors' own columns as well.
 */
import { parseAllDocuments } from "yaml";
import { median, ms, print, table } from "./report.ts";
import { systemClock } from "../src/base/mod.ts";
import { crdSchema, crdSchemas, createValidator, type KindSchema } from "../src/schema/mod.ts";

const DIRECTORY = Deno.args.find((arg) => !arg.startsWith("--")) ??
  new URL("../../shared/crds", import.meta.url).pathname;

interface Crd {
  readonly spec: { readonly versions: readonly { readonly name: string; readonly storage?: boolean }[] };
}

function readCrds(): Crd[] {
  const files = [...Deno.readDirSync(DIRECTORY)].filter(({ name }) => name.endsWith(".yaml"));
  return files.flatMap(({ name }) =>
    parseAllDocuments(Deno.readTextFileSync(`${DIRECTORY}/${name}`)).map((document) => document.toJS() as Crd)
  ).filter((crd) => crd !== null);
}

async function timed(runs: number, work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const began = performance.now();
    await work();
    times.push(performance.now() - began);
  }
  return median(times);
}

/** `.spec.issuerRef.name` of `.status.conditions[?(@.type == "Ready")].status`: one spelling. */
function plain(path: string): string {
  return path.replace(/\s+/g, "");
}

/** How much of what authors print by default would be found, where they print a scalar of spec or status. */
function coverage(schemas: readonly KindSchema[]): { found: number; wanted: number; sizes: number[] } {
  let [found, wanted] = [0, 0];
  for (const { columns, projected } of schemas) {
    const paths = new Set(projected.map(({ path }) => plain(path)));
    for (const { jsonPath, priority } of columns) {
      if (priority > 0 || jsonPath.startsWith(".metadata")) continue;
      wanted++;
      if (paths.has(plain(jsonPath))) found++;
    }
  }
  return { found, wanted, sizes: schemas.map(({ projected }) => projected.length) };
}

/** A Widget with so many lines of typed items. */
function longText(lines: number): { text: string; schema: KindSchema } {
  const item = {
    type: "object",
    required: ["name"],
    properties: {
      name: { type: "string", pattern: "^[a-z0-9-]+$" },
      size: { type: "integer", minimum: 0 },
      on: { type: "boolean" },
      labels: { type: "object", additionalProperties: { type: "string" } },
    },
  };
  const spec = { type: "object", properties: { items: { type: "array", items: item } } };
  const schema = crdSchema({
    spec: {
      group: "example.com",
      scope: "Namespaced",
      names: { kind: "Widget", plural: "widgets" },
      versions: [{ name: "v1", schema: { openAPIV3Schema: { type: "object", properties: { spec } } } }],
    },
  }, "v1");
  const items = Array.from(
    { length: Math.floor(lines / 5) },
    (_, i) => `  - name: item-${i}\n    size: ${i}\n    on: true\n    labels:\n      app: web\n`,
  );
  const text = `apiVersion: example.com/v1\nkind: Widget\nmetadata:\n  name: a\nspec:\n  items:\n${
    items.join("")
  }`;
  return { text, schema };
}

const crds = readCrds();
const schemas = crds.flatMap((crd) => crdSchemas(crd));
const build = await timed(5, () => crds.forEach((crd) => crdSchemas(crd)));
const bytes = schemas.reduce((sum, schema) => sum + JSON.stringify(schema).length, 0);
const newest = crds.map((crd) =>
  crdSchema(crd, (crd.spec.versions.find(({ storage }) => storage) ?? crd.spec.versions[0]!).name)
);
const { found, wanted, sizes } = coverage(newest);
const { text, schema } = longText(2_000);
using here = createValidator({ clock: systemClock, worker: false });
using there = createValidator({ clock: systemClock });
const cold = await timed(1, () => there.validate(text, { schemas: [schema] }));
const inWorker = await timed(7, () => there.validate(text, { schemas: [schema] }));
const inProcess = await timed(7, () => here.validate(text, { schemas: [schema] }));

print(table("Schemas", [
  { what: `build of ${crds.length} CRDs, ${schemas.length} served versions`, value: ms(build) },
  { what: "all of them as JSON", value: `${(bytes / 1e6).toFixed(1)} MB` },
  { what: "validate 2,000 lines, in process", value: ms(inProcess) },
  { what: "validate 2,000 lines, in a Worker", value: ms(inWorker) },
  { what: "validate 2,000 lines, with the Worker's start", value: ms(cold) },
  { what: "authors' default columns that projection finds", value: `${found} of ${wanted}` },
  { what: "projected fields a kind", value: `${Math.min(...sizes)} to ${Math.max(...sizes)}` },
]));
if (Deno.args.includes("--fields")) {
  for (const { resource, columns, projected } of newest) {
    const own = columns.map(({ jsonPath }) => jsonPath).filter((path) => !path.startsWith(".metadata"));
    print(
      `${resource.kind}\n  ${projected.map(({ path }) => path).join("  ")}\n  authors: ${own.join("  ")}\n`,
    );
  }
}
