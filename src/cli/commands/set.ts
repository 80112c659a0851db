/** `orka set image|env|resources`. */
import { EXIT, OrkaError } from "../../base/mod.ts";
import type { Change } from "../../change/mod.ts";
import { chosenContainers, planSetEnv, planSetImage, planSetResources } from "../../ops/mod.ts";
import { type ChangeSession, openChangeSession } from "../change/change_context.ts";
import { type LiveTarget, liveTargets, targetName } from "../change/targets.ts";
import { requireTargets, runOperation } from "../ops/operation.ts";
import type { FlagValues } from "../parse.ts";
import { escapeControls } from "../print/table.ts";
import type { Command } from "../verbs.ts";

export const command: Command = async (io, { flags, args: [what, ...words] }) => {
  const { args, pairs } = splitPairs(words, what ?? "");
  const setting = settingOf(what, { flags, pairs });
  requireTargets({ flags }, { args, verb: `set ${what}` });
  using session = await openChangeSession(io, flags);
  const targets = await liveTargets(session, { args });
  if (what === "env" && flags.on("list")) return await printEnv(session, targets);
  const { code } = await runOperation(session, targets, {
    plan: (target) => setting.plan(session, target),
    done: setting.done,
    unchanged: "unchanged",
  });
  return code;
};

interface Setting {
  readonly done: string;
  plan(session: ChangeSession, target: LiveTarget): Promise<Change | null>;
}

/** What follows the objects: `web=nginx:1.29`, `MODE=fast`, `DEBUG-`. */
function splitPairs(words: readonly string[], what: string) {
  const isPair = (word: string) => word.includes("=") || (what === "env" && word.endsWith("-"));
  return { args: words.filter((word) => !isPair(word)), pairs: words.filter(isPair) };
}

interface Given {
  readonly flags: FlagValues;
  readonly pairs: readonly string[];
}

function settingOf(what: string | undefined, given: Given): Setting {
  switch (what) {
    case "image":
      return imageSetting(given);
    case "env":
      return envSetting(given);
    case "resources":
      return resourcesSetting(given);
  }
  const message = what === undefined ? "set takes an action" : `unknown command "${what}" for "orka set"`;
  throw new OrkaError("usage", message, { hint: "Actions are image, env, resources." });
}

function optionsOf({ io, flags }: ChangeSession, target: LiveTarget) {
  return { live: target.object, fieldManager: flags.text("field-manager"), signal: io.signal };
}

function imageSetting({ pairs }: Given): Setting {
  if (pairs.length === 0) {
    throw new OrkaError("usage", "at least one image update is required", { hint: "As web=nginx:1.29." });
  }
  const images = recordOf(pairs.flatMap((pair) => {
    const [name, image] = cut(pair, "=");
    return name.split(",").map((each) => [each, image] as const);
  }));
  const empty = Object.entries(images).find(([name, image]) => name === "" || image === "");
  if (empty !== undefined) {
    throw new OrkaError("usage", `all images must be of the form CONTAINER=IMAGE: ${empty.join("=")}`);
  }
  return {
    done: "image updated",
    plan: (session, target) =>
      planSetImage(session.cluster.client, target, { images, ...optionsOf(session, target) }),
  };
}

function envSetting({ flags, pairs }: Given): Setting {
  const all = [...pairs, ...flags.list("env")];
  if (all.length === 0 && !flags.on("list")) {
    throw new OrkaError("usage", "at least one environment variable must be provided", {
      hint: "As MODE=fast, or DEBUG- to take one away.",
    });
  }
  const remove = all.filter((pair) => !pair.includes("=")).map((pair) => pair.slice(0, -1));
  const set = recordOf(all.filter((pair) => pair.includes("=")).map((pair) => cut(pair, "=")));
  return {
    done: "env updated",
    plan: (session, target) =>
      planSetEnv(session.cluster.client, target, {
        set,
        remove,
        containers: containersOf(flags),
        ...optionsOf(session, target),
      }),
  };
}

function resourcesSetting({ flags }: Given): Setting {
  const limits = amounts(flags, "limits");
  const requests = amounts(flags, "requests");
  if (limits === undefined && requests === undefined) {
    throw new OrkaError(
      "usage",
      "you must specify an update to requests or limits (in the form of --requests/--limits)",
    );
  }
  return {
    done: "resource requirements updated",
    plan: (session, target) =>
      planSetResources(session.cluster.client, target, {
        limits,
        requests,
        containers: containersOf(flags),
        ...optionsOf(session, target),
      }),
  };
}

function containersOf(flags: FlagValues): readonly string[] {
  return (flags.text("containers") ?? "*").split(",");
}

function amounts(flags: FlagValues, name: string): Record<string, string> | undefined {
  const text = flags.text(name);
  if (text === undefined) return undefined;
  const pairs = text.split(",").map((pair) => cut(pair, "="));
  const odd = pairs.find(([key, value]) => key === "" || value === "");
  if (odd !== undefined) {
    throw new OrkaError(
      "usage",
      `invalid argument syntax "${text}" for "--${name}", expected <resource>=<value>`,
    );
  }
  return recordOf(pairs);
}

function cut(text: string, at: string): readonly [string, string] {
  const index = text.indexOf(at);
  return index < 0 ? [text, ""] : [text.slice(0, index), text.slice(index + at.length)];
}

function recordOf(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  return Object.fromEntries(pairs);
}

interface EnvSource {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: unknown;
}

async function printEnv(session: ChangeSession, targets: readonly LiveTarget[]): Promise<number> {
  const { io, flags } = session;
  const isJson = flags.text("output") === "json";
  for (const target of targets) {
    for (
      const { name, env = [] } of chosenContainers(target.object, { target, containers: containersOf(flags) })
    ) {
      if (isJson) {
        await io.stdout.write(`${JSON.stringify({ object: targetName(target), container: name, env })}\n`);
        continue;
      }
      await io.stdout.write(`# ${target.resource.kind} ${target.name}, container ${name}\n`);
      for (const each of env) await io.stdout.write(`${escapeControls(envLine(each))}\n`);
    }
  }
  return EXIT.ok;
}

/** As kubectl lists what comes from elsewhere. */
function envLine({ name, value = "", valueFrom }: EnvSource): string {
  const from = valueFrom as
    | Readonly<Record<string, Readonly<Record<string, string>> | undefined>>
    | undefined;
  if (from === undefined || from === null) return `${name}=${value}`;
  const { configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef } = from;
  if (configMapKeyRef) return `# ${name} from configmap ${configMapKeyRef.name}, key ${configMapKeyRef.key}`;
  if (secretKeyRef) return `# ${name} from secret ${secretKeyRef.name}, key ${secretKeyRef.key}`;
  if (fieldRef) return `# ${name} from field path ${fieldRef.fieldPath}`;
  if (resourceFieldRef) {
    const of = resourceFieldRef.containerName ? `, container ${resourceFieldRef.containerName}` : "";
    return `# ${name} from resource field ref${of}, resource ${resourceFieldRef.resource}`;
  }
  return `# ${name} invalid valueFrom`;
}
