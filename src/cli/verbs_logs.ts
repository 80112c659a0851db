/** The verb that reads logs. */
import { LOGS_FLAGS } from "./flags_logs.ts";
import type { VerbSpec } from "./verbs.ts";

export const LOGS: VerbSpec = {
  name: "logs",
  section: "Operate",
  brief: "print or follow the logs of pods, workloads and selections",
  usage: "POD [CONTAINER] | KIND/NAME | -l SELECTOR | QUERY",
  about: [
    "KIND/NAME is every pod of a Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob (its newest job), Service or anything with a selector. A QUERY is orka search's language over pods, as 'ns:shop checkout' or 'k:pod label:app=web'.",
    "Without -f lines of several containers come in the order of their times. With it restarts are stitched with a line between, pods join and leave, and a lost connection goes on where it stopped, without a line twice or missing. What is said about the stream itself goes to stderr, but for restarts, gaps and dropped lines, which stand in their place.",
    "On a terminal, controls and escapes in lines are made visible and lines are coloured by level; elsewhere bytes are the container's own.",
  ],
  examples: [
    ["One pod", "orka logs web-0"],
    ["Every pod of a workload, from the last 20 lines of each on", "orka logs deploy/web --tail 20 -f"],
    [
      "Errors and worse, as level and message",
      "orka logs deploy/web --where 'level>=error' --fields level,msg",
    ],
    ["Why it crashed the last time", "orka logs web-0 -p"],
    ["One JSON object a line, for jq", "orka logs -l app=web -o ndjson | jq .fields"],
  ],
  flags: LOGS_FLAGS,
  takes: "kinds then names",
  kind: "pods",
  follows: (flags) => flags.on("follow"),
  load: () => import("./commands/logs.ts"),
};
