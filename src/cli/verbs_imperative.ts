/** The verbs that scale, roll out, suspend, cordon, drain and measure. */
import {
  CAPS_FLAGS,
  CORDON_FLAGS,
  CRONJOB_FLAGS,
  DRAIN_FLAGS,
  RESTART_FLAGS,
  ROLLOUT_FLAGS,
  SCALE_FLAGS,
  SET_FLAGS,
  TAINT_FLAGS,
  TOP_FLAGS,
  TRIGGER_FLAGS,
} from "./flags_imperative.ts";
import type { VerbSpec } from "./verbs.ts";

const SCALE: VerbSpec = {
  name: "scale",
  section: "Operate",
  brief: "set the number of replicas of a Deployment, StatefulSet or whatever else scales",
  usage: "KIND NAME… | KIND/NAME… --replicas=N",
  about: [
    "--mode=ssa applies .spec.replicas instead, which makes Orka the field's owner: whoever owns it now is named unless --force-conflicts is given.",
  ],
  examples: [
    ["What it would change", "orka scale deploy/web --replicas=3"],
    ["It changes, and there are as many", "orka scale deploy/web --replicas=3 --wait --timeout=2m --write"],
    ["Only if nobody scaled it meanwhile", "orka scale deploy/web --current-replicas=2 --replicas=3 --write"],
  ],
  flags: SCALE_FLAGS,
  takes: "kinds then names",
  load: () => import("./commands/scale.ts"),
};

const RESTART: VerbSpec = {
  name: "rr",
  aliases: ["restart"],
  section: "Operate",
  brief: "restart the pods of a workload the way it rolls out: rollout restart",
  usage: "KIND NAME… | KIND/NAME…",
  about: ["Sets the annotation kubectl.kubernetes.io/restartedAt of the pod template. It can't be undone."],
  examples: [["Restart, and see it through", "orka rr deploy/web --watch --write"]],
  flags: RESTART_FLAGS,
  takes: "kinds then names",
  load: () => import("./commands/restart.ts"),
};

const ROLLOUT: VerbSpec = {
  name: "rollout",
  section: "Operate",
  brief: "status, history, undo, pause, resume and restart of rollouts",
  usage: "status|history|undo|pause|resume|restart KIND NAME… | KIND/NAME…",
  about: [
    "Of Deployments, DaemonSets and StatefulSets. status follows the rollout to its verdict: exit code 0 when it is out, 1 when it failed or --timeout is over.",
    "undo makes the pod template of an earlier revision the current one; what else was changed stays.",
  ],
  examples: [
    ["Wait until it is out, five minutes at most", "orka rollout status deploy/web --timeout=5m"],
    ["Its revisions, and what one of them ran", "orka rollout history deploy/web --revision=2"],
    ["Back to the one before", "orka rollout undo deploy/web --write"],
  ],
  flags: ROLLOUT_FLAGS,
  takes: "kinds then names",
  actions: ["status", "history", "undo", "pause", "resume", "restart"],
  load: () => import("./commands/rollout.ts"),
};

const SET: VerbSpec = {
  name: "set",
  section: "Operate",
  brief: "images, environment, resources and service account of pods",
  usage: "image|env|resources|serviceaccount KIND/NAME… | KIND NAME… CONTAINER=IMAGE… | KEY=VALUE… | ACCOUNT",
  about: ["Of pods and of every kind that holds a pod template. KEY- takes a variable away."],
  examples: [
    ["Another image", "orka set image deploy/web web=nginx:1.29 --write"],
    ["The same for every container", "orka set image deploy/web '*=nginx:1.29'"],
    ["A variable set, another taken away", "orka set env deploy/web MODE=fast DEBUG- --write"],
    ["From the keys of a Secret", "orka set env deploy/web --from=secret/db --prefix=DB_ --write"],
    ["What is set", "orka set env deploy/web --list"],
    ["Limits", "orka set resources deploy/web -c web --limits=cpu=200m,memory=512Mi --write"],
  ],
  flags: SET_FLAGS,
  takes: "kinds then names",
  actions: ["image", "env", "resources", "serviceaccount"],
  load: () => import("./commands/set.ts"),
};

const TRIGGER: VerbSpec = {
  name: "trigger",
  section: "Operate",
  brief: "run a CronJob now",
  usage: "cronjob/NAME",
  about: ["Makes the Job that the CronJob would make, owned by it, as kubectl create job --from does."],
  examples: [["Run it now", "orka trigger cronjob/backup --name backup-now --write"]],
  flags: TRIGGER_FLAGS,
  takes: "kinds then names",
  load: () => import("./commands/trigger.ts"),
};

const SUSPEND: VerbSpec = {
  name: "suspend",
  section: "Operate",
  brief: "keep a CronJob or a Job from running",
  usage: "cronjob/NAME…",
  about: ["What runs of a CronJob goes on; no more begin. A Job's pods are deleted until it is resumed."],
  examples: [["No backups for now", "orka suspend cronjob/backup --write"]],
  flags: CRONJOB_FLAGS,
  takes: "kinds then names",
  load: () => import("./commands/suspend.ts"),
};

