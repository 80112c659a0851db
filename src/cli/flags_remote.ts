/** The flags of the verbs that reach into pods. */
import { flagsOf, type FlagSpec } from "./flags.ts";
import { CHANGE_OUTPUT, DRY_RUN, YES } from "./flags_change.ts";

const command = flagsOf("Command");
const output = flagsOf("Output");
const selection = flagsOf("Selection");

const CONTAINER = selection("c|container NAME", "text", "the container; the pod's default one unless given");
const STDIN = command("i|stdin", "bool", "pass stdin on");
const TTY = command("t|tty", "bool", "give the process a terminal");
const QUIET = output("q|quiet", "bool", "say nothing but what the process says");
const POD_RUNNING_TIMEOUT = command(
  "pod-running-timeout TIME",
  "text",
  "wait so long for a pod that runs (default 1m)",
);

export const EXEC_FLAGS: readonly FlagSpec[] = [CONTAINER, STDIN, TTY, QUIET, POD_RUNNING_TIMEOUT];
export const ATTACH_FLAGS: readonly FlagSpec[] = EXEC_FLAGS;

export const FORWARD_FLAGS: readonly FlagSpec[] = [
  command("address NAME", "list", "where to listen (default localhost); 0.0.0.0 lets everybody in"),
  POD_RUNNING_TIMEOUT,
  output("json", "bool", "events as one JSON object a line"),
];

export const COPY_FLAGS: readonly FlagSpec[] = [
  CONTAINER,
  command("no-preserve", "bool", "leave out who owns the files and what they may"),
  command("retries N", "text", "how often a broken copy out of a pod is resumed; -1 for ever (default 0)"),
  POD_RUNNING_TIMEOUT,
];

export const DEBUG_FLAGS: readonly FlagSpec[] = [
  command("image NAME", "text", "the image of the container that comes in"),
  command("image-pull-policy HOW", "text", "Always, IfNotPresent or Never; the server's choice unless given"),
  selection("c|container NAME", "text", "the name of the new container; made up unless given"),
  command("target NAME", "text", "see the processes of this container of the pod"),
  command(
    "profile NAME",
    "text",
    "what it may do: general (default), baseline, restricted, netadmin, sysadmin or legacy",
  ),
  command(
    "custom FILE",
    "text",
    "a part of a container's spec, JSON or YAML, that is laid over the profile",
    { completes: "file" },
  ),
  command("copy-to NAME", "text", "debug a copy of the pod under this name"),
  command("share-processes", "bool", "with --copy-to: containers see each other's processes (default true)"),
  command("same-node", "bool", "with --copy-to: on the same node"),
  command("replace", "bool", "with --copy-to: delete the original"),
  command("set-image C=IMAGE", "list", "with --copy-to: other images for its containers"),
  command("env NAME=VALUE", "texts", "environment of the new container"),
  command("keep-labels", "bool", "with --copy-to: the copy keeps the pod's labels"),
  command("attach", "bool", "join it when it runs (default with -i)"),
  command("arguments-only", "bool", "what follows -- are arguments, not the command"),
  STDIN,
  TTY,
  QUIET,
  POD_RUNNING_TIMEOUT,
  DRY_RUN,
  YES,
  ...CHANGE_OUTPUT,
];
