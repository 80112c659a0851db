/** What apply, create and replace print: kubectl's line for every object, or with -o the objects; several as one List. */
import type { Outcome } from "../../change/mod.ts";
import { type KubeObject, withoutManagedFields, writeJson, writeYaml } from "../../kube/mod.ts";
import type { ChangeSession } from "../change/change_context.ts";
import { outcomePrinter } from "../change/outcome_printer.ts";
import type { DryRun, PlannedChange } from "../change/run_changes.ts";

export interface Done {
  done(planned: Pick<PlannedChange, "name" | "done" | "from">, outcome: Outcome): Promise<void>;
  end(): Promise<void>;
}

/** Throws OrkaError `usage` for an `-o` that is none. */
export async function donePrinter(
  session: ChangeSession,
  { dryRun, asList }: { readonly dryRun: DryRun; readonly asList: boolean },
): Promise<Done> {
  const output = session.flags.text("output");
  if (!asList || (output !== "json" && output !== "yaml")) return await outcomePrinter(session, { dryRun });
  const { io, flags } = session;
  const objects: KubeObject[] = [];
  return {
    done(_, { before, after }) {
      const object = after ?? before;
      if (object !== null) {
        objects.push(flags.on("show-managed-fields") ? object : withoutManagedFields(object));
      }
      return Promise.resolve();
    },
    async end() {
      if (objects.length === 0) return;
      const [first] = objects;
      const whole = objects.length === 1
        ? first
        : { apiVersion: "v1", items: objects, kind: "List", metadata: {} };
      await io.stdout.write(output === "json" ? `${writeJson(whole)}\n` : writeYaml(whole));
      await io.stdout.flush();
    },
  };
}
