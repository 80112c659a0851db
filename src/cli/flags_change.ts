/** The flags of the verbs that change objects. */
import {
  ALL_NAMESPACES,
  FIELD_SELECTOR,
  FILENAME,
  flag,
  type FlagSpec,
  IGNORE_NOT_FOUND,
  KUSTOMIZE,
  MISSING_KEYS,
  outputFlag,
  RECURSIVE,
  SELECTOR,
  SHOW_MANAGED_FIELDS,
  TEMPLATE,
} from "./flags.ts";

/** Of the verbs that destroy something. */
export const YES = flag("Command", "y|yes", "bool", "do not ask before what is destructive");

export const DRY_RUN = flag(
  "Command",
  "dry-run HOW",
  "switch",
  "client: only print what would be sent; server: let the server try it; none (default)",
);

export const FIELD_MANAGER = flag(
  "Command",
  "field-manager NAME",
  "text",
  "who the fields belong to then (default orka)",
);

export const ALL = flag("Selection", "all", "bool", "every object of the kind in the namespace");

/** What a verb that changes objects can print. */
export const CHANGE_OUTPUT: readonly FlagSpec[] = [
  outputFlag("json, yaml, name, ndjson, jsonpath=…: the objects as they are then"),
  SHOW_MANAGED_FIELDS,
  TEMPLATE,
  MISSING_KEYS,
];

/** How the objects of a change are named, as kubectl takes it. */
export const OBJECT_SELECTION: readonly FlagSpec[] = [
  ALL_NAMESPACES,
  SELECTOR,
  FIELD_SELECTOR,
  ALL,
  FILENAME,
  KUSTOMIZE,
  RECURSIVE,
];

export const DELETE_FLAGS: readonly FlagSpec[] = [
  ...OBJECT_SELECTION,
  IGNORE_NOT_FOUND,
  DRY_RUN,
  YES,
  flag(
    "Command",
    "cascade HOW",
    "switch",
    "background (default), foreground or orphan: what becomes of what it owns",
  ),
  flag("Command", "grace-period SECONDS", "text", "seconds to end in; the object's own unless given"),
  flag("Command", "now", "bool", "a grace period of one second"),
  flag("Command", "force", "bool", "no grace period at all: the object is forgotten before it has ended"),
  flag("Command", "wait", "bool", "return when the objects are gone (default true)"),
  flag("Command", "timeout TIME", "text", "wait no longer than this; 0 for ever"),
  ...CHANGE_OUTPUT,
];
