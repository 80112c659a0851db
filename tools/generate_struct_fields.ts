/**
 * Makes src/k1s/builtin/structs.json: the fields of built-in kinds that the API server always writes, as `{}` where
 * they hold nothing, because in Go they are structs and not pointers. Its OpenAPI documents tell by a default of {}.
 *
 *     kubectl proxy --port 8001 &
 *     deno run -A tools/generate_struct_fields.ts http://127.0.0.1:8001
 */
const base = Deno.args[0] ?? "http://127.0.0.1:8001";

interface Property {
  readonly default?: unknown;
  readonly allOf?: readonly unknown[];
}
interface Document {
  readonly components?: {
    readonly schemas?: Readonly<Record<string, { readonly properties?: Readonly<Record<string, Property>> }>>;
  };
}

async function get<T>(path: string): Promise<T> {
  return await (await fetch(base + path)).json();
}

const index = await get<{ paths: Record<string, { serverRelativeURL: string }> }>("/openapi/v3");
const structs: Record<string, string[]> = {};
for (const [path, { serverRelativeURL }] of Object.entries(index.paths)) {
  if (!/^apis?\/.*v\d/.test(path)) continue;
  const document = await get<Document>(serverRelativeURL);
  for (const [name, { properties = {} }] of Object.entries(document.components?.schemas ?? {})) {
    const always = Object.keys(properties).filter((field) =>
      properties[field]!.allOf && JSON.stringify(properties[field]!.default) === "{}"
    );
    if (always.length > 0) structs[name] = always.sort();
  }
}
const sorted = Object.fromEntries(Object.keys(structs).sort().map((name) => [name, structs[name]]));
await Deno.writeTextFile(
  new URL("../src/k1s/builtin/structs.json", import.meta.url),
  JSON.stringify(sorted) + "\n",
);
