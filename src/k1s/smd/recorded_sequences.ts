/** Plays sample sequences as the recorder played them on structured-merge-diff itself, and tells what differs. */
import { equal, type Json, type JsonObject } from "../patch/mod.ts";
import { DEDUCED, type TypeRef } from "./atom.ts";
import { ConflictError, type Managers } from "./managers.ts";
import { SAMPLE, SAMPLE_CHANGED } from "./sample_types.ts";
import type { SampleSequence, SampleStep } from "./sample_sequences.ts";
import { Updater } from "./updater.ts";
import { validateValue } from "./validate.ts";
import { findingsText } from "./value_error.ts";

export interface RecordedStep {
  /** `invalid`, `conflict`, or `retype`: the object doesn't fit its new type, and the sequence ends. */
  readonly error?: string;
  readonly lines?: readonly string[];
  readonly conflicts?: readonly string[];
  readonly object: Json;
  readonly managers: Readonly<Record<string, { set: JsonObject; version: string; applied: boolean }>>;
}

type Played = { readonly [K in keyof RecordedStep]: RecordedStep[K] };

/** The first step that differs, with both results; undefined if none does. */
export function firstDifference(sequence: SampleSequence, recorded: readonly RecordedStep[]) {
  const player = new Player(sequence.type === "root" ? SAMPLE : DEDUCED);
  for (const [at, wanted] of recorded.entries()) {
    if (wanted.error === "retype") return undefined;
    const got = player.play(sequence.ops[at]!);
    if (!isSame(got, wanted)) return { at, step: sequence.ops[at], wanted, got };
  }
  return undefined;
}

/** Objects by value; managers to the byte and in order, as they are written out. */
function isSame(got: Played, wanted: RecordedStep): boolean {
  const text = (value: unknown) => JSON.stringify(value ?? null);
  const managers = (step: Played) => text(Object.entries(step.managers).sort(([a], [b]) => a < b ? -1 : 1));
  // the original stops at an undeclared field, wherever its random order meets it
  const isCutShort = wanted.lines?.some((line) => line.endsWith("field not declared in schema"));
  return got.error === wanted.error && text(got.conflicts) === text(wanted.conflicts) &&
    (isCutShort || text(got.lines) === text(wanted.lines)) && equal(got.object, wanted.object) &&
    managers(got) === managers(wanted);
}

class Player {
  #type: TypeRef;
  #live: Json = {};
  #managers: Managers = new Map();
  #gone = false;
  readonly #updater = new Updater({
    convert: (object, version) => this.#gone && version === "v2" ? undefined : object,
  });

  constructor(type: TypeRef) {
    this.#type = type;
  }

  play(step: SampleStep): Played {
    this.#gone = step.gone;
    if (step.type) this.#type = step.type === "root" ? SAMPLE : SAMPLE_CHANGED;
    const failure = this.#write(step);
    const managers = [...this.#managers].map(([name, { set, apiVersion, applied }]) =>
      [name, { set: set.toFieldsV1(), version: apiVersion, applied }] as const
    );
    return { ...failure, object: this.#live, managers: Object.fromEntries(managers) };
  }

  #write({ op, object, manager, version }: SampleStep): Pick<Played, "error" | "lines" | "conflicts"> {
    const findings = validateValue(object, this.#type, { allowDuplicates: op === "update" });
    if (findings.length > 0) return { error: "invalid", lines: findingsText(findings).split("\n").sort() };
    const live = { value: this.#live, type: this.#type };
    const writing = { live, managers: this.#managers, manager, apiVersion: version };
    try {
      const written = op === "update"
        ? this.#updater.update(object, writing)
        : this.#updater.apply(object, writing, op === "force");
      this.#live = written.value ?? null;
      this.#managers = written.managers;
      return {};
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      return {
        error: "conflict",
        conflicts: error.conflicts.map(({ manager, path }) => `${manager} ${path}`).sort(),
      };
    }
  }
}
