/** The row of `orka schema` in the table of verbs. */
import { type FlagSpec, outputFlag } from "./flags.ts";
import type { VerbSpec } from "./verbs.ts";

const SCHEMA_FLAGS: readonly FlagSpec[] = [
  {
    name: "path",
    type: "text",
    value: "PATH",
    group: "Command",
    about: "the field to tell of: spec.template.spec.containers",
  },
  { name: "recursive", type: "bool", group: "Command", about: "every field below it, names and types" },
  {
    name: "api-version",
    type: "text",
    value: "GROUP/VERSION",
    group: "Command",
    about: "the kind in this version, instead of the one that the server prefers",
  },
  outputFlag("json"),
];

export const SCHEMA: VerbSpec = {
  name: "schema",
  aliases: ["explain"],
  section: "See",
  brief: "the fields of a kind: types, docs, defaults, enums and columns",
  usage: "KIND[.PATH]",
  about: [
    "Reads the CustomResourceDefinition where there is one, else the server's OpenAPI v3, and keeps it for the next time.",
  ],
  examples: [
    ["A field of a built-in kind", "orka schema deploy.spec.strategy"],
    ["All fields of a custom kind", "orka schema certificates --recursive"],
    ["In another version, for a script", "orka schema hpa --api-version autoscaling/v2 -o json"],
  ],
  flags: SCHEMA_FLAGS,
  takes: "kinds then names",
  load: () => import("./commands/schema.ts"),
};
