/** Why a continue token is none, in the words of the real server. */
import { JsonSyntaxError, parseJson } from "../registry/mod.ts";

export function continueProblem(token: string): string {
  const bad = token.search(/[^-\w]/);
  if (bad >= 0 || token.length % 4 === 1) {
    return `illegal base64 data at input byte ${bad >= 0 ? bad : token.length - 1}`;
  }
  const text = String.fromCharCode(...Uint8Array.fromBase64(token, { alphabet: "base64url" }));
  try {
    const { v = "" } = parseJson(text) as { v?: unknown };
    if (v !== "meta.k8s.io/v1") return `server does not recognize this encoded version ${String(v)}`;
    return "incorrect encoded start resourceVersion (version meta.k8s.io/v1)";
  } catch (error) {
    if (error instanceof JsonSyntaxError) {
      // control characters beyond ASCII are shown escaped
      return error.message.replace(/[\x7f-\x9f]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
    }
    return "server does not recognize this encoded version ";
  }
}
