/** `create configmap` and `create secret`: data from literals, files, directories and env files. */
import { OrkaError } from "../../base/mod.ts";
import type { CliIo } from "../io.ts";
import type { FlagValues } from "../parse.ts";
import { builtIn, type Fields, type Generator, type GeneratorInput, required } from "./generator.ts";
import { hashSuffix } from "./name_hash.ts";

const SECRET = builtIn("v1", "Secret");

export const CONFIG_DATA: readonly Generator[] = [
  { words: ["configmap", "cm"], resource: builtIn("v1", "ConfigMap"), make: configMap },
  { words: ["secret generic"], resource: SECRET, make: genericSecret },
  { words: ["secret docker-registry"], resource: SECRET, make: dockerSecret },
  { words: ["secret tls"], resource: SECRET, make: tlsSecret },
];

type Bytes = Uint8Array<ArrayBuffer>;
const encoder = new TextEncoder();

async function configMap({ io, name, flags }: GeneratorInput): Promise<Fields> {
  const data: Record<string, string> = {}, binaryData: Record<string, string> = {};
  for (const [key, bytes] of await entries(io, flags)) {
    const text = utf8(bytes);
    if (text === null) binaryData[key] = base64(bytes);
    else data[key] = text;
  }
  const fields = {
    ...(Object.keys(data).length === 0 ? {} : { data }),
    ...(Object.keys(binaryData).length === 0 ? {} : { binaryData }),
  };
  if (!flags.on("append-hash")) return fields;
  const suffix = await hashSuffix({ kind: "ConfigMap", name, data: null, ...fields });
  return { ...fields, metadata: { name: `${name}-${suffix}` } };
}

async function genericSecret({ io, name, flags }: GeneratorInput): Promise<Fields> {
  return await secret(await entries(io, flags), { name, flags, type: flags.text("type") ?? "" });
}

interface SecretOf {
  readonly name: string;
  readonly flags: FlagValues;
  readonly type: string;
}

async function secret(
  found: Iterable<readonly [string, Bytes]>,
  { name, flags, type }: SecretOf,
): Promise<Fields> {
  const data = Object.fromEntries([...found].map(([key, bytes]) => [key, base64(bytes)]));
  const kept = Object.keys(data).length === 0 ? {} : { data };
  const fields = { ...kept, ...(type === "" ? {} : { type }) };
  if (!flags.on("append-hash")) return fields;
  const suffix = await hashSuffix({ kind: "Secret", name, type, data: null, ...kept });
  return { ...fields, metadata: { name: `${name}-${suffix}` } };
}

const DOCKER_KEY = ".dockerconfigjson";

async function dockerSecret({ io, name, flags }: GeneratorInput): Promise<Fields> {
  const type = "kubernetes.io/dockerconfigjson";
  if (flags.list("from-file").length > 0) {
    const found = [...(await entries(io, flags)).values()];
    return await secret([[DOCKER_KEY, found[0]!]], { name, flags, type });
  }
  const username = required(flags, "docker-username"), password = required(flags, "docker-password");
  const email = flags.text("docker-email");
  const server = flags.text("docker-server") ?? "https://index.docker.io/v1/";
  const auth = base64(encoder.encode(`${username}:${password}`));
  const login = { username, password, ...(email ? { email } : {}), auth };
  const config = encoder.encode(asGo(JSON.stringify({ auths: { [server]: login } })));
  return await secret([[DOCKER_KEY, config]], { name, flags, type });
}

/** Go's encoder escapes what HTML would act on; the order of the fields is its struct's. */
function asGo(json: string): string {
  return json.replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);
}

