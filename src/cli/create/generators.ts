/** Every kind that `create` makes from flags. */
import { OrkaError } from "../../base/mod.ts";
import { nearMiss } from "../../kube/mod.ts";
import { ACCESS } from "./access.ts";
import { CONFIG_DATA } from "./config_data.ts";
import type { Generator } from "./generator.ts";
import { POLICIES } from "./policies.ts";
import { SERVICES } from "./services.ts";
import { WORKLOADS } from "./workloads.ts";

export const GENERATORS: readonly Generator[] = [
  ...POLICIES,
  ...CONFIG_DATA,
  ...WORKLOADS,
  ...SERVICES,
  ...ACCESS,
];

export interface GeneratorCall {
  readonly generator: Generator;
  readonly name: string;
  readonly command: readonly string[];
}

/** `deployment web`, `service clusterip web`, `job j sh -c …`. Throws OrkaError `usage` with what was meant. */
export function readGeneratorCall(args: readonly string[]): GeneratorCall {
  const [kind = "", second = ""] = args;
  const spelled = SHORT[kind] ?? kind;
  const two = `${spelled} ${second}`;
  const generator = GENERATORS.find(({ words }) => words.includes(two) || words.includes(spelled));
  if (generator === undefined) throw unknown(spelled, second);
  const rest = args.slice(generator.words.includes(two) ? 2 : 1);
  const [name, ...command] = rest;
  if (name === undefined || name === "") throw new OrkaError("usage", "exactly one NAME is required, got 0");
  if (command.length > 0 && !TAKES_COMMAND.has(generator.resource.kind)) {
    throw new OrkaError("usage", `exactly one NAME is required, got ${rest.length}`);
  }
  return { generator, name, command };
}

const SHORT: Readonly<Record<string, string>> = { svc: "service" };
const TAKES_COMMAND = new Set(["Deployment", "Job", "CronJob"]);

function unknown(kind: string, second: string): OrkaError {
  const below = GENERATORS.flatMap(({ words }) => words).filter((word) => word.startsWith(`${kind} `));
  if (below.length > 0) {
    const what = second === "" ? `create ${kind} needs its type` : `create ${kind}: there is no ${second}`;
    return new OrkaError("usage", what, { hint: `One of: ${below.join(", ")}.` });
  }
  const names = GENERATORS.flatMap(({ words }) => words.map((word) => word.split(" ")[0]!));
  const near = nearMiss(kind, names);
  const meant = near === undefined ? "" : `Did you mean "${near}"? `;
  return new OrkaError("usage", `create makes no ${kind} from flags`, {
    hint: `${meant}It makes ${
      [...new Set(names)].join(", ")
    }; any kind comes from a manifest: orka create -f FILE`,
  });
}
