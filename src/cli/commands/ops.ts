/** `orka ops`: what there is to operate with. */
import { EXIT } from "../../base/mod.ts";
import { operations } from "../parse.ts";
import { TabWriter } from "../print/tab_writer.ts";
import { type Command, VERBS } from "../verbs.ts";

export const command: Command = async (io) => {
  const rows = operations(VERBS).map(({ name, brief }) => [`orka ops ${name}`, brief]);
  await io.stdout.write(new TabWriter().layout(rows));
  return EXIT.ok;
};
