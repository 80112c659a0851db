/**
 * JSON Web Tokens of service accounts: claims, signature, and whether what they are bound to still exists.
 * https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-tokens
 */
import type { Clock } from "../../base/mod.ts";
import type { Storage } from "../storage/mod.ts";
import { createSigningKey, type SigningKey } from "./signing_key.ts";
import { accountGroups, accountName, AUTHENTICATED, type User } from "./user.ts";

/** Issuer of tokens and the audience that this server is. */
export const ISSUER = "https://kubernetes.default.svc";

/** An object that a token names: it is valid as long as that exists. */
export interface BoundReference {
  readonly name: string;
  readonly uid?: string;
}

export interface TokenSubject {
  readonly namespace: string;
  readonly account: BoundReference;
  readonly pod?: BoundReference | undefined;
  readonly secret?: BoundReference | undefined;
  readonly node?: BoundReference | undefined;
}

interface Claims {
  readonly aud: readonly string[];
  /** Seconds since the epoch. */
  readonly exp: number;
  readonly iat: number;
  readonly iss: string;
  readonly jti: string;
  readonly "kubernetes.io": {
    readonly namespace: string;
    readonly node?: BoundReference;
    readonly pod?: BoundReference;
    readonly secret?: BoundReference;
    readonly serviceaccount: BoundReference;
  };
  readonly nbf: number;
  readonly sub: string;
}

/** A bearer token that was looked at: whose it is, or why it is nobody's. */
export type TokenVerdict =
  | { readonly user: User; readonly audiences: readonly string[] }
  | { readonly error: string };

export interface AccountTokensOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  /** Absent: a key of this process alone, made when it is first needed. */
  readonly key?: SigningKey | undefined;
}

/** How far in the future an issuing clock may be. */
const LEEWAY_S = 60;
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" } as const;

export class AccountTokens {
  readonly #options: AccountTokensOptions;
  #key: Promise<SigningKey> | undefined;

  constructor(options: AccountTokensOptions) {
    this.#options = options;
  }