const RESUME: VerbSpec = {
  name: "resume",
  section: "Operate",
  brief: "let a suspended CronJob or Job run again",
  usage: "cronjob/NAME…",
  about: [],
  examples: [["Backups again", "orka resume cronjob/backup --write"]],
  flags: CRONJOB_FLAGS,
  takes: "kinds then names",
  load: async () => ({ command: (await import("./commands/suspend.ts")).resume }),
};

const CORDON: VerbSpec = {
  name: "cordon",
  section: "Operate",
  brief: "keep new pods off a node",
  usage: "NODE… | -l SELECTOR",
  about: [],
  examples: [["Keep new pods off", "orka cordon node-1 --write"]],
  flags: CORDON_FLAGS,
  takes: "kinds then names",
  kind: "nodes",
  load: () => import("./commands/cordon.ts"),
};

const UNCORDON: VerbSpec = {
  name: "uncordon",
  section: "Operate",
  brief: "let new pods onto a node again",
  usage: "NODE… | -l SELECTOR",
  about: [],
  examples: [["Let pods in again", "orka uncordon node-1 --write"]],
  flags: CORDON_FLAGS,
  takes: "kinds then names",
  kind: "nodes",
  load: async () => ({ command: (await import("./commands/cordon.ts")).uncordon }),
};

const TAINT: VerbSpec = {
  name: "taint",
  section: "Operate",
  brief: "put taints on nodes, and take them off",
  usage: "node NAME… KEY=VALUE:EFFECT… | KEY:EFFECT- | KEY-",
  about: [
    "Effects are NoSchedule, PreferNoSchedule and NoExecute; the last evicts pods that don't tolerate it.",
  ],
  examples: [
    ["Only for pods that tolerate it", "orka taint node node-1 dedicated=gpu:NoSchedule --write"],
    ["Off again", "orka taint node node-1 dedicated- --write"],
  ],
  flags: TAINT_FLAGS,
  takes: "kinds then names",
  load: () => import("./commands/taint.ts"),
};

const DRAIN: VerbSpec = {
  name: "drain",
  section: "Operate",
  brief: "evict a node's pods, after a look at what goes and what holds it",
  usage: "NODE… | -l SELECTOR",
  about: [
    "Without --write only the plan is printed. With it the node is cordoned and its pods are evicted, again and again where a disruption budget holds them back. Pods that the flags don't cover stop it before anything is changed.",
    "Ctrl-C is safe: the node stays cordoned, and what is evicted stays so. Run it again to go on, or orka uncordon to end it.",
  ],
  examples: [
    ["What it would do", "orka drain node-1 --ignore-daemonsets"],
    ["It does it", "orka drain node-1 --ignore-daemonsets --delete-emptydir-data --timeout=10m --write"],
    [
      "The plan, for a script",
      "orka drain node-1 --ignore-daemonsets --dry-run=server -o json | jq '.budgets'",
    ],
  ],
  flags: DRAIN_FLAGS,
  takes: "kinds then names",
  kind: "nodes",
  load: () => import("./commands/drain.ts"),
};

const TOP: VerbSpec = {
  name: "top",
  section: "Operate",
  brief: "CPU and memory of nodes and pods: what they use, or ask for",
  usage: "nodes|pods [NAME…]",
  about: [
    "Use comes from metrics.k8s.io. Where the cluster serves none, the requests and limits of the pods are shown, of nodes against what is allocatable, and stderr says so.",
  ],
  examples: [
    ["The greediest pods everywhere", "orka top pods -A --sort-by=memory"],
    ["Nodes", "orka top nodes"],
    ["What is asked for, where use is measured too", "orka top nodes --requests"],
  ],
  flags: TOP_FLAGS,
  takes: "kinds then names",
  load: () => import("./commands/top.ts"),
};

const CAPS: VerbSpec = {
  name: "caps",
  section: "Operate",
  brief: "which operations a kind has, and which of them you may do",
  usage: "[KIND]",
  about: [
    "The kind's subresources come from discovery, rights from the server's access reviews in the namespace.",
  ],
  examples: [
    ["Everything that can be operated", "orka caps"],
    ["One kind, for a script", "orka caps --gvk apps/v1/Deployment -o json"],
  ],
  flags: CAPS_FLAGS,
  takes: "kinds then names",
  load: () => import("./commands/caps.ts"),
};

export const OPS: VerbSpec = {
  name: "ops",
  section: "Operate",
  brief: "the operations: orka ops VERB is orka VERB",
  usage: "[VERB …]",
  about: ["Alone it lists them."],
  examples: [["What there is", "orka ops"]],
  flags: [],
  takes: "verb",
  asksServer: () => false,
  load: () => import("./commands/ops.ts"),
};

/** In the order of help. */
export const IMPERATIVE_VERBS: readonly VerbSpec[] = [
  SCALE,
  RESTART,
  ROLLOUT,
  SET,
  TRIGGER,
  SUSPEND,
  RESUME,
  CORDON,
  UNCORDON,
  DRAIN,
  TAINT,
  TOP,
  CAPS,
];
