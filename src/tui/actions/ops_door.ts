/** What the session uses of the operations; tests give their own. Loaded when first needed. */
export type OpsDoor = typeof import("../../ops/mod.ts");
