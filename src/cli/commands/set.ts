/** `orka set image|env|resources|serviceaccount`. */
import { OrkaError } from "../../base/mod.ts";
import { openChangeSession } from "../change/change_context.ts";
import { liveTargets } from "../change/targets.ts";
import { requireTargets, runOperation } from "../ops/operation.ts";
import { envSetting } from "../set/env_setting.ts";
import { printEnv } from "../set/env_list.ts";
import type { Given, Setting } from "../set/setting.ts";
import { imageSetting, resourcesSetting, serviceAccountSetting } from "../set/settings.ts";
import type { Command } from "../verbs.ts";

export const command: Command = async (io, { flags, args: [what, ...words] }) => {
  const { args, pairs, last } = splitWords(words, what ?? "");
  const setting = settingOf(what, { flags, pairs, last });
  requireTargets({ flags }, { args, verb: `set ${what}` });
  using session = await openChangeSession(io, flags);
  const targets = await liveTargets(session, { args, goOn: !(what === "env" && flags.on("list")) });
  if (what === "env" && flags.on("list")) return await printEnv(session, targets);
  const { code } = await runOperation(session, targets, {
    plan: (target) => setting.plan(session, target),
    done: setting.done,
    unchanged: "unchanged",
  });
  return code;
};

interface Words extends Pick<Given, "pairs"> {
  readonly args: readonly string[];
  /** What stands behind the objects of `set serviceaccount`. */
  readonly last: string | undefined;
}

function splitWords(words: readonly string[], what: string): Words {
  if (isServiceAccount(what)) return { args: words.slice(0, -1), pairs: [], last: words.at(-1) };
  const isPair = (word: string) => word.includes("=") || (what === "env" && word.endsWith("-"));
  return { args: words.filter((word) => !isPair(word)), pairs: words.filter(isPair), last: undefined };
}

function isServiceAccount(what: string): boolean {
  return what === "serviceaccount" || what === "sa";
}

function settingOf(what: string | undefined, given: Given & Pick<Words, "last">): Setting {
  switch (what) {
    case "image":
      return imageSetting(given);
    case "env":
      return envSetting(given);
    case "resources":
      return resourcesSetting(given);
  }
  if (what !== undefined && isServiceAccount(what)) return serviceAccountSetting(given.last);
  const message = what === undefined ? "set takes an action" : `unknown command "${what}" for "orka set"`;
  const hint = what === "selector" || what === "subject"
    ? "orka patch and orka edit change what set does not: it has image, env, resources, serviceaccount."
    : "Actions are image, env, resources, serviceaccount.";
  throw new OrkaError("usage", message, { hint });
}
