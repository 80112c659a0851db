/** An object as the YAML pane shows it: managedFields cut, a Secret's values masked or decoded. */
import { type KubeObject, writeYaml } from "../../kube/mod.ts";

export interface YamlOptions {
  readonly managedFields: boolean;
  /** masked: sizes only. decoded: what the base64 says. */
  readonly secrets: "masked" | "decoded";
}

/** kubectl apply keeps the whole object here, a Secret's values too. */
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

export function yamlText(object: KubeObject, { managedFields, secrets }: YamlOptions): string {
  const { managedFields: _cut, ...rest } = object.metadata;
  const shown = managedFields ? object : { ...object, metadata: rest };
  return writeYaml(isSecret(object) ? hideValues(shown, secrets) : shown);
}

function isSecret({ kind, apiVersion }: KubeObject): boolean {
  return kind === "Secret" && apiVersion === "v1";
}

function hideValues(object: KubeObject, secrets: YamlOptions["secrets"]): KubeObject {
  const show = secrets === "masked" ? mask : decode;
  const annotations = Object.entries(object.metadata.annotations ?? {});
  const masked = Object.fromEntries(
    annotations.map(([key, value]) => [key, key === LAST_APPLIED && secrets === "masked" ? "••••••" : value]),
  );
  return {
    ...object,
    metadata: { ...object.metadata, ...(annotations.length > 0 ? { annotations: masked } : {}) },
    ...mapValues(object, "data", show),
    ...mapValues(object, "stringData", (text) => secrets === "masked" ? "••••••" : text),
  };
}

function mapValues(
  object: KubeObject,
  field: string,
  show: (value: string) => string,
): Record<string, unknown> {
  const values = object[field];
  if (typeof values !== "object" || values === null) return {};
  return {
    [field]: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, show(String(value))])),
  };
}

function mask(base64: string): string {
  const bytes = bytesOf(base64);
  return bytes === null ? "•••••• (not base64)" : `•••••• (${bytes.length} bytes)`;
}

function decode(base64: string): string {
  const bytes = bytesOf(base64);
  if (bytes === null) return base64;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return `<binary, ${bytes.length} bytes> ${base64}`;
  }
}

function bytesOf(base64: string): Uint8Array | null {
  try {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  } catch {
    return null;
  }
}
