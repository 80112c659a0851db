/** What the real server warns of in an object that it takes. */
import { type JsonObject, listOf, mapOf, textOf } from "../object.ts";

/** By group and plural. */
export const WARNINGS: Readonly<Partial<Record<string, (object: JsonObject) => string[]>>> = {
  "/services": serviceWarnings,
};

function serviceWarnings(service: JsonObject): string[] {
  const spec = mapOf(service, "spec");
  const warnings: string[] = [];
  const type = textOf(spec, "type");
  if (listOf(spec, "externalIPs").length > 0) {
    warnings.push(
      type === "ClusterIP" && spec?.clusterIP === "None"
        ? "spec.externalIPs is ignored for headless services"
        : "spec.externalIPs is deprecated and may no longer be implemented in some clusters",
    );
  }
  if (type !== "ExternalName" && textOf(spec, "externalName") !== "") {
    warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  }
  return warnings;
}
