/** How far something has come, in words. */
export interface Progress {
  readonly done: number;
  /** null: nobody knows. */
  readonly total: number | null;
}

/** `12,000`. */
export function countText(count: number): string {
  return group(count);
}

/** `12,000/20,000`, or `12,000` when the end is not known. */
export function progressText({ done, total }: Progress): string {
  return total === null ? group(done) : `${group(done)}/${group(Math.max(done, total))}`;
}

function group(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}
