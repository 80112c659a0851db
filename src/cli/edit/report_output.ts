/** `-o` of verbs that tell of changes: a table, or the same as data. */
import { OrkaError } from "../../base/mod.ts";
import { writeJson, writeYaml } from "../../kube/mod.ts";
import type { FlagValues } from "../parse.ts";

export type ReportFormat = "table" | "json" | "yaml";

/** Throws OrkaError `usage`. */
export function reportFormat(flags: FlagValues): ReportFormat {
  const text = flags.text("output") ?? "";
  if (text === "") return "table";
  if (text === "json" || text === "yaml") return text;
  throw new OrkaError("usage", `-o ${text} is not there; json and yaml are`);
}

export function reportText(value: unknown, format: "json" | "yaml"): string {
  return format === "json" ? `${writeJson(value)}\n` : writeYaml(value);
}

/** `2026-11-21T08:25:13Z`. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}
