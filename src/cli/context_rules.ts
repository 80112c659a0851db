/**
 * What a person's config file allows in which context:
 *
 *     contexts:
 *       - match: "dev-*"
 *         write: true
 *       - match: "prod*"
 *         protected: true
 *
 * The first rule whose `match` (a glob over the context's name) fits counts. The file is `$ORKA_CONFIG`, else
 * `orka/config.yaml` under `$XDG_CONFIG_HOME`, else under `~/.config`.
 */
import { OrkaError } from "../base/mod.ts";
import type { CliIo } from "./io.ts";

export interface ContextRule {
  readonly match: string;
  /** Changes are allowed without `--write`. */
  readonly write: boolean;
  /** Before anything destructive the object's name has to be typed. */
  readonly protected: boolean;
}

const NO_RULE: ContextRule = { match: "*", write: false, protected: false };

/** The rules of the config file, in order; none where there is no file. Throws OrkaError `usage` that names the line's fault. */
export async function readContextRules(
  io: Pick<CliIo, "env" | "readFile">,
): Promise<readonly ContextRule[]> {
  const named = io.env("ORKA_CONFIG");
  const path = named || defaultPath(io);
  if (path === null) return [];
  let text: string;
  try {
    text = await io.readFile(path);
  } catch (error) {
    if (named) throw error;
    return [];
  }
  return text.trim() === "" ? [] : await parseContextRules(text, path);
}

function defaultPath({ env }: Pick<CliIo, "env">): string | null {
  const home = env("HOME") || env("USERPROFILE");
  const base = env("XDG_CONFIG_HOME") || (home ? `${home}/.config` : "");
  return base === "" ? null : `${base}/orka/config.yaml`;
}

/** Throws OrkaError `usage`. */
export async function parseContextRules(text: string, path: string): Promise<readonly ContextRule[]> {
  const { parse } = await import("yaml");
  let value: unknown;
  try {
    value = parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new OrkaError("usage", `${path}: ${why}`, { cause });
  }
  const rules = (value as { contexts?: unknown } | null)?.contexts ?? [];
  if (!Array.isArray(rules)) throw new OrkaError("usage", `${path}: contexts must be a list of rules`);
  return rules.map((rule, at) => readRule(rule, `${path}: contexts[${at}]`));
}

function readRule(rule: unknown, where: string): ContextRule {
  const fields = (rule ?? {}) as Record<string, unknown>;
  if (typeof fields.match !== "string") {
    throw new OrkaError("usage", `${where}.match must name contexts, as "prod-*"`);
  }
  for (const [key, value] of Object.entries(fields)) {
    if (key === "match") continue;
    if (key !== "write" && key !== "protected") {
      throw new OrkaError(
        "usage",
        `${where}.${key} says nothing to Orka; a rule has match, write and protected`,
      );
    }
    if (typeof value !== "boolean") throw new OrkaError("usage", `${where}.${key} must be true or false`);
  }
  return { match: fields.match, write: fields.write === true, protected: fields.protected === true };
}

/** The rule for a context; one that allows nothing and asks for nothing where none fits. */
export function ruleFor(rules: readonly ContextRule[], context: string): ContextRule {
  return rules.find(({ match }) => fitsGlob(match, context)) ?? NO_RULE;
}

function fitsGlob(glob: string, text: string): boolean {
  const pattern = glob.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&")).join(".*");
  return new RegExp(`^${pattern}$`, "s").test(text);
}
