/** Panes about one object, and the commands that they share. */
import type { ObjectRef } from "../../engine/protocol.ts";
import type { CommandId } from "../keymap.ts";
import type { Pane, PaneHost } from "../pane.ts";
import { jumpToOwner } from "./object_jumps.ts";

export interface ObjectPane extends Pane {
  readonly view: "yaml" | "describe";
  readonly ref: ObjectRef;
}

export function isObjectPane(pane: Pane | undefined): pane is ObjectPane {
  return pane !== undefined && "ref" in pane && "view" in pane;
}

export function runObjectCommand(host: PaneHost, ref: ObjectRef, command: CommandId): boolean {
  switch (command) {
    case "describe":
    case "yaml":
      host.openObject(ref, command);
      return true;
    case "events":
      host.openEvents(ref);
      return true;
    case "owner":
      host.spawn(() => jumpToOwner(host, ref));
      return true;
    default:
      return false;
  }
}
