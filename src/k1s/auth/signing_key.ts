/** The key that signs service account tokens: ECDSA on P-256, as one of the kinds that the real server takes. */

export interface SigningKey {
  readonly keys: CryptoKeyPair;
  /** What tokens name it by: base64url of the SHA-256 of the public key's DER, as the real server does. */
  readonly id: string;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" } as const;
const FILE = "sa.key";

/** A new key. */
export async function createSigningKey(): Promise<SigningKey> {
  return await named(await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]));
}

/** The key kept in a directory, made there when missing; for its owner alone. */
export async function keptSigningKey(directory: string): Promise<SigningKey> {
  const path = `${directory}/${FILE}`;
  try {
    return await importKey(await Deno.readTextFile(path));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const made = await createSigningKey();
  await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
  await Deno.writeTextFile(path, await exportKey(made), { mode: 0o600 });
  return made;
}

async function exportKey({ keys }: SigningKey): Promise<string> {
  return JSON.stringify(await crypto.subtle.exportKey("jwk", keys.privateKey));
}

async function importKey(text: string): Promise<SigningKey> {
  const { d, ...shared } = JSON.parse(text) as JsonWebKey;
  const publicPart = { ...shared, key_ops: ["verify"] };
  const privateKey = await crypto.subtle.importKey(
    "jwk",
    { ...shared, ...(d === undefined ? {} : { d }) },
    ALGORITHM,
    true,
    ["sign"],
  );
  const publicKey = await crypto.subtle.importKey("jwk", publicPart, ALGORITHM, true, ["verify"]);
  return await named({ privateKey, publicKey });
}

async function named(keys: CryptoKeyPair): Promise<SigningKey> {
  const der = await crypto.subtle.exportKey("spki", keys.publicKey);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", der));
  return { keys, id: digest.toBase64({ alphabet: "base64url", omitPadding: true }) };
}
