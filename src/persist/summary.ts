import type { FieldChange } from "./records.ts";

/** Characters of a summary, and of one value in it. */
const MAX_SUMMARY = 2_000;
const MAX_VALUE = 120;

/**
 * `spec.replicas: 2 -> 3; metadata.labels.app: +web; +4 more`. Of a Secret the paths alone. As many whole changes
 * as fit in 2,000 characters.
 */
export function summaryOf(changes: readonly FieldChange[], { redacted }: { redacted: boolean }): string {
  const parts: string[] = [];
  let length = 0;
  for (const change of changes) {
    const part = redacted ? change.path : changeText(change);
    length += part.length + 2;
    if (length > MAX_SUMMARY - 20) break;
    parts.push(part);
  }
  const left = changes.length - parts.length;
  return [...parts, ...(left > 0 ? [`+${left} more`] : [])].join("; ").slice(0, MAX_SUMMARY);
}

function changeText({ path, before, after }: FieldChange): string {
  if (before === undefined && after === undefined) return path;
  if (before === undefined) return `${path}: +${short(after!)}`;
  if (after === undefined) return `${path}: -${short(before)}`;
  return `${path}: ${short(before)} -> ${short(after)}`;
}

function short(value: string): string {
  const line = value.replace(/\s+/g, " ");
  return line.length <= MAX_VALUE ? line : `${line.slice(0, MAX_VALUE - 1)}…`;
}
