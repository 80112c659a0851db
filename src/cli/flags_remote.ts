/** The flags of the verbs that reach into pods. */
import { flag, type FlagSpec } from "./flags.ts";
import { CHANGE_OUTPUT, DRY_RUN, YES } from "./flags_change.ts";

const CONTAINER = flag(
  "Selection",
  "c|container NAME",
  "text",
  "the container; the pod's default one unless given",
);
const STDIN = flag("Command", "i|stdin", "bool", "pass stdin on");
const TTY = flag("Command", "t|tty", "bool", "give the process a terminal");
const QUIET = flag("Output", "q|quiet", "bool", "say nothing but what the process says");
const POD_RUNNING_TIMEOUT = flag(
  "Command",
  "pod-running-timeout TIME",
  "text",
  "wait so long for a pod that runs (default 1m)",
);

export const EXEC_FLAGS: readonly FlagSpec[] = [CONTAINER, STDIN, TTY, QUIET, POD_RUNNING_TIMEOUT];
export const ATTACH_FLAGS: readonly FlagSpec[] = EXEC_FLAGS;

export const FORWARD_FLAGS: readonly FlagSpec[] = [
  flag("Command", "address NAME", "list", "where to listen (default localhost); 0.0.0.0 lets everybody in"),
  POD_RUNNING_TIMEOUT,
  flag("Output", "json", "bool", "events as one JSON object a line"),
];

export const COPY_FLAGS: readonly FlagSpec[] = [
  CONTAINER,
  flag("Command", "no-preserve", "bool", "leave out who owns the files and what they may"),
  flag(
    "Command",
    "retries N",
    "text",
    "how often a broken copy out of a pod is resumed; -1 for ever (default 0)",
  ),
  POD_RUNNING_TIMEOUT,
];

export const DEBUG_FLAGS: readonly FlagSpec[] = [
  flag("Command", "image NAME", "text", "the image of the container that comes in"),
  flag(
    "Command",
    "image-pull-policy HOW",
    "text",
    "Always, IfNotPresent or Never; the server's choice unless given",
  ),
  flag("Selection", "c|container NAME", "text", "the name of the new container; made up unless given"),
  flag("Command", "target NAME", "text", "see the processes of this container of the pod"),
  flag(
    "Command",
    "profile NAME",
    "text",
    "what it may do: general (default), baseline, restricted, netadmin, sysadmin or legacy",
  ),
  flag(
    "Command",
    "custom FILE",
    "text",
    "a part of a container's spec, JSON or YAML, that is laid over the profile",
    { completes: "file" },
  ),
  flag("Command", "copy-to NAME", "text", "debug a copy of the pod under this name"),
  flag(
    "Command",
    "share-processes",
    "bool",
    "with --copy-to: containers see each other's processes (default true)",
  ),
  flag("Command", "same-node", "bool", "with --copy-to: on the same node"),
  flag("Command", "replace", "bool", "with --copy-to: delete the original"),
  flag("Command", "set-image C=IMAGE", "list", "with --copy-to: other images for its containers"),
  flag("Command", "env NAME=VALUE", "texts", "environment of the new container"),
  flag("Command", "keep-labels", "bool", "with --copy-to: the copy keeps the pod's labels"),
  flag("Command", "attach", "bool", "join it when it runs (default with -i)"),
  flag("Command", "arguments-only", "bool", "what follows -- are arguments, not the command"),
  STDIN,
  TTY,
  QUIET,
  POD_RUNNING_TIMEOUT,
  DRY_RUN,
  YES,
  ...CHANGE_OUTPUT,
];
