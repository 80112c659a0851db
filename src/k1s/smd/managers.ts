/** Who owns what: managers by name, each with its set at the version it wrote. */
import { OrkaError } from "../../base/mod.ts";
import type { FieldSet } from "./field_set.ts";
import { type Path, pathText } from "./path_element.ts";

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
  constructor(readonly conflicts: readonly Conflict[]) {
    super("conflict", conflictText(conflicts), {
      causes: conflicts.map(({ manager, path }) => ({
        field: path,
        reason: "FieldManagerConflict",
        message: `conflict with ${JSON.stringify(manager)}`,
      })),
    });
  }
}

export function conflictsOf(sets: ReadonlyMap<string, FieldSet>): Conflict[] {
  const paths = (set: FieldSet): Path[] => [...set.paths()];
  return [...sets].sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0)
    .flatMap(([manager, set]) => paths(set).map((path) => ({ manager, path: pathText(path) })));
}

function conflictText(conflicts: readonly Conflict[]): string {
  if (conflicts.length === 1) {
    return `conflict with ${JSON.stringify(conflicts[0]!.manager)}: ${conflicts[0]!.path}`;
  }
  const lines: string[] = [];
  let last: string | undefined;
  for (const { manager, path } of conflicts) {
    if (manager !== last) lines.push(`conflicts with ${JSON.stringify(manager)}:`);
    last = manager;
    lines.push(`- ${path}`);
  }
  return lines.join("\n");
}

/** Equal in what each manager owns, at which version, and how. */
export function equalManagers(a: Managers, b: Managers): boolean {
  if (a.size !== b.size) return false;
  return [...a].every(([name, left]) => {
    const right = b.get(name);
    return right !== undefined && left.apiVersion === right.apiVersion && left.applied === right.applied &&
      left.set.equals(right.set);
  });
}
