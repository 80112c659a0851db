/** The verbs that change objects; each is tried and shown, and done only with `--write`. */
import { DELETE_FLAGS } from "./flags_change.ts";
import { MANIFEST_VERBS } from "./verbs_manifests.ts";
import type { VerbSpec } from "./verbs.ts";
import { EDIT_VERBS } from "./verbs_edit.ts";

const DELETE: VerbSpec = {
  name: "delete",
  section: "Change",
  brief: "delete objects by name, selector or manifest",
  usage: "KIND [NAME…] | KIND/NAME… | -f FILE",
  about: [
    "Without --write the server tries it and Orka shows what would go. With it, a terminal is asked first unless --yes is given. orka undo makes a deleted object anew.",
    "Returns when the objects are gone; --wait=false returns at once.",
  ],
  examples: [
    ["What would go", "orka delete pod web-0"],
    ["It goes", "orka delete pod web-0 --write"],
    ["All jobs of a label, in a script", "orka delete jobs -l app=web --write --yes"],
    ["At once, whatever it does", "orka delete pod web-0 --force --grace-period=0 --write"],
  ],
  flags: DELETE_FLAGS,
  takes: "kinds then names",
  load: () => import("./commands/delete.ts"),
};

/** In the order of help. */
export const CHANGE_VERBS: readonly VerbSpec[] = [DELETE, ...EDIT_VERBS, ...MANIFEST_VERBS];
