import { EXIT } from "../../base/mod.ts";
import { optionsHelp, rootHelp, verbHelp } from "../help.ts";
import { findVerb } from "../parse.ts";
import { type Command, VERBS } from "../verbs.ts";

/** `orka help [COMMAND|options]`. */
export const command: Command = async (io, { args }) => {
  const word = args[0];
  const { columns } = io.stdout;
  if (word === undefined) await io.stdout.write(rootHelp(VERBS, columns));
  else if (word === "options") await io.stdout.write(optionsHelp(columns));
  else await io.stdout.write(verbHelp(findVerb(word, VERBS), columns));
  return EXIT.ok;
};
