/** The built-in kinds as registered resources: the tables read once, on first use. */
import { apiVersion } from "../../kube/mod.ts";
import { servedResources, type StoredDefinition, type StoredKind } from "../builtin/mod.ts";
import { cellWriter } from "../codec/cells/mod.ts";
import type { ProtobufTable } from "../codec/protobuf.ts";
import { BuiltinShaper } from "./builtin_shape.ts";
import { BuiltinStrategy } from "./builtin_strategy.ts";
import type { RegisteredResource } from "./catalog.ts";
import { isConverted } from "./conversion.ts";

export interface BuiltinTables {
  readonly kinds: readonly StoredKind[];
  readonly types: Readonly<Record<string, StoredDefinition>>;
  readonly protobuf: ProtobufTable;
  readonly structs: Readonly<Record<string, readonly string[]>>;
}

/** Reads the tables, a few milliseconds; late so that programs that never serve don't pay. */
export async function loadBuiltinTables(): Promise<BuiltinTables> {
  const [kinds, types, protobuf, structs] = await Promise.all([
    import("../builtin/kinds.json", { with: { type: "json" } }),
    import("../builtin/types.json", { with: { type: "json" } }),
    import("../builtin/protobuf.json", { with: { type: "json" } }),
    import("../builtin/structs.json", { with: { type: "json" } }),
  ]);
  return {
    kinds: kinds.default as unknown as StoredKind[],
    types: types.default as unknown as Record<string, StoredDefinition>,
    protobuf: protobuf.default as unknown as ProtobufTable,
    structs: structs.default,
  };
}

/** What the real server warns of. */
const DEPRECATED: Readonly<Record<string, string>> = {
  "v1 ComponentStatus": "v1 ComponentStatus is deprecated in v1.19+",
  "v1 Endpoints": "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
};

export function builtinResources(
  tables: BuiltinTables,
): { resources: RegisteredResource[]; shaper: BuiltinShaper } {
  const shaper = new BuiltinShaper(tables);
  const resources = servedResources(tables.kinds).map((served): RegisteredResource => {
    const converted = isConverted(served);
    const group = served.group === "events.k8s.io" ? "" : served.group;
    return {
      served,
      strategy: new BuiltinStrategy(served, { shaper, types: tables.types }),
      storageName: group === "" ? served.plural : `${served.plural}.${group}`,
      // fields of betas that storage hashes name are those of the version served
      stored: converted
        ? { apiVersion: apiVersion(served.storedAs), kind: served.kind }
        : { apiVersion: apiVersion(served), kind: served.kind },
      listKind: `${served.kind}List`,
      converted,
      openApiSchema: undefined,
      cells: cellWriter(served),
      scale: undefined,
      deprecation: DEPRECATED[`${apiVersion(served)} ${served.kind}`],
    };
  });
  return { resources, shaper };
}
