/** What differs between the answers of two servers to one sequence, and the differences that are as meant. */
import { isObject, type Json } from "../../src/k1s/registry/mod.ts";
import { Normaliser } from "./normal.ts";
import { reasonOf } from "./reasons.ts";
import type { Answer, Step } from "./step.ts";

/** One place in one answer. */
export interface Difference {
  readonly index: number;
  readonly step: Step;
  /** `status`, `warnings.0`, `body.spec.ports.0.nodePort`. */
  readonly path: string;
  /** Absent on the side that has no such field. */
  readonly real: Json | undefined;
  readonly ours: Json | undefined;
}

/** Differences in the order of the steps, those with a listed reason left out; where objects part, it ends. */
export function differences(
  steps: readonly Step[],
  real: readonly Answer[],
  ours: readonly Answer[],
): Difference[] {
  const found: Difference[] = [];
  const [left, right] = [new Normaliser(), new Normaliser()];
  for (const [index, step] of steps.entries()) {
    const [a, b] = [left.answer(real[index]!), right.answer(ours[index]!)];
    const here: Difference[] = [];
    let parted = false;
    diff(a as unknown as Json, b as unknown as Json, "", (path, wanted, got) => {
      const difference = { index, step, path, real: wanted, ours: got };
      const reason = reasonOf(difference);
      if (!reason) here.push(difference);
      if (reason?.parts) parted = true;
    });
    if (parted) return found;
    found.push(...here);
  }
  return found;
}

type Found = (path: string, real: Json | undefined, ours: Json | undefined) => void;

function diff(a: Json | undefined, b: Json | undefined, path: string, found: Found): void {
  if (a === b) return;
  const at = (field: string | number) => path === "" ? String(field) : `${path}.${field}`;
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let index = 0; index < Math.max(a.length, b.length); index++) {
      diff(a[index], b[index], at(index), found);
    }
  } else if (isObject(a) && isObject(b)) {
    for (const field of new Set([...Object.keys(a), ...Object.keys(b)])) {
      diff(own(a, field), own(b, field), at(field), found);
    }
  } else found(path, a, b);
}

function own(object: { readonly [field: string]: Json }, field: string): Json | undefined {
  return Object.hasOwn(object, field) ? object[field] : undefined;
}

/** A difference as a person reads it. */
export function told({ index, step, path, real, ours }: Difference): string {
  const text = (value: Json | undefined) => value === undefined ? "(absent)" : JSON.stringify(value);
  return `step ${index} ${step.method} ${step.path} ${step.type ?? ""}\n  ${path}\n    real ${
    text(real)
  }\n    ours ${text(ours)}`;
}