async function tlsSecret({ io, name, flags }: GeneratorInput): Promise<Fields> {
  const cert = await fileBytes(io, required(flags, "cert")),
    key = await fileBytes(io, required(flags, "key"));
  if (!/-----BEGIN CERTIFICATE-----/.test(utf8(cert) ?? "")) {
    throw new OrkaError("invalid", "tls: failed to find any PEM data in certificate input");
  }
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(utf8(key) ?? "")) {
    throw new OrkaError("invalid", "tls: failed to find any PEM data in key input");
  }
  return await secret([["tls.crt", cert], ["tls.key", key]], { name, flags, type: "kubernetes.io/tls" });
}

const KEY = /^[-._a-zA-Z0-9]+$/;

/** Every key with its bytes. Throws OrkaError `usage` for a key that can be none or comes twice. */
async function entries(io: CliIo, flags: FlagValues): Promise<Map<string, Bytes>> {
  const found = new Map<string, Bytes>();
  const add = (key: string, bytes: Bytes) => {
    if (!KEY.test(key)) {
      throw new OrkaError(
        "usage",
        `${JSON.stringify(key)} is not a valid key name: letters, digits, '-', '_' and '.'`,
      );
    }
    if (found.has(key)) {
      throw new OrkaError("usage", `cannot add key "${key}", another key by that name already exists`);
    }
    found.set(key, bytes);
  };
  const envFiles = flags.list("from-env-file");
  if (envFiles.length > 0 && flags.list("from-file").length + flags.list("from-literal").length > 0) {
    throw new OrkaError("usage", "from-env-file cannot be combined with from-file or from-literal");
  }
  for (const source of flags.list("from-file")) {
    for (const [key, path] of await fileSources(io, source)) add(key, await fileBytes(io, path));
  }
  for (const literal of flags.list("from-literal")) {
    const at = literal.indexOf("=");
    if (at <= 0) throw new OrkaError("usage", `invalid literal source ${literal}, expected key=value`);
    add(literal.slice(0, at), encoder.encode(unquoted(literal.slice(at + 1))));
  }
  for (const path of envFiles) {
    for (const [key, value] of envPairs(await io.readFile(path), io)) add(key, encoder.encode(value));
  }
  return found;
}

/** kubectl takes one pair of quotes away that the shell left. */
function unquoted(text: string): string {
  const quoted = /^(["'])([^]*)\1$/.exec(text);
  return quoted === null ? text : quoted[2]!;
}

/** `path`, `key=path`, or a directory, whose files are keys by their names. */
async function fileSources(io: CliIo, source: string): Promise<[string, string][]> {
  const at = source.indexOf("=");
  if (at === 0) throw new OrkaError("usage", `key name for file path ${source.slice(1)} missing`);
  const path = at < 0 ? source : source.slice(at + 1);
  if (path === "") throw new OrkaError("usage", `file path for key name ${source.slice(0, at)} missing`);
  const base = (file: string) => file.split("/").at(-1)!;
  if (at > 0) return [[source.slice(0, at), path]];
  const inside = await io.listFiles(path, { recursive: false });
  if (inside === null) return [[base(path), path]];
  return inside.filter((file) => KEY.test(base(file))).map((file) => [base(file), file]);
}

/** Text comes through the io; what is no text is read as it is. */
async function fileBytes(io: CliIo, path: string): Promise<Bytes> {
  const text = await io.readFile(path);
  return text.includes("\ufffd") ? await Deno.readFile(path) : encoder.encode(text);
}

function* envPairs(text: string, io: CliIo): EnvPairs {
  for (const raw of text.replace(/^\ufeff/, "").split(/\r?\n/)) {
    const line = raw.trimStart();
    if (line === "" || line.startsWith("#")) continue;
    const at = line.indexOf("=");
    const key = at < 0 ? line : line.slice(0, at);
    yield [key, at < 0 ? io.env(key) ?? "" : line.slice(at + 1)];
  }
}

type EnvPairs = IterableIterator<readonly [string, string]>;

function utf8(bytes: Bytes): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null; // some other kind of data
  }
}

function base64(bytes: Bytes): string {
  return bytes.toBase64();
}
