/** `orka last-applied get`: an object as Orka last sent it, up to three times back. */
import { withoutNoise } from "../../apply/mod.ts";
import { EXIT, OrkaError } from "../../base/mod.ts";
import { openChangeSession } from "../change/change_context.ts";
import { targetName } from "../change/targets.ts";
import { namedObject } from "../edit/named_object.ts";
import { timeText } from "../edit/report_output.ts";
import { note } from "../io.ts";
import { parseFormat } from "../print/format.ts";
import { objectPrinter } from "../print/object_printer.ts";
import type { Command } from "../verbs.ts";

export const command: Command = async (io, { flags, args: [action, ...args] }) => {
  if (action !== "get") {
    throw new OrkaError("usage", `last-applied takes get${action === undefined ? "" : `, not "${action}"`}`, {
      hint: "orka last-applied get deploy/web",
    });
  }
  const index = flags.count("index") ?? 0;
  const format = await parseFormat(flags.text("output") ?? "yaml", {
    template: flags.text("template"),
    readFile: (path) => io.readFile(path),
  });
  if (format.type === "table") throw new OrkaError("usage", "last-applied prints objects: -o yaml, json, …");
  using session = await openChangeSession(io, flags);
  const { target, ref } = await namedObject(session, args);
  const { uid: _, ...byName } = ref;
  const found = session.memory.snapshots.list(byName);
  const snapshot = found[index];
  if (snapshot === undefined) {
    const name = targetName(target);
    throw found.length === 0
      ? new OrkaError("not-found", `Orka has applied nothing to ${name}`, {
        hint: "orka apply view-last-applied shows what kubectl apply noted.",
      })
      : new OrkaError("not-found", `Orka keeps ${found.length} of ${name}: --index 0 to ${found.length - 1}`);
  }
  const { ts, verb, redacted, object } = snapshot;
  await note(io, `${index + 1} of ${found.length}: ${verb} at ${timeText(ts)}`);
  if (redacted) await note(io, "Warning: the Secret's values are not kept; ORKA_KEEP_SECRETS=1 keeps them");
  const printer = objectPrinter(format, {
    bare: true,
    noHeaders: false,
    forTerminal: io.stdout.isTerminal,
    allowMissingKeys: flags.on("allow-missing-template-keys", true),
  });
  await io.stdout.write(printer.add(withoutNoise(object)) + printer.end());
  return EXIT.ok;
};
