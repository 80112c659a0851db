/** Request bodies as recordings keep them: text, bytes, or a rule for what is too large or deep to be kept. */
export type RecordedBody =
  | string
  | { readonly base64: string }
  /** Before, a text that is repeated, how often, after. */
  | { readonly repeat: readonly [string, string, number, string] }
  /** A ConfigMap that has a list in a list in a list, this deep. */
  | { readonly nest: number };

/** The body to send. */
export function requestBody(body: RecordedBody): string | Uint8Array<ArrayBuffer> {
  if (typeof body === "string") return body;
  if ("base64" in body) return Uint8Array.fromBase64(body.base64);
  if ("nest" in body) {
    return `{"metadata":{"name":"deep"},"nest":${"[".repeat(body.nest)}${"]".repeat(body.nest)}}`;
  }
  const [before, unit, count, after] = body.repeat;
  return before + unit.repeat(count) + after;
}
