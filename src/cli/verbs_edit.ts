/** The verbs of a person's own changes: editing, what was changed, and taking it back; and what they may do at all. */
import { flag, type FlagSpec, outputFlag } from "./flags.ts";
import { DRY_RUN, FIELD_MANAGER, OBJECT_SELECTION, YES } from "./flags_change.ts";
import type { VerbSpec } from "./verbs.ts";

const command = (spelling: string, type: FlagSpec["type"], about: string) =>
  flag("Command", spelling, type, about);

const EDIT: VerbSpec = {
  name: "edit",
  section: "Change",
  brief: "edit objects, or a manifest, in your editor; checked, tried and shown before it is sent",
  usage: "KIND NAME… | KIND/NAME… | -f FILE [--dry-run|--apply]",
  about: [
    "The editor is $ORKA_EDITOR, $KUBE_EDITOR, $VISUAL, $EDITOR or vi. What you leave is checked against the kind's schema and by the server's dry run, shown as a diff, and with --write sent after a question: as server-side apply of what you changed, as field manager orka. Faults come back above the text. Where others own a field you take it over, drop it from the edit, or edit again; what changed meanwhile is merged in.",
    "With -f the text is your file, comments and all; it is applied as it is, and saved once it was sent. --dry-run and --apply open no editor.",
    "What you typed is kept in a file, and its path told, whenever it was not sent.",
  ],
  examples: [
    ["What an edit would do", "orka edit deploy/web"],
    ["And do it", "orka edit deploy/web --write"],
    ["Two objects in one text", "orka edit cm a b --write"],
    ["The status, of kinds that have one", "orka edit certificate/web --subresource=status --write"],
    ["Check a manifest", "orka edit -f web.yaml --dry-run"],
    ["Apply it", "orka edit -f web.yaml --apply --write"],
  ],
  flags: [
    ...OBJECT_SELECTION,
    DRY_RUN,
    command("apply", "bool", "with -f: send the file as it is, without an editor"),
    command(
      "validate HOW",
      "switch",
      "strict (default): the schema is checked first; ignore: by the server alone",
    ),
    command("force-conflicts", "bool", "take over fields that other managers own, without a question"),
    FIELD_MANAGER,
    command("subresource NAME", "text", "the part to edit: status"),
    YES,
    outputFlag("yaml (default) or json: what is edited"),
  ],
  takes: "kinds then names",
  load: () => import("./commands/edit.ts"),
};

/** In the order of help. */
export const EDIT_VERBS: readonly VerbSpec[] = [EDIT];
