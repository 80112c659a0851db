/** The verbs that bring manifests to the cluster, and those that alter single fields. */
import { CREATE_FLAGS } from "./flags_create.ts";
import {
  APPLY_FLAGS,
  DIFF_FLAGS,
  LABEL_FLAGS,
  PATCH_FLAGS,
  REPLACE_FLAGS,
  WAIT_FLAGS,
} from "./flags_manifests.ts";
import type { VerbSpec } from "./verbs.ts";

const APPLY: VerbSpec = {
  name: "apply",
  section: "Change",
  brief: "make objects as manifests say, by server-side apply",
  usage: "-f FILE|DIR|URL|- | view-last-applied|edit-last-applied KIND/NAME | set-last-applied -f FILE",
  about: [
    "Without --write the server tries it and Orka shows what would change. Namespaces and CustomResourceDefinitions go first. Nothing is sent when a manifest has a mistake; of several objects it is said which went through.",
    "Fields belong to the manager orka then; what kubectl's client-side apply owned is taken along. A field that another manager owns is a conflict, which names it.",
  ],
  examples: [
    ["What would change", "orka apply -f web.yaml"],
    ["Do it", "orka apply -f web.yaml --write"],
    ["A directory with all below it", "orka apply -f deploy/ -R --write"],
    ["Take over what others own", "orka apply -f web.yaml --force-conflicts --write"],
    ["And delete what is in it no more", "orka apply -f deploy/ --prune -l app=shop --write"],
  ],
  flags: APPLY_FLAGS,
  takes: "none",
  actions: ["view-last-applied", "edit-last-applied", "set-last-applied"],
  load: () => import("./commands/apply.ts"),
};

const DIFF: VerbSpec = {
  name: "diff",
  section: "Change",
  brief: "what apply would change",
  usage: "-f FILE|DIR|URL|-",
  about: [
    "Exits with 0 when nothing differs, 1 when something does, more when it could not be told. Values of Secrets are masked. KUBECTL_EXTERNAL_DIFF names another program to compare with.",
  ],
  examples: [
    ["As a unified diff", "orka diff -f web.yaml"],
    ["Field by field", "orka diff -f web.yaml -o fields"],
    ["With colours", 'KUBECTL_EXTERNAL_DIFF="colordiff -N -u" orka diff -f web.yaml'],
  ],
  flags: DIFF_FLAGS,
  takes: "none",
  load: () => import("./commands/diff.ts"),
};

const CREATE: VerbSpec = {
  name: "create",
  section: "Change",
  brief: "make objects from manifests or from flags",
  usage: "-f FILE|DIR|URL|- | KIND NAME [-- COMMAND…] | token ACCOUNT",
  about: [
    "Kinds from flags: namespace, configmap, secret generic|docker-registry|tls, deployment, job, cronjob, service clusterip|nodeport|loadbalancer|externalname, ingress, serviceaccount, role, rolebinding, clusterrole, clusterrolebinding, quota, poddisruptionbudget, priorityclass.",
    "--dry-run=client -o yaml prints a manifest and asks no server.",
  ],
  examples: [
    ["From a manifest", "orka create -f job.yaml --write"],
    ["A manifest to begin with", "orka create deployment web --image=nginx --dry-run=client -o yaml"],
    ["A cronjob, now", "orka create job again --from=cronjob/backup --write"],
    ["Configuration", "orka create configmap c --from-literal=a=b --from-file=etc/ --write"],
  ],
  flags: CREATE_FLAGS,
  takes: "none",
  load: () => import("./commands/create.ts"),
};

const REPLACE: VerbSpec = {
  name: "replace",
  section: "Change",
  brief: "put manifests in the place of objects that are there",
  usage: "-f FILE|DIR|URL|-",
  about: ["A manifest with a resourceVersion is refused when the object has changed since."],
  examples: [
    ["Replace", "orka replace -f web.yaml --write"],
    ["Delete it and make it anew", "orka replace -f job.yaml --force --write"],
  ],
  flags: REPLACE_FLAGS,
  takes: "none",
  load: () => import("./commands/replace.ts"),
};

const PATCH: VerbSpec = {
  name: "patch",
  section: "Change",
  brief: "change fields of an object by a patch",
  usage: "KIND NAME | KIND/NAME… | -f FILE  -p PATCH",
  about: [],
  examples: [
    ["Merge", `orka patch deploy web -p '{"spec":{"replicas":3}}' --write`],
    [
      "Step by step",
      `orka patch cm c --type=json -p '[{"op":"add","path":"/data/a","value":"b"}]' --write`,
    ],
    ["A custom resource", `orka patch widget w --type=merge -p 'spec: {size: 2}' --write`],
  ],
  flags: PATCH_FLAGS,
  takes: "kinds then names",
  load: () => import("./commands/patch.ts"),
};

const LABEL: VerbSpec = {
  name: "label",
  section: "Change",
  brief: "set, change and remove labels",
  usage: "KIND [NAME…] | KIND/NAME… | -f FILE  KEY=VALUE… KEY-…",
  about: [],
  examples: [
    ["Set", "orka label pods web-0 tier=front --write"],
    ["Change", "orka label pods web-0 tier=back --overwrite --write"],
    ["Remove", "orka label pods web-0 tier- --write"],
    ["Of all", "orka label pods --all checked=yes --write"],
  ],
  flags: LABEL_FLAGS,
  takes: "kinds then names",
  load: () => import("./commands/label.ts"),
};

const ANNOTATE: VerbSpec = {
  ...LABEL,
  name: "annotate",
  brief: "set, change and remove annotations",
  examples: [
    ["Set", 'orka annotate deploy web note="see wiki" --write'],
    ["Remove", "orka annotate deploy web note- --write"],
  ],
  load: () => import("./commands/annotate.ts"),
};

const WAIT: VerbSpec = {
  name: "wait",
  section: "Follow",
  brief: "wait until objects are as asked",
  usage: "KIND NAME… | KIND/NAME… | -f FILE  --for=…",
  about: ["Exits with 1 when the time is over."],
  examples: [
    ["Ready", "orka wait pod/web-0 --for=condition=Ready --timeout=2m"],
    ["Gone", "orka wait pods -l app=web --for=delete"],
    ["A value", "orka wait job/j --for=jsonpath='{.status.succeeded}'=1"],
  ],
  flags: WAIT_FLAGS,
  takes: "kinds then names",
  load: () => import("./commands/wait.ts"),
};

/** In the order of help. */
export const MANIFEST_VERBS: readonly VerbSpec[] = [
  APPLY,
  DIFF,
  CREATE,
  REPLACE,
  PATCH,
  LABEL,
  ANNOTATE,
  WAIT,
];
