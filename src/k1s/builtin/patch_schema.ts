/** Strategic merge's view of the built-in types. */
import type { PatchMeta, PatchSchema } from "../patch/mod.ts";
import type { StoredDefinition, StoredField } from "./mod.ts";

/** The patch schema of a definition, e.g. `io.k8s.api.core.v1.Pod`; unknown definitions have no fields. */
export function patchSchema(
  types: Readonly<Record<string, StoredDefinition>>,
  definition: string,
): PatchSchema {
  const fields = types[definition]?.f ?? {};
  return {
    name: definition.slice(definition.lastIndexOf(".") + 1),
    field(name): PatchMeta | null {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      return field === undefined ? null : patchMeta(types, field);
    },
  };
}

function patchMeta(types: Readonly<Record<string, StoredDefinition>>, field: StoredField): PatchMeta {
  const [code, extras] = typeof field === "string" ? [field, {}] : field;
  return {
    strategies: extras.ps?.split(",") ?? [],
    mergeKey: extras.pk ?? "",
    // a list's or map's own schema is that of its elements
    schema: patchSchema(types, code.replace(/^[[{]+/, "").replace(/^#/, "")),
  };
}
