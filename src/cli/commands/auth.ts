/** `orka auth`: what the user may do, and who the server takes them for. */
import { EXIT, OrkaError } from "../../base/mod.ts";
import { nearMiss } from "../../kube/mod.ts";
import { goList } from "../auth/rules_table.ts";
import { reviewSelf } from "../auth/reviews.ts";
import { openCluster } from "../cluster.ts";
import { reportFormat, reportText } from "../edit/report_output.ts";
import { type CliIo, safeLines } from "../io.ts";
import { TabWriter } from "../print/tab_writer.ts";
import type { Call } from "../parse.ts";
import type { Command } from "../verbs.ts";

const ACTIONS = ["can-i", "whoami"];

export const command: Command = async (io, call) => {
  const [action = "", ...args] = call.args;
  switch (action) {
    case "can-i": {
      const { canI } = await import("../auth/can_i.ts");
      return await canI(io, { ...call, args });
    }
    case "whoami":
      return await whoAmI(io, { ...call, args });
  }
  const near = nearMiss(action, ACTIONS);
  const hint = near === undefined ? `One of ${ACTIONS.join(", ")}.` : `Did you mean "${near}"?`;
  throw new OrkaError("usage", action === "" ? "auth takes an action" : `auth has no "${action}"`, { hint });
};

async function whoAmI(io: CliIo, { args, flags }: Call): Promise<number> {
  if (args.length > 0) throw new OrkaError("usage", "whoami takes no arguments");
  const format = reportFormat(flags);
  using cluster = await openCluster(io, flags);
  const review = await reviewSelf({ io, cluster });
  await io.stdout.write(format === "table" ? safeLines(tableOf(review)) : reportText(review, format));
  return EXIT.ok;
}

interface UserInfo {
  readonly username?: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

function tableOf({ status }: Readonly<Record<string, unknown>>): string {
  const { userInfo = {} } = (status ?? {}) as { userInfo?: UserInfo };
  const { username = "", uid = "", groups = [], extra = {} } = userInfo;
  const rows = [
    ["ATTRIBUTE", "VALUE"],
    ...(username === "" ? [] : [["Username", username]]),
    ...(uid === "" ? [] : [["UID", uid]]),
    ...(groups.length === 0 ? [] : [["Groups", goList(groups)]]),
    ...Object.keys(extra).sort().map((key) => [`Extra: ${key}`, goList(extra[key]!)]),
  ];
  return new TabWriter().layout(rows);
}
