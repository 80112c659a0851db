/** Why a value doesn't fit its type: each finding with its path, in structured-merge-diff's words. */
import { OrkaError } from "../../base/mod.ts";

export interface Finding {
  /** `.spec.ports[port=80]`; empty at the root. */
  readonly path: string;
  readonly message: string;
}

function findingText({ path, message }: Finding): string {
  return path === "" ? message : `${path}: ${message}`;
}

export function findingsText(findings: readonly Finding[]): string {
  if (findings.length === 1) return findingText(findings[0]!);
  return ["errors:", ...findings.map((finding) => `  ${findingText(finding)}`)].join("\n");
}

/** A value that doesn't fit its type; `findings` has every reason. */
export class ValueError extends OrkaError {
  constructor(readonly findings: readonly Finding[], prefix = "") {
    super("invalid", `${prefix}${findingsText(findings)}`, {
      causes: findings.map(({ path, message }) => ({ field: path, message })),
    });
  }
}

/** Throws what was found; the prefix says which step failed. */
export function throwFindings(findings: readonly Finding[], prefix = ""): void {
  if (findings.length > 0) throw new ValueError(findings, prefix);
}
