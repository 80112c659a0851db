/** `set env`: variables from the command line, from stdin, and from the keys of a ConfigMap or a Secret. */
import { OrkaError } from "../../base/mod.ts";
import { envOfKeys, type EnvValue, planSetEnv } from "../../ops/mod.ts";
import type { ChangeSession } from "../change/change_context.ts";
import { notFound } from "../change/targets.ts";
import { namedObject } from "../edit/named_object.ts";
import { note } from "../io.ts";
import { containersOf, cut, type Given, type Setting, setting } from "./setting.ts";

const NAME = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;

/** Throws OrkaError `usage`, in kubectl's words. What `--from` names is read once, with the first object. */
export function envSetting({ flags, pairs }: Given): Setting {
  const words = [...pairs, ...flags.list("env")];
  if (words.length === 0 && !flags.given("from") && !flags.on("list")) {
    throw new OrkaError("usage", "at least one environment variable must be provided", {
      hint: "As MODE=fast, DEBUG- to take one away, or --from=configmap/NAME.",
    });
  }
  if (flags.list("keys").length > 0 && !flags.given("from")) {
    throw new OrkaError(
      "usage",
      "when specifying --keys, a configmap or secret must be provided with --from",
    );
  }
  const given = words.filter((word) => word !== "-");
  for (const word of given) checkName(word);
  let set: Promise<EnvValues> | null = null;
  return {
    done: "env updated",
    plan: async (session, target) => {
      set ??= valuesOf(session, { given, readsStdin: given.length < words.length });
      const options = {
        ...await set,
        containers: containersOf(flags),
        overwrite: flags.on("overwrite", true),
      };
      return await setting("", planSetEnv, options).plan(session, target);
    },
  };
}

interface EnvValues {
  readonly set: Readonly<Record<string, EnvValue>>;
  readonly remove: readonly string[];
}

async function valuesOf(
  session: ChangeSession,
  { given, readsStdin }: { readonly given: readonly string[]; readonly readsStdin: boolean },
): Promise<EnvValues> {
  const { io, flags } = session;
  const lines = readsStdin ? (await io.readStdin()).split("\n").map((line) => line.trim()) : [];
  const typed = lines.filter((line) => line !== "" && !line.startsWith("#"));
  for (const line of typed) checkName(line);
  const words = [...given, ...typed];
  const prefix = flags.text("prefix") ?? "";
  const all: [string, EnvValue][] = [
    ...words.filter((word) => word.includes("=")).map((word): [string, EnvValue] => [...cut(word)]),
    ...await valuesFrom(session),
  ];
  return {
    set: Object.fromEntries(all.map(([name, value]) => [prefix + name, value])),
    remove: words.filter((word) => !word.includes("=")).map((word) => word.slice(0, -1)),
  };
}

async function valuesFrom(session: ChangeSession): Promise<readonly [string, EnvValue][]> {
  const { io, flags } = session;
  const from = flags.text("from");
  if (from === undefined) return [];
  const { live, target } = await namedObject(session, [from]);
  if (live === null) throw notFound(target);
  const found = envOfKeys(live, { keys: flags.list("keys") });
  for (const { key, name } of found) {
    if (key !== name) await note(io, `Warning: key ${key} transferred to ${name}`);
  }
  return found.map(({ name, value }) => [name, value]);
}

function checkName(word: string): void {
  const name = word.includes("=") ? cut(word)[0] : word.replace(/-$/, "");
  if (NAME.test(name) && (word.includes("=") || word.endsWith("-"))) return;
  throw new OrkaError(
    "usage",
    `"${name}" is not a valid key name: a valid environment variable name must consist of alphabetic characters, digits, ` +
      `'_', '-', or '.', and must not start with a digit`,
    { hint: "As MODE=fast, or DEBUG- to take one away." },
  );
}
