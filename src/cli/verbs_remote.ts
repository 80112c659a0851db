/** The verbs that reach into pods: shells, copies, forwards, debugging. */
import { ATTACH_FLAGS, COPY_FLAGS, DEBUG_FLAGS, EXEC_FLAGS, FORWARD_FLAGS } from "./flags_remote.ts";
import type { VerbSpec } from "./verbs.ts";

const EXEC: VerbSpec = {
  name: "exec",
  section: "Operate",
  brief: "run a command in a container, or a shell that it has",
  usage: "POD|KIND/NAME [-- COMMAND…]",
  about: [
    "Without a command: bash, ash or sh, whichever the container has, at the terminal. The exit code is the command's own.",
    "A command in a container may change anything: --write is needed.",
  ],
  examples: [
    ["A shell", "orka exec web-0 --write"],
    ["One command of a deployment's pod", "orka exec deploy/web -c app --write -- env"],
    ["Into a pipe", "orka exec -i db-0 --write -- psql < dump.sql"],
  ],
  flags: EXEC_FLAGS,
  takes: "kinds then names",
  load: () => import("./commands/exec.ts"),
};

const ATTACH: VerbSpec = {
  name: "attach",
  section: "Operate",
  brief: "join the process that a container runs",
  usage: "POD|KIND/NAME",
  about: ["Shows what it prints from now on; with -i it gets what is typed. --write is needed."],
  examples: [["What it prints", "orka attach web-0 --write"], [
    "Type at it",
    "orka attach -it shell-0 --write",
  ]],
  flags: ATTACH_FLAGS,
  takes: "kinds then names",
  load: () => import("./commands/attach.ts"),
};

const PORT_FORWARD: VerbSpec = {
  name: "port-forward",
  aliases: ["pf"],
  section: "Operate",
  brief: "open ports of this machine that lead to a pod's",
  usage: "POD|svc/NAME|KIND/NAME [LOCAL:]REMOTE…",
  about: [
    "A service or workload is followed: when its pod goes the ports stay open and lead to the next one. Only this machine can connect unless --address says otherwise.",
    "Runs until Ctrl-C. What is sent through it is the caller's own business: --write is not needed.",
  ],
  examples: [
    ["A service's port 80 on 8080 here", "orka pf svc/web 8080:80"],
    ["Any free port", "orka pf web-0 :http"],
    ["For a script", "orka pf deploy/web 8080:80 --json | jq .type"],
  ],
  flags: FORWARD_FLAGS,
  takes: "kinds then names",
  load: () => import("./commands/port_forward.ts"),
};

const CP: VerbSpec = {
  name: "cp",
  section: "Operate",
  brief: "copy files into a container and out of it",
  usage: "SOURCE DEST, one of them [NAMESPACE/]POD:PATH",
  about: [
    "Runs tar in the container, which has to have it; --write is needed for both directions. Permissions are kept unless --no-preserve is given.",
    "Links are copied as links into a container; out of it they are left out and named, and nothing is written outside of DEST.",
  ],
  examples: [
    ["Out of a pod", "orka cp db-0:/var/lib/dump.sql ./dump.sql --write"],
    ["Into a container of it", "orka cp ./conf db-0:/etc/db -c main --write"],
  ],
  flags: COPY_FLAGS,
  takes: "none",
  load: () => import("./commands/cp.ts"),
};

const DEBUG: VerbSpec = {
  name: "debug",
  section: "Operate",
  brief: "bring a container with tools into a pod, a copy of it, or onto a node",
  usage: "POD|node/NAME --image=IMAGE [-it] [-- COMMAND…]",
  about: [
    "An ephemeral container stays in the pod's list until the pod goes: Kubernetes can't remove it. --copy-to leaves the pod alone and debugs a copy without labels or probes.",
    "On a node its files are at /host. Profiles say what the container may do, as kubectl's do.",
  ],
  examples: [
    ["A shell beside a container without one", "orka debug web-0 --image=busybox --target=app -it --write"],
    ["A copy whose command is another", "orka debug web-0 --copy-to=web-0-debug -c app -it --write -- sh"],
    [
      "The node itself",
      "orka debug node/node-1 --image=busybox --profile=sysadmin -it --write -- chroot /host",
    ],
  ],
  flags: DEBUG_FLAGS,
  takes: "kinds then names",
  load: () => import("./commands/debug.ts"),
};

/** In the order of help. */
export const REMOTE_VERBS: readonly VerbSpec[] = [EXEC, ATTACH, PORT_FORWARD, CP, DEBUG];
