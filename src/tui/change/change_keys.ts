/** The commands of the key table that change objects, whichever pane they are pressed in. Code is loaded when needed. */
import type { CommandId } from "../keymap.ts";
import type { Pane, PaneHost, TargetObject } from "../pane.ts";

/** `:undo`. null: the newest change. */
export function runUndo(host: PaneHost, id: number | null): void {
  if (host.readOnly) return host.notify("Undo: this session is read-only (:write allows changes)", "warn");
  host.spawn(async () => {
    const { undoChange } = await import("./undo.ts");
    host.repaint();
    await undoChange(host, id);
  });
}

/** What happened to the object; null: everything that Orka changed on this cluster. */
export function openHistory(host: PaneHost, object: TargetObject | null): void {
  host.spawn(async () => {
    const { HistoryPane } = await import("../panes/history.ts");
    host.repaint();
    host.openPane(new HistoryPane(host, object));
  });
}

const COMMANDS: ReadonlySet<CommandId> = new Set(["delete", "edit", "history"]);

/** False when it is none of these commands. */
export function runChangeCommand(host: PaneHost, command: CommandId, pane: Pane | undefined): boolean {
  const objects = pane?.targets?.() ?? [];
  const [first] = objects;
  if (!COMMANDS.has(command)) return false;
  if (first === undefined) {
    host.notify("There is nothing under the cursor", "info");
    return true;
  }
  switch (command) {
    case "delete":
      host.spawn(async () => {
        const { deleteObjects } = await import("./delete.ts");
        host.repaint();
        await deleteObjects(host, objects);
      });
      return true;
    case "edit":
      host.spawn(async () => {
        const { editObject } = await import("./edit.ts");
        host.repaint();
        await editObject(host, first);
      });
      return true;
    case "history":
      openHistory(host, first);
      return true;
    default:
      return false;
  }
}
