/** Who a client is, by its certificate or its bearer token. */
import { type AccountTokens, ISSUER, type TokenVerdict } from "./account_tokens.ts";
import { ANONYMOUS, AUTHENTICATED, type User } from "./user.ts";

/** What a connection says of its client; a certificate is one that the server's authority signed. */
export interface Credentials {
  readonly certificate?: ClientCertificate | undefined;
  /** A certificate was shown that is of another authority, or over. */
  readonly refusedCertificate?: boolean;
  readonly authorization?: string | null | undefined;
  /** Whom the connection itself stands for. */
  readonly trusted?: User | undefined;
}

export interface ClientCertificate {
  readonly commonName: string;
  readonly organizations: readonly string[];
  /** Lower-case hex SHA-256 of the DER. */
  readonly fingerprint?: string | undefined;
}

export class Authenticator {
  readonly #tokens: AccountTokens;
  readonly #static = new Map<string, User>();

  constructor(tokens: AccountTokens) {
    this.#tokens = tokens;
  }

  /** Takes a bearer token for a user's from now on. */
  admit(token: string, user: User): void {
    this.#static.set(token, user);
  }

  /** The user; undefined for credentials that are nobody's (401). Without any the client is anonymous. */
  async user(credentials: Credentials): Promise<User | undefined> {
    const { certificate, refusedCertificate = false, authorization } = credentials;
    if (certificate && certificate.commonName !== "") return userOfCertificate(certificate);
    const bearer = /^Bearer +(\S+)/i.exec(authorization ?? "")?.[1];
    if (bearer !== undefined) {
      const verdict = await this.verify(bearer);
      return "user" in verdict ? verdict.user : undefined;
    }
    return refusedCertificate ? undefined : credentials.trusted ?? ANONYMOUS;
  }

  /** Whose a bearer token is, for any of the audiences; none: this server's own. */
  async verify(token: string, audiences: readonly string[] = []): Promise<TokenVerdict> {
    for (const [known, user] of this.#static) {
      if (!sameText(token, known)) continue;
      // a static token is for the server itself
      const isMeant = audiences.length === 0 || audiences.includes(ISSUER);
      return isMeant ? { user, audiences: [ISSUER] } : { error: "invalid bearer token" };
    }
    const verdict = await this.#tokens.verify(token, audiences.length === 0 ? [ISSUER] : audiences);
    if (verdict === undefined) return { error: "invalid bearer token" };
    return "user" in verdict ? verdict : { error: `[invalid bearer token, ${verdict.error}]` };
  }
}

function userOfCertificate({ commonName, organizations, fingerprint }: ClientCertificate): User {
  return {
    name: commonName,
    groups: [...organizations, AUTHENTICATED],
    extra: fingerprint === undefined
      ? undefined
      : { "authentication.kubernetes.io/credential-id": [`X509SHA256=${fingerprint}`] },
  };
}

/** Compares without telling by its time where texts differ. */
function sameText(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let at = 0; at < a.length; at++) difference |= a.charCodeAt(at) ^ b.charCodeAt(at);
  return difference === 0;
}
