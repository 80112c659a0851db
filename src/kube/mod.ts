/**
 * Pure Kubernetes nouns: objects, resources and their spellings, selectors, quantities, ages, JSONPath,
 * manifests. No I/O, no clock of its own.
 */
export * from "./age.ts";
export * from "./kinds.ts";
export * from "./near_miss.ts";
export * from "./object.ts";
export * from "./resource.ts";
export * from "./field_selector.ts";
export * from "./quantity.ts";
export { addAmounts, type Amounts, amountsOf, podAmounts } from "./pod_amounts.ts";
export * from "./selector.ts";
export { type FindOptions, JsonPath, printValue, relaxedTemplate } from "./jsonpath.ts";
export * from "./json_reader.ts";
export * from "./known_resources.ts";
export { jsonText, type JsonWriterOptions, sortedKeys, writeJson } from "./json_writer.ts";
export { writeYaml } from "./yaml_writer.ts";
export * from "./manifest.ts";
