/** What `set` sets: read from the command line, then planned for one object after the other. */
import type { Change } from "../../change/mod.ts";
import type { Client } from "../../client/mod.ts";
import type { PlanOptions } from "../../ops/mod.ts";
import type { ChangeSession } from "../change/change_context.ts";
import type { LiveTarget } from "../change/targets.ts";
import type { FlagValues } from "../parse.ts";

export interface Setting {
  /** What is said of an object that has it now: `image updated`. */
  readonly done: string;
  /** null: it is so already. */
  plan(session: ChangeSession, target: LiveTarget): Promise<Change | null>;
}

/** What is left of the command line once the objects are taken out. */
export interface Given {
  readonly flags: FlagValues;
  /** `web=nginx:1.29`, `MODE=fast`, `DEBUG-`. */
  readonly pairs: readonly string[];
}

/** The setting that a plan of the library makes of these options. */
export function setting<O extends object>(
  done: string,
  plan: (client: Client, target: LiveTarget, options: O & PlanOptions) => Promise<Change | null>,
  options: O,
): Setting {
  return {
    done,
    plan: ({ io, flags, cluster: { client } }, target) => {
      const fieldManager = flags.text("field-manager");
      return plan(client, target, { ...options, live: target.object, fieldManager, signal: io.signal });
    },
  };
}

/** `-c`: all unless given. */
export function containersOf(flags: FlagValues): readonly string[] {
  return (flags.text("containers") ?? "*").split(",");
}

/** `a=b` in two; the whole and nothing where there is no `=`. */
export function cut(pair: string): readonly [string, string] {
  const index = pair.indexOf("=");
  return index < 0 ? [pair, ""] : [pair.slice(0, index), pair.slice(index + 1)];
}
