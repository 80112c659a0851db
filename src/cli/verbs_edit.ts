/** The verbs of a person's own changes: editing, what was changed, and taking it back; and what they may do at all. */
import { ALL_NAMESPACES, flag, type FlagSpec, MISSING_KEYS, outputFlag, TEMPLATE } from "./flags.ts";
import { CHANGE_OUTPUT, DRY_RUN, FIELD_MANAGER, OBJECT_SELECTION, YES } from "./flags_change.ts";
import type { VerbSpec } from "./verbs.ts";

const command = (spelling: string, type: FlagSpec["type"], about: string) =>
  flag("Command", spelling, type, about);

const EDIT: VerbSpec = {
  name: "edit",
  section: "Change",
  brief: "edit objects or a manifest in your editor",
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

const HISTORY: VerbSpec = {
  name: "history",
  section: "See",
  brief: "what changed of an object, when, and by whom; the newest first",
  usage: "KIND NAME | KIND/NAME",
  about: [
    "One timeline of what Orka changed and applied on this machine, and of the last write of every other field manager, which is all that the server keeps. BY names the user and, in brackets, the field manager and the subresource. The object need not be there any more.",
  ],
  examples: [
    ["The timeline", "orka history deploy/web"],
    ["With what the fields were", "orka history deploy/web --diff"],
    ["For a script", "orka history deploy/web -o json --limit 5"],
  ],
  flags: [
    command("diff", "bool", "every change field by field, where both versions are known"),
    flag("Selection", "limit N", "count", "entries to print (default 50)"),
    outputFlag("json or yaml"),
  ],
  takes: "kinds then names",
  load: () => import("./commands/history.ts"),
};

const UNDO: VerbSpec = {
  name: "undo",
  section: "Change",
  brief: "take back what Orka changed: shown and tried, and done only with --write",
  usage: "[ID] [--list]",
  about: [
    "Without a number the newest change on this cluster that was not taken back. What was created is deleted, what was deleted is made anew, what was altered gets its former values back, field by field; what others changed since stays, and where they changed the same field it is named and refused without --force. A Secret's values are not kept, so its changes have no way back unless ORKA_KEEP_SECRETS=1 was set then.",
  ],
  examples: [
    ["What would be taken back", "orka undo"],
    ["Take it back", "orka undo --write"],
    ["What there is", "orka undo --list"],
    ["A certain one", "orka undo 12 --write --yes"],
  ],
  flags: [
    command("list", "bool", "the changes of this cluster, newest first"),
    command("force", "bool", "set back also what others changed since"),
    flag("Selection", "limit N", "count", "changes to list (default 20)"),
    DRY_RUN,
    YES,
    ...CHANGE_OUTPUT,
  ],
  takes: "none",
  load: () => import("./commands/undo.ts"),
};

const LAST_APPLIED: VerbSpec = {
  name: "last-applied",
  section: "See",
  brief: "an object as Orka last applied it, up to three times back",
  usage: "get KIND NAME | get KIND/NAME",
  about: [
    "From this machine's memory: the object need not be there any more. Secrets are kept without values.",
  ],
  examples: [
    ["The last", "orka last-applied get deploy/web"],
    ["The one before, applied again", "orka last-applied get deploy/web --index 1 | orka apply -f - --write"],
  ],
  flags: [
    command("index N", "count", "0 is the newest (default), 2 the oldest that is kept"),
    outputFlag("yaml (default), json, name, jsonpath=…"),
    TEMPLATE,
    MISSING_KEYS,
  ],
  takes: "kinds then names",
  load: () => import("./commands/last_applied.ts"),
};

const AUTH: VerbSpec = {
  name: "auth",
  section: "See",
  brief: "what you may do, and who the server takes you for",
  usage: "can-i VERB KIND[/NAME] | can-i VERB /PATH | can-i --list | whoami",
  about: ["can-i prints yes or no and exits with 0 or 1, as kubectl does."],
  examples: [
    ["May I", "orka auth can-i delete pods -n shop"],
    ["In a script", "orka auth can-i create deployments.apps -q && echo yes"],
    ["Everything that I may", "orka auth can-i --list"],
    ["Another user", "orka auth can-i get secrets --as jane"],
    ["Who am I", "orka auth whoami"],
  ],
  flags: [
    ALL_NAMESPACES,
    command("list", "bool", "can-i: all that is allowed in the namespace"),
    command("subresource NAME", "text", "can-i: of the kind's subresource: log, scale, …"),
    command("q|quiet", "bool", "can-i: the exit code alone"),
    flag("Output", "no-headers", "bool", "leave the header line out"),
    outputFlag("json or yaml"),
  ],
  takes: "none",
  load: () => import("./commands/auth.ts"),
};

/** In the order of help. */
export const EDIT_VERBS: readonly VerbSpec[] = [EDIT, UNDO, HISTORY, LAST_APPLIED, AUTH];
