/** The environment that the keys of a ConfigMap or a Secret give; no values pass through here. */
import { OrkaError } from "../base/mod.ts";
import type { KubeObject } from "../kube/mod.ts";

interface KeyRef {
  readonly name: string;
  readonly key: string;
}

/** A value, or the key that it comes from when the container starts. */
export type EnvValue = string | { readonly configMapKeyRef: KeyRef } | { readonly secretKeyRef: KeyRef };

export interface EnvOfKey {
  readonly key: string;
  /** As a shell takes it: `db.user` is `DB_USER`. */
  readonly name: string;
  readonly value: EnvValue;
}

/**
 * One variable for each key, in the order of the keys; for those of `keys` alone where it has some. Throws OrkaError
 * `usage` for another kind of object, `not-found` for a key that is not there.
 */
export function envOfKeys(
  object: KubeObject,
  { keys = [] }: { readonly keys?: readonly string[] } = {},
): readonly EnvOfKey[] {
  const { kind, apiVersion, metadata: { name: from } } = object;
  if (apiVersion !== "v1" || (kind !== "ConfigMap" && kind !== "Secret")) {
    throw new OrkaError("usage", `unsupported resource specified in --from: ${kind}`, {
      hint: "A ConfigMap or a Secret is.",
    });
  }
  const there = Object.keys((object["data"] ?? {}) as object).sort();
  const missing = keys.find((key) => !there.includes(key));
  if (missing !== undefined) {
    throw new OrkaError("not-found", `${kind} "${from}" has no key "${missing}"`, {
      hint: there.length === 0 ? "It has none at all." : `It has ${there.join(", ")}.`,
    });
  }
  return there.filter((key) => keys.length === 0 || keys.includes(key)).map((key) => {
    const name = key.replace(/[^a-zA-Z0-9_]/g, "_").toUpperCase();
    const ref = { name: from, key };
    return { key, name, value: kind === "Secret" ? { secretKeyRef: ref } : { configMapKeyRef: ref } };
  });
}
