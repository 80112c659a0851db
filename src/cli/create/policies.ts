/** `create namespace`, `quota`, `poddisruptionbudget`, `priorityclass`. */
import { OrkaError } from "../../base/mod.ts";
import { parseLabelSelector } from "../../kube/mod.ts";
import {
  builtIn,
  type Fields,
  type Generator,
  type GeneratorInput,
  intOrString,
  pairs,
} from "./generator.ts";

export const POLICIES: readonly Generator[] = [
  {
    words: ["namespace", "ns"],
    resource: builtIn("v1", "Namespace", { namespaced: false }),
    make: () => ({ spec: {}, status: {} }),
  },
  { words: ["quota", "resourcequota"], resource: builtIn("v1", "ResourceQuota"), make: quota },
  {
    words: ["poddisruptionbudget", "pdb"],
    resource: builtIn("policy/v1", "PodDisruptionBudget"),
    make: budget,
  },
  {
    words: ["priorityclass", "pc"],
    resource: builtIn("scheduling.k8s.io/v1", "PriorityClass", {
      plural: "priorityclasses",
      namespaced: false,
    }),
    make: priorityClass,
  },
];

function quota({ flags }: GeneratorInput): Fields {
  const hard = pairs(flags.list("hard"), "hard"), scopes = flags.list("scopes");
  return {
    spec: {
      ...(Object.keys(hard).length === 0 ? {} : { hard }),
      ...(scopes.length === 0 ? {} : { scopes }),
    },
    status: {},
  };
}

function budget({ flags }: GeneratorInput): Fields {
  const least = flags.text("min-available"), most = flags.text("max-unavailable");
  if ((least === undefined) === (most === undefined)) {
    throw new OrkaError("usage", "one of min-available or max-unavailable must be specified, and not both");
  }
  const limit = least === undefined
    ? { maxUnavailable: intOrString(most!) }
    : { minAvailable: intOrString(least) };
  return {
    spec: { ...limit, selector: selectorOf(flags.text("selector") ?? "") },
    status: { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 },
  };
}

const OPERATORS: Readonly<Record<string, string>> = {
  "in": "In",
  "notin": "NotIn",
  "!=": "NotIn",
  "exists": "Exists",
  "!": "DoesNotExist",
};

/** `a=b,c in (d,e)` as a LabelSelector. */
function selectorOf(text: string): object {
  if (text === "") throw new OrkaError("usage", "a selector must be specified");
  const matchLabels: Record<string, string> = {};
  const matchExpressions: object[] = [];
  for (const { key, operator, values } of parseLabelSelector(text)) {
    if (operator === "=" || operator === "in" && values.length === 1) matchLabels[key] = values[0] ?? "";
    else if (operator in OPERATORS) {
      const given = values.length === 0 ? {} : { values };
      matchExpressions.push({ key, operator: OPERATORS[operator], ...given });
    } else throw new OrkaError("usage", `"${operator}" is not a valid label selector operator`);
  }
  return {
    ...(Object.keys(matchLabels).length === 0 ? {} : { matchLabels }),
    ...(matchExpressions.length === 0 ? {} : { matchExpressions }),
  };
}

function priorityClass({ flags }: GeneratorInput): Fields {
  const value = Number(flags.text("value") ?? 0);
  if (!Number.isInteger(value)) {
    throw new OrkaError("usage", `invalid argument "${flags.text("value")}" for "--value"`);
  }
  const description = flags.text("description");
  return {
    value,
    preemptionPolicy: flags.text("preemption-policy") ?? "PreemptLowerPriority",
    ...(flags.on("global-default") ? { globalDefault: true } : {}),
    ...(description ? { description } : {}),
  };
}
