/** The commands of the key table that operate on what runs. Their code is loaded when one is first used. */
import type { CommandId } from "../keymap.ts";
import type { Pane, PaneHost, TargetObject } from "../pane.ts";

/** What a command does with the objects that it was pressed on. */
type Action = (host: PaneHost, objects: readonly TargetObject[], pane: Pane) => Promise<void> | void;

const ACTIONS: Readonly<Partial<Record<CommandId, () => Promise<Action>>>> = {
  "logs": async () => (await import("./open_logs.ts")).openLogsPane,
  "logs.previous": async () => (await import("./open_logs.ts")).openPreviousLogs,
  "shell": async () => (await import("./shell.ts")).openShell,
  "shell.pane": async () => (await import("./shell.ts")).openShellPane,
  "forward": async () => (await import("./forward.ts")).forwardPort,
  "forwards": async () => (await import("./forward.ts")).showForwards,
  "transfer": async () => (await import("./transfer.ts")).transfer,
  "scale": async () => (await import("./workloads.ts")).scale,
  "restart": async () => (await import("./workloads.ts")).restart,
  "image": async () => (await import("./workloads.ts")).setImage,
  "rollback": async () => (await import("./workloads.ts")).rollBack,
  "trigger": async () => (await import("./cron_jobs.ts")).trigger,
  "suspend.cron": async () => (await import("./cron_jobs.ts")).suspend,
  "cordon": async () => (await import("./nodes.ts")).cordon,
  "uncordon": async () => (await import("./nodes.ts")).uncordon,
  "drain": async () => (await import("./nodes.ts")).drain,
  "kill": async () => (await import("./kill.ts")).kill,
  "attach": async () => (await import("./shell.ts")).openAttach,
};

/** Those that are about no object. */
const ALONE: ReadonlySet<CommandId> = new Set(["forwards"]);

/** False when it is none of these commands. */
export function runOpsCommand(host: PaneHost, command: CommandId, pane: Pane | undefined): boolean {
  const load = ACTIONS[command];
  if (load === undefined || pane === undefined) return false;
  const objects = pane.targets?.() ?? [];
  if (objects.length === 0 && !ALONE.has(command)) {
    host.notify("There is nothing under the cursor", "info");
    return true;
  }
  host.spawn(async () => {
    const action = await load();
    host.repaint();
    await action(host, objects, pane);
  });
  return true;
}
