/** Who a request is by. https://kubernetes.io/docs/reference/access-authn-authz/authentication/ */

export interface User {
  readonly name: string;
  readonly groups: readonly string[];
  readonly uid?: string | undefined;
  readonly extra?: Readonly<Record<string, readonly string[]>> | undefined;
}

export const AUTHENTICATED = "system:authenticated";
export const UNAUTHENTICATED = "system:unauthenticated";
const ACCOUNT_PREFIX = "system:serviceaccount:";

/** Who in-process requests are by, and those of clients with the admin's credentials. */
export const ADMIN: User = { name: "kubernetes-admin", groups: ["system:masters", AUTHENTICATED] };

/** A client without credentials. */
export const ANONYMOUS: User = { name: "system:anonymous", groups: [UNAUTHENTICATED] };

/** The user name of a service account. */
export function accountName(namespace: string, name: string): string {
  return `${ACCOUNT_PREFIX}${namespace}:${name}`;
}

/** The groups of a service account's user name; none for any other name. */
export function accountGroups(userName: string): string[] {
  if (!userName.startsWith(ACCOUNT_PREFIX)) return [];
  const [namespace = "", name = "", ...more] = userName.slice(ACCOUNT_PREFIX.length).split(":");
  if (namespace === "" || name === "" || more.length > 0) return [];
  return ["system:serviceaccounts", `system:serviceaccounts:${namespace}`];
}

/** The user as `status.user` of reviews and of SelfSubjectReview. */
export function userInfo({ name, uid, groups, extra }: User): {
  username: string;
  uid?: string;
  groups?: string[];
  extra?: Record<string, string[]>;
} {
  const keys = Object.keys(extra ?? {}).sort();
  return {
    username: name,
    ...(uid ? { uid } : {}),
    ...(groups.length > 0 ? { groups: [...groups] } : {}),
    ...(keys.length > 0 ? { extra: Object.fromEntries(keys.map((key) => [key, [...extra![key]!]])) } : {}),
  };
}