  #signingKey(): Promise<SigningKey> {
    return this.#key ??= this.#options.key ? Promise.resolve(this.#options.key) : createSigningKey();
  }

  /** The public key as a JSON Web Key Set, for whoever checks tokens himself. */
  async keySet(): Promise<{ keys: unknown[] }> {
    const { keys, id } = await this.#signingKey();
    const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", keys.publicKey);
    return { keys: [{ use: "sig", kty, kid: id, crv, alg: "ES256", x, y }] };
  }

  /** A signed token; `nowMs` is its time of issue. */
  async issue(
    subject: TokenSubject,
    { audiences, expirationSeconds, nowMs }: {
      readonly audiences: readonly string[];
      readonly expirationSeconds: number;
      readonly nowMs: number;
    },
  ): Promise<string> {
    const { keys, id } = await this.#signingKey();
    const now = Math.floor(nowMs / 1000);
    const { namespace, account, pod, secret, node } = subject;
    const claims: Claims = {
      aud: audiences,
      exp: now + expirationSeconds,
      iat: now,
      iss: ISSUER,
      jti: crypto.randomUUID(),
      "kubernetes.io": {
        namespace,
        ...(node ? { node } : {}),
        ...(pod ? { pod } : {}),
        ...(secret ? { secret } : {}),
        serviceaccount: account,
      },
      nbf: now,
      sub: accountName(namespace, account.name),
    };
    const body = `${part({ alg: "ES256", kid: id })}.${part(claims)}`;
    const signature = await crypto.subtle.sign(SIGNATURE, keys.privateKey, new TextEncoder().encode(body));
    return `${body}.${base64url(new Uint8Array(signature))}`;
  }

  /** The service account of a token, for any of the audiences; undefined for what is no token of this issuer. */
  async verify(token: string, audiences: readonly string[]): Promise<TokenVerdict | undefined> {
    const claims = claimsOf(token);
    if (claims?.iss !== ISSUER) return undefined;
    if (!await this.#isSigned(token)) return { error: "go-jose/go-jose: error in cryptographic primitive" };
    const shared = claims.aud.filter((audience) => audiences.includes(audience));
    if (shared.length === 0) {
      const error = `token audiences ${goList(claims.aud)} is invalid for the target audiences ${
        goList(audiences)
      }`;
      return { error };
    }
    const problem = this.#timeProblem(claims) ?? await this.#boundProblem(claims);
    return problem === undefined ? { user: userOf(claims), audiences: shared } : { error: problem };
  }

  async #isSigned(token: string): Promise<boolean> {
    const at = token.lastIndexOf(".");
    const signature = bytesOf(token.slice(at + 1));
    if (!signature) return false;
    const { keys } = await this.#signingKey();
    const body = new TextEncoder().encode(token.slice(0, at));
    return await crypto.subtle.verify(SIGNATURE, keys.publicKey, signature, body);
  }

  #timeProblem({ exp, nbf, iat }: Claims): string | undefined {
    const now = this.#options.clock.now() / 1000;
    if (now - LEEWAY_S > exp) return "service account token has expired";
    if (now + LEEWAY_S < nbf) return "service account token is not valid yet";
    return now + LEEWAY_S < iat ? "service account token is issued in the future" : undefined;
  }

  /** A token ends with its account, and with the object that it is bound to. */
  async #boundProblem({ "kubernetes.io": bound }: Claims): Promise<string | undefined> {
    const { namespace, serviceaccount, pod, secret, node } = bound;
    const { storage } = this.#options;
    const account = await storage.find({ resource: "serviceaccounts", namespace, name: serviceaccount.name });
    if (!account) return `serviceaccounts "${serviceaccount.name}" not found`;
    if (account.uid !== serviceaccount.uid) {
      return `service account UID (${account.uid}) does not match claim (${serviceaccount.uid})`;
    }
    const gone = "service account token has been invalidated";
    const check = async (resource: string, what: string, reference: BoundReference, within: string) => {
      const found = await storage.find({ resource, namespace: within, name: reference.name });
      if (!found) return gone;
      return found.uid === reference.uid
        ? undefined
        : `${what} UID (${found.uid}) does not match service account ${what} ref claim (${reference.uid})`;
    };
    if (secret) return await check("secrets", "secret", secret, namespace);
    if (pod) return await check("pods", "pod", pod, namespace);
    return node ? await check("nodes", "node", node, "") : undefined;
  }
}

function userOf({ sub, jti, "kubernetes.io": { serviceaccount, pod, node } }: Claims): User {
  const extra: Record<string, readonly string[]> = {
    "authentication.kubernetes.io/credential-id": [`JTI=${jti}`],
  };
  const note = (kind: "pod" | "node", reference: BoundReference | undefined) => {
    if (!reference) return;
    extra[`authentication.kubernetes.io/${kind}-name`] = [reference.name];
    if (reference.uid) extra[`authentication.kubernetes.io/${kind}-uid`] = [reference.uid];
  };
  note("pod", pod);
  note("node", node);
  return { name: sub, uid: serviceaccount.uid, groups: [...accountGroups(sub), AUTHENTICATED], extra };
}

/** The claims of a token, unverified; undefined for anything else. */
function claimsOf(token: string): Claims | undefined {
  const parts = token.split(".");
  const bytes = parts.length === 3 ? bytesOf(parts[1]!) : undefined;
  if (!bytes) return undefined;
  try {
    const claims = JSON.parse(new TextDecoder().decode(bytes)) as Claims;
    const known = Array.isArray(claims?.aud) && typeof claims["kubernetes.io"]?.serviceaccount === "object";
    return known ? claims : undefined;
  } catch {
    return undefined;
  }
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.fromBase64(text, { alphabet: "base64url" });
  } catch {
    return undefined;
  }
}

function part(value: unknown): string {
  return base64url(new TextEncoder().encode(JSON.stringify(value)));
}

function base64url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** As Go's %q prints a list of strings. */
function goList(texts: readonly string[]): string {
  return `[${texts.map((text) => JSON.stringify(text)).join(" ")}]`;
}
