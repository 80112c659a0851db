/** A plan's reasons speak of kubectl's flags; a dialog has fields. */

/** The dialog's fields, by the names that its values have. */
export const FIELD_LABELS = {
  daemons: "leave DaemonSets' pods",
  empty: "lose emptyDir data",
  force: "pods without controller too",
} as const;

/** Why a pod is in the way, by the flag that would take it out of it. */
const REASONS: Readonly<Record<string, string>> = {
  "--ignore-daemonsets": `is a DaemonSet's: see "${FIELD_LABELS.daemons}"`,
  "--delete-emptydir-data": `has data in an emptyDir: see "${FIELD_LABELS.empty}"`,
  "--force": `has no controller: see "${FIELD_LABELS.force}"`,
};

/** `cannot delete … (use --force to override)` with the field that does it. */
export function drainReason(reason: string): string {
  const flag = /\(use (--[\w-]+) to \w+\)$/.exec(reason)?.[1] ?? "";
  return REASONS[flag] ?? reason;
}
