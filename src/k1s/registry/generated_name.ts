/** Names that the server makes of a beginning. */

const NAME_ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
/** Of made names, in characters. */
export const SUFFIX_LENGTH = 5;

/** A name from a prefix; long prefixes are cut so that the name fits a label. */
export function generatedName(prefix: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SUFFIX_LENGTH));
  const suffix = [...bytes].map((byte) => NAME_ALPHABET[byte % NAME_ALPHABET.length]).join("");
  return `${prefix.slice(0, 63 - SUFFIX_LENGTH)}${suffix}`;
}
