import { EXIT, KNOBS, OrkaError, readKnobs } from "../../base/mod.ts";
import { writeJson } from "../../kube/mod.ts";
import { metricsAddress, metricsUrl } from "../metrics_server.ts";
import { TabWriter } from "../print/tab_writer.ts";
import type { Command } from "../verbs.ts";

/** `orka stats`: settings, metrics address and memory. */
export const command: Command = async (io, { flags, args }) => {
  const output = flags.text("output") ?? "";
  if (args.length > 0) throw new OrkaError("usage", `stats takes no arguments: ${args.join(" ")}`);
  if (output !== "" && output !== "json") throw new OrkaError("usage", `stats prints -o json, not ${output}`);
  const knobs = readKnobs(io.env);
  const rows = Object.entries(KNOBS).map(([name, spec]) => ({
    name: spec.env,
    value: knobs[name as keyof typeof KNOBS],
    default: spec.fallback,
    about: spec.about,
  }));
  const residentBytes = io.backend.residentBytes();
  if (output === "json") {
    const document = { knobs: rows, metricsAddress: knobs.metricsAddr, memory: { residentBytes } };
    await io.stdout.write(`${writeJson(document)}\n`);
    return EXIT.ok;
  }
  const shown = (value: unknown) => value === null ? "-" : String(value);
  const table = rows.map((row) => [row.name, shown(row.value), shown(row.default), row.about]);
  await io.stdout.write(new TabWriter().layout([["SETTING", "VALUE", "DEFAULT", "ABOUT"], ...table]));
  const metrics = knobs.metricsAddr === null
    ? "off (set ORKA_METRICS_ADDR)"
    : `${metricsUrl(metricsAddress(knobs.metricsAddr))}, while a session runs`;
  await io.stdout.write(
    `\nMetrics: ${metrics}\nResident memory: ${(residentBytes / 1024 / 1024).toFixed(1)} MiB\n`,
  );
  return EXIT.ok;
};
