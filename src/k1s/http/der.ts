/** The little of DER that certificates need. https://www.rfc-editor.org/rfc/rfc5280 */

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

/** One element: tag, length, content. */
export function element(tag: number, ...content: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const body = concat(content);
  const length: number[] = [];
  if (body.length < 0x80) length.push(body.length);
  else {
    for (let rest = body.length; rest > 0; rest >>= 8) length.unshift(rest & 0xff);
    length.unshift(0x80 | length.length);
  }
  return concat([Uint8Array.of(tag, ...length), body]);
}

export const sequence = (...items: readonly Uint8Array[]) => element(0x30, ...items);
export const set = (...items: readonly Uint8Array[]) => element(0x31, ...items);
export const octets = (bytes: Uint8Array) => element(0x04, bytes);
export const bits = (bytes: Uint8Array) => element(0x03, Uint8Array.of(0), bytes);
/** A bit string of flags, e.g. key usage; `unused` bits at its end. */
export const flags = (byte: number, unused: number) => element(0x03, Uint8Array.of(unused, byte));
export const boolean = (value: boolean) => element(0x01, Uint8Array.of(value ? 0xff : 0));
export const utf8 = (text: string) => element(0x0c, new TextEncoder().encode(text));
/** Context tags: `explicit(3, …)`; `implicit(2, …)` of a primitive. */
export const explicit = (number: number, ...items: readonly Uint8Array[]) => element(0xa0 | number, ...items);
export const implicit = (number: number, bytes: Uint8Array) => element(0x80 | number, bytes);

/** A positive integer of big-endian bytes. */
export function integer(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const rest = bytes.subarray(start);
  return element(0x02, rest[0]! >= 0x80 ? Uint8Array.of(0) : new Uint8Array(), rest);
}

/** An object identifier, `1.2.840.10045.4.3.2`. */
export function oid(text: string): Uint8Array<ArrayBuffer> {
  const [first = 0, second = 0, ...rest] = text.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let high = Math.floor(arc / 128); high > 0; high = Math.floor(high / 128)) {
      groups.unshift(high & 0x7f | 0x80);
    }
    bytes.push(...groups);
  }
  return element(0x06, Uint8Array.from(bytes));
}

/** A time to the second; UTCTime up to 2049. */
export function time(ms: number): Uint8Array<ArrayBuffer> {
  const text = new Date(ms).toISOString().replace(/[-:T]/g, "").slice(0, 14);
  const utc = Number(text.slice(0, 4)) < 2050;
  return element(utc ? 0x17 : 0x18, new TextEncoder().encode(`${utc ? text.slice(2) : text}Z`));
}

/** Base64 in lines of 64 between BEGIN and END. */
export function pem(label: string, bytes: Uint8Array): string {
  const lines = bytes.toBase64().match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
