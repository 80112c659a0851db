/** What verbs print of changes that were made: kubectl's line, or the object itself with `-o`. */
import type { Outcome } from "../../change/mod.ts";
import { OrkaError } from "../../base/mod.ts";
import { withoutManagedFields } from "../../kube/mod.ts";
import { parseFormat } from "../print/format.ts";
import { objectPrinter } from "../print/object_printer.ts";
import type { ChangeSession } from "./change_context.ts";
import type { DryRun, PlannedChange } from "./run_changes.ts";

export interface OutcomePrinter {
  done(planned: PlannedChange, outcome: Outcome): Promise<void>;
  end(): Promise<void>;
}

/** Throws OrkaError `usage` for an `-o` that is none. */
export async function outcomePrinter(
  { io, flags }: ChangeSession,
  { dryRun }: { readonly dryRun: DryRun },
): Promise<OutcomePrinter> {
  const template = flags.text("template");
  const format = await parseFormat(flags.text("output"), { template, readFile: (path) => io.readFile(path) });
  if (format.type === "table") {
    if (format.wide) throw new OrkaError("usage", "-o wide says nothing about a change");
    const suffix = dryRun === "none" ? "" : ` (${dryRun === "server" ? "server dry run" : "dry run"})`;
    return {
      async done({ name, done, from }, outcome) {
        const word = typeof done === "string" ? done : done(outcome);
        await io.stdout.write(`${name} ${word}${suffix}${from === undefined ? "" : ` ${from}`}\n`);
        await io.stdout.flush();
      },
      end: () => Promise.resolve(),
    };
  }
  // A change of one object prints it bare, as kubectl does; of several one behind the other.
  const printer = objectPrinter(format, {
    bare: true,
    noHeaders: false,
    forTerminal: io.stdout.isTerminal,
    allowMissingKeys: flags.on("allow-missing-template-keys", true),
  });
  let count = 0;
  return {
    async done(_, { before, after }) {
      const object = after ?? before;
      if (object === null) return;
      const shown = flags.on("show-managed-fields") ? object : withoutManagedFields(object);
      const separator = format.type === "yaml" && count++ > 0 ? "---\n" : "";
      await io.stdout.write(separator + printer.add(shown));
    },
    async end() {
      await io.stdout.write(printer.end());
    },
  };
}
