/**
 * Requests in another's name. https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/
 */
import { accountGroups, ANONYMOUS, AUTHENTICATED, UNAUTHENTICATED, type User } from "./user.ts";

const EXTRA_PREFIX = "impersonate-extra-";

/** Whom the headers ask for: a user, nobody, or a refusal's words (400). */
export type Impersonation =
  | { readonly type: "none" }
  | { readonly type: "user"; readonly user: User }
  | { readonly type: "invalid"; readonly message: string };

/** Reads the Impersonate headers of a request. */
export function impersonation(headers: Headers): Impersonation {
  const name = headers.get("impersonate-user") ?? "";
  const uid = headers.get("impersonate-uid") ?? "";
  const groups = values(headers.get("impersonate-group"));
  const extra: Record<string, string[]> = {};
  headers.forEach((value, header) => {
    if (header.startsWith(EXTRA_PREFIX)) extra[decoded(header.slice(EXTRA_PREFIX.length))] = values(value);
  });
  const asksMore = uid !== "" || groups.length > 0 || Object.keys(extra).length > 0;
  if (name === "") {
    if (!asksMore) return { type: "none" };
    const message = `requested ${goInfo({ name, uid, groups, extra })} without impersonating a user name`;
    return { type: "invalid", message };
  }
  return {
    type: "user",
    user: {
      name,
      groups: withDefaults(name, groups),
      ...(uid === "" ? {} : { uid }),
      ...(Object.keys(extra).length === 0 ? {} : { extra }),
    },
  };
}

/** Everybody but the anonymous user is authenticated; service accounts have their groups where none are named. */
function withDefaults(name: string, groups: readonly string[]): string[] {
  const all = groups.length === 0 ? accountGroups(name) : [...groups];
  const last = name === ANONYMOUS.name ? UNAUTHENTICATED : AUTHENTICATED;
  if (!all.includes(UNAUTHENTICATED) && !all.includes(last)) all.push(last);
  return all;
}

/** The values of a header that may be repeated. */
function values(text: string | null): string[] {
  return text === null ? [] : text.split(",").map((part) => part.trim()).filter((part) => part !== "");
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

interface Asked {
  readonly name: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** As Go's %#v prints user.DefaultInfo, which is what the real server answers with. */
function goInfo({ name, uid, groups, extra }: Asked): string {
  const list = (texts: readonly string[]) =>
    `[]string{${texts.map((text) => JSON.stringify(text)).join(", ")}}`;
  const keys = Object.keys(extra).sort();
  const map = keys.map((key) => `${JSON.stringify(key)}:${list(extra[key]!)}`).join(", ");
  return `&user.DefaultInfo{Name:${JSON.stringify(name)}, UID:${JSON.stringify(uid)}, ` +
    `Groups:${groups.length === 0 ? "[]string(nil)" : list(groups)}, ` +
    `Extra:map[string][]string${keys.length === 0 ? "(nil)" : `{${map}}`}}`;
}
