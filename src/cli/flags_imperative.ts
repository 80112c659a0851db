/** The flags of the verbs that scale, roll out, suspend, cordon, drain and measure. */
import {
  ALL_NAMESPACES,
  FIELD_SELECTOR,
  flag,
  flagsOf,
  type FlagSpec,
  outputFlag,
  SELECTOR,
} from "./flags.ts";
import { ALL, CHANGE_OUTPUT, DRY_RUN, FIELD_MANAGER, OBJECT_SELECTION, YES } from "./flags_change.ts";

const command = flagsOf("Command");

const CHANGE: readonly FlagSpec[] = [
  ...OBJECT_SELECTION,
  DRY_RUN,
  YES,
  FIELD_MANAGER,
  ...CHANGE_OUTPUT,
];
const NODES: readonly FlagSpec[] = [
  SELECTOR,
  ALL,
  DRY_RUN,
  YES,
  FIELD_MANAGER,
  ...CHANGE_OUTPUT,
];

const TIMEOUT = command("timeout TIME", "text", "wait no longer than this; 0 for ever");
const WATCH_ROLLOUT = flag("Watching", "w|watch", "bool", "follow the rollout to its verdict");

export const SCALE_FLAGS: readonly FlagSpec[] = [
  command("replicas N", "count", "how many there are to be"),
  command(
    "mode HOW",
    "text",
    "scale (default): by the scale subresource; ssa: apply .spec.replicas and own it",
  ),
  command("current-replicas N", "count", "only where there are so many now"),
  command("resource-version VERSION", "text", "only this version of the object"),
  command("force-conflicts", "bool", "with --mode=ssa: take the field over from whoever owns it"),
  command("wait", "bool", "return when there are as many"),
  TIMEOUT,
  ...CHANGE,
];

export const RESTART_FLAGS: readonly FlagSpec[] = [WATCH_ROLLOUT, TIMEOUT, ...CHANGE];

export const ROLLOUT_FLAGS: readonly FlagSpec[] = [
  flag(
    "Watching",
    "w|watch",
    "bool",
    "status: until the verdict (default true); restart, undo: follow it to its verdict",
  ),
  TIMEOUT,
  command("revision N", "count", "status: fails when another revision runs; history: its pod template"),
  command(
    "to-revision N",
    "count",
    "undo: the revision to go back to; the one before the current unless given",
  ),
  ...CHANGE,
];

export const SET_FLAGS: readonly FlagSpec[] = [
  command(
    "c|containers NAMES",
    "text",
    "env, resources: these containers; * in it stands for any text (default *)",
  ),
  command("list", "bool", "env: only print what is set"),
  command(
    "e|env KEY=VALUE",
    "texts",
    "env: set this one, as an argument does; repeats; - reads KEY=VALUE lines from stdin",
  ),
  command("from KIND/NAME", "text", "env: a variable for each key of a ConfigMap or a Secret"),
  command("keys NAMES", "list", "env: of these keys of --from alone"),
  command("prefix TEXT", "text", "env: put this before the names that are set"),
  command("overwrite", "bool", "env: replace values that are there (default true)"),
  command("limits LIST", "text", "resources: cpu=200m,memory=512Mi; 0 takes one away"),
  command("requests LIST", "text", "resources: what the containers ask for"),
  ...CHANGE,
];

export const CRONJOB_FLAGS: readonly FlagSpec[] = CHANGE;

export const TRIGGER_FLAGS: readonly FlagSpec[] = [
  command("name NAME", "text", "the Job's name (default CRONJOB-manual-xxxxx)"),
  ...CHANGE,
];

export const CORDON_FLAGS: readonly FlagSpec[] = NODES;

export const TAINT_FLAGS: readonly FlagSpec[] = [
  command("overwrite", "bool", "give a taint that is there another value"),
  ...NODES,
];

export const DRAIN_FLAGS: readonly FlagSpec[] = [
  command("ignore-daemonsets", "bool", "leave DaemonSets' pods where they are"),
  command("delete-emptydir-data", "bool", "evict pods whose emptyDir volumes are lost by it"),
  command("force", "bool", "evict pods that no controller makes anew"),
  command("grace-period SECONDS", "text", "seconds for pods to end in; their own unless given"),
  command("disable-eviction", "bool", "delete pods instead, whatever budgets say"),
  command(
    "skip-wait-for-delete-timeout SECONDS",
    "count",
    "leave pods alone that have been ending for longer",
  ),
  TIMEOUT,
  flag("Selection", "pod-selector QUERY", "text", "only pods with these labels"),
  flag("Selection", "chunk-size N", "count", "", { hidden: true }),
  SELECTOR,
  DRY_RUN,
  YES,
  outputFlag("json: the plan; with --write one event a line"),
];

const TOP_OUTPUT: readonly FlagSpec[] = [
  flag("Output", "sort-by WHAT", "text", "cpu or memory: the greediest first"),
  flag("Output", "no-headers", "bool", "leave the header line out"),
  outputFlag("json"),
];

export const TOP_FLAGS: readonly FlagSpec[] = [
  ALL_NAMESPACES,
  SELECTOR,
  FIELD_SELECTOR,
  flag("Output", "containers", "bool", "pods: a line for each container"),
  flag("Output", "sum", "bool", "pods: their sum as the last line"),
  flag("Output", "show-capacity", "bool", "nodes: of their capacity, not of what is allocatable"),
  flag("Output", "requests", "bool", "what is asked for and allowed, even where use is measured"),
  flag("Output", "use-protocol-buffers", "bool", "", { hidden: true }),
  ...TOP_OUTPUT,
];

export const CAPS_FLAGS: readonly FlagSpec[] = [
  flag("Selection", "gvk GROUP/VERSION/KIND", "text", "only this kind; any spelling of a kind will do"),
  flag("Output", "no-headers", "bool", "leave the header line out"),
  outputFlag("json"),
];
