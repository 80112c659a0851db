/**
 * Field selectors (`metadata.name=x,spec.nodeName!=y`). Commas, equals signs and backslashes in values are
 * escaped with a backslash.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/
 */
import { OrkaError } from "../base/mod.ts";

export interface FieldRequirement {
  readonly path: string;
  readonly operator: "=" | "!=";
  readonly value: string;
}

/** Parses a field selector; throws OrkaError `usage` that names the broken term. */
export function parseFieldSelector(text: string): readonly FieldRequirement[] {
  return splitTerms(text).map((term) => {
    const match = /^([^=!]+)(!=|==|=)(.*)$/s.exec(term);
    const value = match ? unescapeValue(match[3]!) : null;
    if (!match || value === null) {
      throw new OrkaError(
        "usage",
        `invalid field selector "${text}": can't understand "${term}", expected e.g. status.phase=Running`,
      );
    }
    return { path: match[1]!, operator: match[2] === "!=" ? "!=" : "=", value };
  });
}

function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let term = "";
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === "\\") term += c + (text[++i] ?? "");
    else if (c === ",") {
      terms.push(term);
      term = "";
    } else term += c;
  }
  terms.push(term);
  return terms.filter((t) => t !== "");
}

/** The value without its escapes, or null where a backslash or an equals sign stands alone. */
function unescapeValue(value: string): string | null {
  let out = "";
  for (let i = 0; i < value.length; i++) {
    const c = value[i]!;
    if (c === "=") return null;
    if (c !== "\\") {
      out += c;
      continue;
    }
    const next = value[++i];
    if (next === undefined || !"\\,=".includes(next)) return null;
    out += next;
  }
  return out;
}

/** A value as it stands in a field selector. */
export function escapeFieldValue(value: string): string {
  return value.replace(/[\\,=]/g, "\\$&");
}

/** A field selector from pairs, e.g. `involvedObject.name=web,involvedObject.uid=…`. */
export function formatFieldSelector(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields).map(([path, value]) => `${path}=${escapeFieldValue(value)}`).join(",");
}

/** True when the object's fields satisfy every requirement; an absent field counts as empty, as on the server. */
export function matchesFields(selector: readonly FieldRequirement[], object: unknown): boolean {
  return selector.every(({ path, operator, value }) => {
    let at: unknown = object;
    for (const key of path.split(".")) at = (at as Record<string, unknown> | null | undefined)?.[key];
    return (String(at ?? "") === value) === (operator === "=");
  });
}
