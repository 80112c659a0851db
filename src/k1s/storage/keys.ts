/**
 * Keys as text: `/tenant/resource/namespace/name`, ordered by code unit. A segment's characters outside printable
 * ASCII, and `%`, are percent-encoded, so the order is the same for JavaScript, SQLite and the eye.
 */
import { StorageError } from "./errors.ts";
import type { ObjectKey, Scope } from "./interface.ts";

/** A half-open range of keys: `from` <= key < `to`; every key in it begins with `prefix`. */
export interface KeyRange {
  readonly prefix: string;
  readonly from: string;
  readonly to: string;
}

const UNSAFE = /[^\x21-\x7e]|[%/]/;

function segment(text: string, what: string): string {
  if (!UNSAFE.test(text)) return text;
  if (text.includes("/") || !text.isWellFormed()) {
    throw new StorageError("invalid", `A ${what} can't be ${JSON.stringify(text)}`);
  }
  return text.replace(/[^\x21-\x7e]|%/gu, (char) => encodeURIComponent(char));
}

function required(text: string, what: string): string {
  if (text === "") throw new StorageError("invalid", `A key needs a ${what}`);
  return segment(text, what);
}

/** `/tenant`, the beginning of all keys of one tenant. */
export function tenantPrefix(tenant: string): string {
  return `/${required(tenant, "tenant")}`;
}

export function keyText(prefix: string, key: ObjectKey): string {
  return `${prefix}/${required(key.resource, "resource")}/${segment(key.namespace, "namespace")}/${
    required(key.name, "name")
  }`;
}

/** The keys of a scope. "0" follows "/", so it ends the range of everything below a prefix. */
export function scopeRange(prefix: string, scope: Scope): KeyRange {
  let path = `${prefix}/${required(scope.resource, "resource")}`;
  if (scope.namespace !== undefined && scope.namespace !== "") {
    path += `/${segment(scope.namespace, "namespace")}`;
  }
  return { prefix: `${path}/`, from: `${path}/`, to: `${path}0` };
}

/** All keys of a tenant. */
export function tenantRange(prefix: string): KeyRange {
  return { prefix: `${prefix}/`, from: `${prefix}/`, to: `${prefix}0` };
}

/** The parts of a key that storage returned. */
export function parseKey(key: string): ObjectKey & { readonly tenant: string } {
  const [, tenant, resource, namespace, name] = key.split("/");
  if (tenant === undefined || resource === undefined || namespace === undefined || name === undefined) {
    throw new StorageError("invalid", `Not a storage key: ${JSON.stringify(key)}`);
  }
  const decode = key.includes("%") ? decodeURIComponent : (text: string) => text;
  return {
    tenant: decode(tenant),
    resource: decode(resource),
    namespace: decode(namespace),
    name: decode(name),
  };
}

/** `tenant/resource` of a key: what the hub groups watchers by. */
export function keyGroup(key: string): string {
  return key.slice(0, key.indexOf("/", key.indexOf("/", 1) + 1));
}
