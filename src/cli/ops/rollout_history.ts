/** The revisions of rollouts as kubectl prints them. */
import { EXIT, OrkaError } from "../../base/mod.ts";
import { describePodTemplateOf, renderText } from "../../describe/mod.ts";
import { readRevisions, type Revision } from "../../ops/mod.ts";
import { type LiveTarget, targetName, type TargetSession } from "../change/targets.ts";
import { parseFormat } from "../print/format.ts";
import { objectPrinter } from "../print/object_printer.ts";
import { escapeControls } from "../print/table.ts";

export async function printHistory(session: TargetSession, targets: readonly LiveTarget[]): Promise<number> {
  const { io, flags, cluster: { client } } = session;
  const wanted = flags.count("revision") ?? 0;
  for (const target of targets) {
    const revisions = await readRevisions(client, target, { object: target.object, signal: io.signal });
    const found = wanted === 0 ? revisions : revisions.filter(({ number }) => number === wanted);
    if (wanted > 0 && found.length === 0) {
      throw new OrkaError("not-found", `unable to find the specified revision`, {
        hint: `There are ${list(revisions)}.`,
      });
    }
    if (flags.text("output") !== undefined) await printObjects(session, found);
    else await io.stdout.write(wanted > 0 ? detail(target, found[0]!) : overview(target, found));
  }
  return EXIT.ok;
}

function list(revisions: readonly Revision[]): string {
  return revisions.length === 0 ? "none" : revisions.map(({ number }) => number).join(", ");
}

/** Two spaces between the columns, as kubectl has it here and nowhere else. */
function overview(target: LiveTarget, revisions: readonly Revision[]): string {
  const rows = [
    ["REVISION", "CHANGE-CAUSE"],
    ...revisions.map(({ number, changeCause }) => [
      String(number),
      escapeControls(changeCause || "<none>"),
    ]),
  ];
  const width = Math.max(...rows.map(([number]) => number!.length)) + 2;
  const lines = rows.map(([number, cause]) => `${number!.padEnd(width)}${cause}\n`);
  return `${targetName(target)} \n${lines.join("")}\n`;
}

function detail(target: LiveTarget, { number, template, changeCause }: Revision): string {
  const annotations = changeCause === ""
    ? {}
    : { annotations: { ...template?.metadata?.annotations, "kubernetes.io/change-cause": changeCause } };
  const shown = { ...template, metadata: { ...template?.metadata, ...annotations } };
  const text = renderText(describePodTemplateOf(shown, target.namespace));
  return `${targetName(target)} with revision #${number}\n${text}\n`;
}

/** The ReplicaSets or ControllerRevisions themselves. */
async function printObjects({ io, flags }: TargetSession, revisions: readonly Revision[]): Promise<void> {
  const format = await parseFormat(flags.text("output"), {
    template: flags.text("template"),
    readFile: (path) => io.readFile(path),
  });
  if (format.type === "table") throw new OrkaError("usage", "-o wide says nothing more about revisions");
  const printer = objectPrinter(format, {
    bare: revisions.length === 1,
    noHeaders: false,
    forTerminal: io.stdout.isTerminal,
    allowMissingKeys: flags.on("allow-missing-template-keys", true),
  });
  for (const { object } of revisions) await io.stdout.write(printer.add(object));
  await io.stdout.write(printer.end());
}
