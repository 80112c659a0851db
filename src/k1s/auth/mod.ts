/**
 * Who asks, and whether they may. Of a request: connection (certificate, bearer token) -> Authenticator -> User ->
 * impersonation headers -> Authorizer. Knows nothing of HTTP answers: the handler makes 401, 403 and 400 of it.
 */
export {
  AccountTokens,
  type BoundReference,
  ISSUER,
  type TokenSubject,
  type TokenVerdict,
} from "./account_tokens.ts";
export { Authenticator, type ClientCertificate, type Credentials } from "./authenticator.ts";
export {
  allowAuthenticated,
  type Attributes,
  type Authorizer,
  type Decision,
  type PathRule,
  type ResourceRule,
  type Rules,
} from "./authorizer.ts";
export { type Impersonation, impersonation } from "./impersonation.ts";
export { createSigningKey, keptSigningKey, type SigningKey } from "./signing_key.ts";
export { accountGroups, ADMIN, ANONYMOUS, AUTHENTICATED, type User, userInfo } from "./user.ts";
