/** The flags of the verbs that read manifests and of those that alter objects field by field. */
import {
  ALL_NAMESPACES,
  FIELD_SELECTOR,
  FILENAME,
  flagsOf,
  type FlagSpec,
  KUSTOMIZE,
  MISSING_KEYS,
  outputFlag,
  RECURSIVE,
  SELECTOR,
  SHOW_MANAGED_FIELDS,
  TEMPLATE,
} from "./flags.ts";
import { ALL, CHANGE_OUTPUT, DRY_RUN, FIELD_MANAGER, OBJECT_SELECTION, YES } from "./flags_change.ts";

const command = flagsOf("Command");

const MANIFESTS: readonly FlagSpec[] = [FILENAME, RECURSIVE, KUSTOMIZE, SELECTOR];

const VALIDATE = command(
  "validate HOW",
  "switch",
  "strict (default): unknown fields and wrong types are refused before anything is sent; warn; ignore",
);
const SUBRESOURCE = command("subresource NAME", "text", "the part to write: status, scale, …");
const SAVE_CONFIG = command(
  "save-config",
  "bool",
  "note the configuration in the annotation that client-side apply reads",
);
const TIMEOUT = command("timeout TIME", "text", "wait no longer than this: 30s, 5m");

const HOW_TO_APPLY: readonly FlagSpec[] = [
  command(
    "server-side",
    "bool",
    "server-side apply (default); =false does kubectl's client-side three-way merge",
  ),
  command("force-conflicts", "bool", "take over fields that other managers own"),
  FIELD_MANAGER,
];

const PRUNE: readonly FlagSpec[] = [
  command("prune", "bool", "delete what was applied before and is not in the manifests; with -l or --all"),
  ALL,
  command("prune-allowlist GROUP/VERSION/KIND", "list", "prune only these kinds; repeats, core/v1/ConfigMap"),
];

export const APPLY_FLAGS: readonly FlagSpec[] = [
  ...MANIFESTS,
  ...HOW_TO_APPLY,
  command("overwrite", "bool", "client-side: values of the manifest win over the object's (default true)"),
  command("force", "bool", "client-side: delete and make anew what can't be patched"),
  VALIDATE,
  DRY_RUN,
  ...PRUNE,
  command("cascade HOW", "switch", "of what is pruned: background (default), foreground or orphan"),
  command("grace-period SECONDS", "text", "of what is pruned: seconds to end in"),
  command("wait", "bool", "return when what is pruned is gone"),
  TIMEOUT,
  YES,
  // of view-last-applied, which takes objects as get does
  { ...ALL_NAMESPACES, hidden: true },
  { ...FIELD_SELECTOR, hidden: true },
  command("create-annotation", "bool", "set-last-applied: make the annotation where there is none"),
  ...CHANGE_OUTPUT,
];

export const DIFF_FLAGS: readonly FlagSpec[] = [
  ...MANIFESTS,
  ...HOW_TO_APPLY,
  ...PRUNE,
  VALIDATE,
  command("concurrency N", "count", "", { hidden: true }),
  SHOW_MANAGED_FIELDS,
  outputFlag(
    "yaml (default): a unified diff; fields: one line a field; json-patch: an RFC 6902 patch a line",
  ),
];

export const REPLACE_FLAGS: readonly FlagSpec[] = [
  ...MANIFESTS,
  command("force", "bool", "delete and make anew"),
  command("cascade HOW", "switch", "of --force: background (default), foreground or orphan"),
  command("grace-period SECONDS", "text", "of --force: seconds to end in"),
  TIMEOUT,
  SUBRESOURCE,
  SAVE_CONFIG,
  FIELD_MANAGER,
  VALIDATE,
  DRY_RUN,
  YES,
  ...CHANGE_OUTPUT,
];

export const PATCH_FLAGS: readonly FlagSpec[] = [
  command("p|patch PATCH", "text", "the patch, as JSON or YAML"),
  command("patch-file FILE", "text", "a file with the patch", { completes: "file" }),
  command("type TYPE", "text", "strategic (default), merge or json; custom resources take no strategic one"),
  SUBRESOURCE,
  ...OBJECT_SELECTION,
  FIELD_MANAGER,
  DRY_RUN,
  ...CHANGE_OUTPUT,
];

export const LABEL_FLAGS: readonly FlagSpec[] = [
  ...OBJECT_SELECTION,
  command("overwrite", "bool", "replace values that are there"),
  command("list", "bool", "print them, after the change if there is one"),
  command("local", "bool", "change the manifest's objects and print them; no server is asked"),
  command("resource-version VERSION", "text", "only if the object is still at this version"),
  FIELD_MANAGER,
  DRY_RUN,
  ...CHANGE_OUTPUT,
];

export const WAIT_FLAGS: readonly FlagSpec[] = [
  command(
    "for WHAT",
    "text",
    "delete, create, condition=Ready[=False], jsonpath='{.status.phase}'=Running (or any value)",
  ),
  command(
    "timeout TIME",
    "text",
    "give up after this long (default 30s); 0 looks once, below 0 waits a week",
  ),
  ALL_NAMESPACES,
  SELECTOR,
  FIELD_SELECTOR,
  ALL,
  FILENAME,
  RECURSIVE,
  KUSTOMIZE,
  command("local", "bool", "", { hidden: true }),
  outputFlag("json, yaml, name, jsonpath=…: the objects once they are there"),
  SHOW_MANAGED_FIELDS,
  TEMPLATE,
  MISSING_KEYS,
];

/** Of `create -f` and of the objects that `create KIND` makes. */
export const CREATE_COMMON: readonly FlagSpec[] = [
  ...MANIFESTS,
  command("raw PATH", "text", "", { hidden: true }),
  command("edit", "bool", "with -f: open the manifests in your editor first"),
  SAVE_CONFIG,
  FIELD_MANAGER,
  VALIDATE,
  DRY_RUN,
  ...CHANGE_OUTPUT,
];
