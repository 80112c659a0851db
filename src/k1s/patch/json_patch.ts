/**
 * JSON Patch, RFC 6902, with Kubernetes' limits and the words of the library that the real server uses.
 * Two of that library's habits are kept: a negative array index counts from the end, and `add` to the index one
 * past the end appends.
 */
import { equal, isObject, type Json, type JsonObject, setKey } from "./json.ts";
import { PatchError } from "./patch_error.ts";

/** https://github.com/kubernetes/kubernetes: maxJSONPatchOperations of the API server. */
export const MAX_OPERATIONS = 10_000;

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: Json;
}

type Container = Json[] | JsonObject;

/** The document after every operation; it is not changed itself. Throws PatchError. */
export function applyJsonPatch(document: Json, patch: Json): Json {
  const operations = parse(patch);
  let result = structuredClone(document);
  for (const operation of operations) result = apply(result, operation);
  return result;
}

function parse(patch: Json): Operation[] {
  if (!Array.isArray(patch)) {
    throw new PatchError("malformed", "json: cannot unmarshal object into Go value of type jsonpatch.Patch");
  }
  if (patch.length > MAX_OPERATIONS) {
    const message =
      `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`;
    throw new PatchError("malformed", message);
  }
  return patch.map(parseOperation);
}

function parseOperation(entry: Json): Operation {
  const { op, path, from, value } = isObject(entry) ? entry : {};
  if (typeof op !== "string") throw new PatchError("unappliable", "Unexpected kind: unknown");
  if (typeof path !== "string") {
    throw new PatchError("unappliable", `${op} operation failed to decode path: missing value`);
  }
  return {
    op,
    path,
    ...(typeof from === "string" ? { from } : {}),
    ...(value === undefined ? {} : { value }),
  };
}

function apply(document: Json, operation: Operation): Json {
  switch (operation.op) {
    case "add":
      return add(document, operation.path, operation.value ?? null);
    case "remove":
      return remove(document, operation.path);
    case "replace":
      return replace(document, operation);
    case "move":
      return move(document, operation);
    case "copy":
      return copy(document, operation);
    case "test":
      test(document, operation);
      return document;
    default:
      throw new PatchError("unappliable", `Unexpected kind: ${operation.op}`);
  }
}

function add(document: Json, path: string, value: Json): Json {
  if (path === "") return value;
  const { container, key } = locate(
    document,
    path,
    `add operation does not apply: doc is missing path: "${path}"`,
  );
  if (!Array.isArray(container)) setKey(container, key, value);
  else if (key === "-") container.push(value);
  else {
    const fail = failure(`error in add for path: '${path}'`);
    container.splice(arrayIndex(key, container.length, { last: container.length, fail }), 0, value);
  }
  return document;
}

function remove(document: Json, path: string): Json {
  const { container, key } = locate(
    document,
    path,
    `remove operation does not apply: doc is missing path: "${path}"`,
  );
  take(container, key, failure(`error in remove for path: '${path}'`));
  return document;
}

function replace(document: Json, { path, value = null }: Operation): Json {
  if (path === "") return value;
  const missing = `replace operation does not apply: doc is missing path: ${path}`;
  const { container, key } = locate(document, path, missing);
  if (!Array.isArray(container)) {
    // a key that is not there is added: the RFC says otherwise, the real server does this
    setKey(container, key, value);
  } else {
    const fail = failure(`replace operation does not apply: doc is missing key: ${path}`);
    container[arrayIndex(key, container.length, { last: container.length - 1, fail })] = value;
  }
  return document;
}

function move(document: Json, { path, from }: Operation): Json {
  if (from === undefined) throw missingFrom("move");
  if (path.startsWith(`${from}/`)) {
    throw new PatchError(
      "unappliable",
      `move operation does not apply: doc is missing destination path: ${path}: missing value`,
    );
  }
  const { container, key } = locate(
    document,
    from,
    `move operation does not apply: doc is missing from path: ${from}`,
  );
  const value = take(container, key, failure(`error in move for path: '${key}'`));
  return add(document, path, value);
}

function copy(document: Json, { path, from }: Operation): Json {
  if (from === undefined) throw missingFrom("copy");
  const missing = `copy operation does not apply: doc is missing from path: ${from}`;
  const { container, key } = locate(document, from, missing);
  const value = peek(container, key);
  if (value === undefined && Array.isArray(container)) {
    throw new PatchError("unappliable", `${missing}: missing value`);
  }
  return add(document, path, structuredClone(value ?? null));
}

function test(document: Json, { path, value = null }: Operation): void {
  const failed = new PatchError("unappliable", `testing value ${path} failed: test failed`);
  let found: Json | undefined = document;
  if (path !== "") {
    const { container, key } = locate(
      document,
      path,
      `test operation does not apply: is missing path: ${path}`,
    );
    found = peek(container, key);
  }
  // an absent key equals null
  if (!equal(found ?? null, value)) throw failed;
}

function missingFrom(op: string): PatchError {
  return new PatchError("unappliable", `${op} operation failed to decode from: missing value`);
}

type Fail = (detail: string) => PatchError;

function failure(prefix: string): Fail {
  return (detail) => new PatchError("unappliable", `${prefix}: ${detail}`);
}

/** The container that holds the pointer's last step, and that step. */
function locate(document: Json, path: string, missing: string): { container: Container; key: string } {
  const steps = path.split("/").slice(1).map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  const key = steps.pop();
  let current: Json | undefined = document;
  for (const step of steps) current = isContainer(current) ? peek(current, step) : undefined;
  if (key === undefined || !isContainer(current)) {
    throw new PatchError("unappliable", `${missing}: missing value`);
  }
  return { container: current, key };
}

function isContainer(value: Json | undefined): value is Container {
  return Array.isArray(value) || isObject(value);
}

/** The value at a key or index, or undefined. */
function peek(container: Container, key: string): Json | undefined {
  if (!Array.isArray(container)) return Object.hasOwn(container, key) ? container[key] : undefined;
  const index = Number(key);
  if (!Number.isInteger(index) || key === "") return undefined;
  return container[index < 0 ? index + container.length : index];
}

function take(container: Container, key: string, fail: Fail): Json {
  if (Array.isArray(container)) {
    const index = arrayIndex(key, container.length, { last: container.length - 1, fail });
    return container.splice(index, 1)[0]!;
  }
  if (!Object.hasOwn(container, key)) throw fail(`Unable to remove nonexistent key: ${key}: missing value`);
  const value = container[key]!;
  delete container[key];
  return value;
}

function arrayIndex(key: string, length: number, { last, fail }: { last: number; fail: Fail }): number {
  const index = Number(key);
  if (!/^-?\d+$/.test(key)) {
    throw fail(
      `value was not a proper array index: '${key}': strconv.Atoi: parsing "${key}": invalid syntax`,
    );
  }
  if (index > last || index < -length) {
    throw fail(`Unable to access invalid index: ${key}: invalid index referenced`);
  }
  return index < 0 ? index + last + 1 : index;
}
