/** The scale subresource as a resource of its own: autoscaling/v1 Scale in place of a workload or a custom object. */
import type { TableColumn } from "../../kube/mod.ts";
import { age, name } from "../codec/cells/mod.ts";
import { BuiltinStrategy, type BuiltinStrategyTables } from "./builtin_strategy.ts";
import type { RegisteredResource } from "./catalog.ts";
import { AGE_COLUMN, NAME_COLUMN } from "./custom_resources.ts";
import { type JsonObject, mapOf } from "./object.ts";

const SCALE = { group: "autoscaling", version: "v1", kind: "Scale" } as const;

/** What is served under `/scale` of a resource: at its path, of another kind. */
export function scaleResource(
  parent: RegisteredResource,
  tables: BuiltinStrategyTables,
): RegisteredResource {
  const { custom } = parent.served;
  const served = {
    ...parent.served,
    ...SCALE,
    custom: false,
    subresources: ["scale"],
    columns: custom ? CUSTOM_COLUMNS : BUILTIN_COLUMNS,
    storedAs: SCALE,
  };
  return {
    served,
    strategy: new BuiltinStrategy(served, tables, { mergesStrategically: !custom }),
    storageName: parent.storageName,
    stored: { apiVersion: `${SCALE.group}/${SCALE.version}`, kind: SCALE.kind },
    listKind: `${SCALE.kind}List`,
    converted: false,
    openApiSchema: undefined,
    // a custom object's are read by path, which zero is not written at
    cells: (object, context) => {
      const [wanted, seen] = ["spec", "status"].map((part) => mapOf(object as JsonObject, part)?.replicas);
      return [
        name(object),
        Number(wanted ?? 0) || (custom ? null : 0),
        Number(seen ?? 0),
        age(object, context),
      ];
    },
    scale: undefined,
  };
}

const BUILTIN_COLUMNS = columns({
  desired: "replicas is the desired number of instances for the scaled object.",
  available: "replicas is the actual number of observed instances of the scaled object.",
  nameFormat: "",
  ageType: "string",
});

const CUSTOM_COLUMNS = columns({
  desired: "Number of desired replicas",
  available: "Number of actual replicas",
  nameFormat: "name",
  ageType: "date",
});

interface Words {
  readonly desired: string;
  readonly available: string;
  readonly nameFormat: string;
  readonly ageType: string;
}

function columns({ desired, available, nameFormat, ageType }: Words): TableColumn[] {
  const counted = { type: "integer", format: "", priority: 0 };
  const { description } = AGE_COLUMN as { readonly description: string };
  return [
    { ...NAME_COLUMN, format: nameFormat },
    { name: "Desired", ...counted, description: desired },
    { name: "Available", ...counted, description: available },
    { name: "Age", type: ageType, format: "", description, priority: 0 },
  ];
}
