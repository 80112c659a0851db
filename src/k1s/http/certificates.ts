/**
 * Certificates of an embedded cluster: its own authority, a server's and an administrator's, P-256, made once and kept
 * in the store's directory (making them takes longer than starting).
 */
import * as der from "./der.ts";

/** All PEM. */
export interface Certificates {
  readonly ca: string;
  readonly caKey: string;
  readonly server: string;
  readonly serverKey: string;
  readonly admin: string;
  readonly adminKey: string;
}

const FILES: Readonly<Record<keyof Certificates, string>> = {
  ca: "ca.crt",
  caKey: "ca.key",
  server: "server.crt",
  serverKey: "server.key",
  admin: "admin.crt",
  adminKey: "admin.key",
};

const DAY_MS = 24 * 60 * 60 * 1000;
/** The authority outlives what it signs. */
const [CA_DAYS, LEAF_DAYS] = [3650, 3650];
/** Made again when less than this is left. */
const RENEW_DAYS = 30;

const OID = {
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  commonName: "2.5.4.3",
  organization: "2.5.4.10",
  basicConstraints: "2.5.29.19",
  keyUsage: "2.5.29.15",
  extendedKeyUsage: "2.5.29.37",
  subjectAltName: "2.5.29.17",
  serverAuth: "1.3.6.1.5.5.7.3.1",
  clientAuth: "1.3.6.1.5.5.7.3.2",
} as const;

interface Name {
  readonly commonName: string;
  readonly organization?: string;
}

interface Leaf {
  readonly subject: Name;
  readonly extensions: readonly Uint8Array[];
}

const CA_NAME: Name = { commonName: "k1s-ca" };
const HOSTS = [
  "localhost",
  "kubernetes",
  "kubernetes.default",
  "kubernetes.default.svc",
  "kubernetes.default.svc.cluster.local",
];
const ADDRESSES: readonly (readonly number[])[] = [
  [127, 0, 0, 1],
  [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
  [10, 96, 0, 1],
];

/** The certificates kept in a directory, made there when missing or about to expire. Keys are for their owner alone. */
export async function keptCertificates(directory: string, nowMs: number): Promise<Certificates> {
  const kept = await readKept(directory, nowMs);
  if (kept) return kept;
  const made = await createCertificates(nowMs);
  await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
  for (const [part, file] of Object.entries(FILES)) {
    await Deno.writeTextFile(`${directory}/${file}`, made[part as keyof Certificates], { mode: 0o600 });
  }
  await Deno.writeTextFile(`${directory}/made`, String(nowMs));
  return made;
}

async function readKept(directory: string, nowMs: number): Promise<Certificates | undefined> {
  try {
    const madeMs = Number(await Deno.readTextFile(`${directory}/made`));
    if (!(nowMs - madeMs < (LEAF_DAYS - RENEW_DAYS) * DAY_MS)) return undefined;
    const parts = await Promise.all(
      Object.entries(FILES).map(async (
        [part, file],
      ) => [part, await Deno.readTextFile(`${directory}/${file}`)]),
    );
    return Object.fromEntries(parts) as unknown as Certificates;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** A new authority and what it signs. */
export async function createCertificates(nowMs: number): Promise<Certificates> {
  const [ca, server, admin] = await Promise.all([newKey(), newKey(), newKey()]);
  const sign = (leaf: Leaf, key: CryptoKeyPair, days: number) =>
    certificate({ ...leaf, key, issuer: CA_NAME, issuerKey: ca.privateKey, nowMs, days });
  const constraints = extension(OID.basicConstraints, true, der.sequence(der.boolean(true)));
  const usages = [
    sign({ subject: CA_NAME, extensions: [constraints, keyUsage(0x06, 1)] }, ca, CA_DAYS),
    sign({ subject: { commonName: "kubernetes" }, extensions: serverExtensions() }, server, LEAF_DAYS),
    sign(
      {
        subject: { commonName: "kubernetes-admin", organization: "system:masters" },
        extensions: [keyUsage(0x80, 7), purpose(OID.clientAuth)],
      },
      admin,
      LEAF_DAYS,
    ),
  ];
  const [caText = "", serverText = "", adminText = ""] = await Promise.all(usages);
  return {
    ca: caText,
    caKey: await privateKey(ca),
    server: serverText,
    serverKey: await privateKey(server),
    admin: adminText,
    adminKey: await privateKey(admin),
  };
}

function serverExtensions(): Uint8Array[] {
  const names = HOSTS.map((host) => der.implicit(2, new TextEncoder().encode(host)));
  const addresses = ADDRESSES.map((address) => der.implicit(7, Uint8Array.from(address)));
  return [
    keyUsage(0x80, 7),
    purpose(OID.serverAuth),
    extension(OID.subjectAltName, false, der.sequence(...names, ...addresses)),
  ];
}

function newKey(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
}

async function privateKey({ privateKey: key }: CryptoKeyPair): Promise<string> {
  return der.pem("PRIVATE KEY", new Uint8Array(await crypto.subtle.exportKey("pkcs8", key)));
}

function extension(id: string, critical: boolean, value: Uint8Array): Uint8Array {
  return der.sequence(der.oid(id), ...(critical ? [der.boolean(true)] : []), der.octets(value));
}

function keyUsage(byte: number, unused: number): Uint8Array {
  return extension(OID.keyUsage, true, der.flags(byte, unused));
}

function purpose(id: string): Uint8Array {
  return extension(OID.extendedKeyUsage, false, der.sequence(der.oid(id)));
}

function nameOf({ commonName, organization }: Name): Uint8Array {
  const part = (id: string, text: string) => der.set(der.sequence(der.oid(id), der.utf8(text)));
  return der.sequence(
    ...(organization === undefined ? [] : [part(OID.organization, organization)]),
    part(OID.commonName, commonName),
  );
}

interface Signing extends Leaf {
  readonly key: CryptoKeyPair;
  readonly issuer: Name;
  readonly issuerKey: CryptoKey;
  readonly nowMs: number;
  readonly days: number;
}

async function certificate(signing: Signing): Promise<string> {
  const { subject, extensions, key, issuer, issuerKey, nowMs, days } = signing;
  const algorithm = der.sequence(der.oid(OID.ecdsaWithSha256));
  const body = der.sequence(
    der.explicit(0, der.integer(Uint8Array.of(2))), // version 3
    der.integer(serial()),
    algorithm,
    nameOf(issuer),
    der.sequence(der.time(nowMs - DAY_MS), der.time(nowMs + days * DAY_MS)),
    nameOf(subject),
    new Uint8Array(await crypto.subtle.exportKey("spki", key.publicKey)),
    der.explicit(3, der.sequence(...extensions)),
  );
  const raw = new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, issuerKey, body));
  const signature = der.sequence(der.integer(raw.subarray(0, 32)), der.integer(raw.subarray(32)));
  return der.pem("CERTIFICATE", der.sequence(body, algorithm, der.bits(signature)));
}

/** 16 random bytes, positive. */
function serial(): Uint8Array {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[0]! &= 0x7f;
  bytes[0]! |= 0x40;
  return bytes;
}
