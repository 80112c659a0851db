/** Who owns what: managers by name, each with its set at the version it wrote. */
import { OrkaError } from "../../base/mod.ts";
import type { FieldSet } from "./field_set.ts";
import { pathText } from "./path_element.ts";

export interface ManagedSet {
  readonly set: FieldSet;
  /** `apps/v1`: the version that the paths are of. */
  readonly apiVersion: string;
  /** Made by apply: the set is all that the manager wants, not what it once changed. */
  readonly applied: boolean;
}

export type Managers = ReadonlyMap<string, ManagedSet>;

export interface Conflict {
  readonly manager: string;
  /** `.spec.replicas` */
  readonly path: string;
}

/** An apply would change what others own. */
export class ConflictError extends OrkaError {
  readonly conflicts: readonly Conflict[];

  /** `nameOf` gives a manager's name as people read it. */
  constructor(
    readonly sets: ReadonlyMap<string, FieldSet>,
    nameOf: (manager: string) => string = (manager) => JSON.stringify(manager),
  ) {
    const conflicts = conflictsOf(sets);
    super("conflict", conflictText(conflicts, nameOf), {
      status: 409,
      reason: "Conflict",
      causes: conflicts.map(({ manager, path }) => ({
        field: path,
        reason: "FieldManagerConflict",
        message: `conflict with ${nameOf(manager)}`,
      })),
    });
    this.conflicts = conflicts;
  }
}

function conflictsOf(sets: ReadonlyMap<string, FieldSet>): Conflict[] {
  return [...sets].sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0)
    .flatMap(([manager, set]) => [...set.paths()].map((path) => ({ manager, path: pathText(path) })));
}

function conflictText(conflicts: readonly Conflict[], nameOf: (manager: string) => string): string {
  const [first] = conflicts;
  if (conflicts.length === 1) {
    return `Apply failed with 1 conflict: conflict with ${nameOf(first!.manager)}: ${first!.path}`;
  }
  const lines: string[] = [];
  let last: string | undefined;
  for (const { manager, path } of conflicts) {
    if (manager !== last) lines.push(`conflicts with ${nameOf(manager)}:`);
    last = manager;
    lines.push(`- ${path}`);
  }
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join("\n")}`;
}
