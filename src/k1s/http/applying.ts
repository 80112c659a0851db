/** PATCH with `application/apply-patch+yaml`: server-side apply. */
import { type JsonObject, mapOf, textOf } from "../registry/mod.ts";
import { type ApiError, badRequest, conflict, invalid } from "./api_error.ts";
import { readBody } from "./body.ts";
import { checkNameMatch, checkNamespaceMatch, judgeFields, unhandled } from "./decoding.ts";
import type { Exchange } from "./exchange.ts";
import { writeParameters } from "./parameters.ts";
import { presentWritten } from "./present.ts";
import { nameOf } from "./rest.ts";

/** Applies the body: creates the object where it is missing. Throws 400, 409, 422. */
export async function applyPatch(exchange: Exchange): Promise<Response> {
  const { info, store, query, request, server, apiVersion, resource } = exchange;
  const parameters = writeParameters(query, "PatchOptions");
  if (parameters.fieldManager === "") {
    const detail = "is required for apply patch";
    const kind = { group: "meta.k8s.io", kind: "PatchOptions" };
    throw invalid(kind, "", [{ type: "required", field: "fieldManager", detail }]);
  }
  const expected = { apiVersion, kind: resource.served.kind };
  const { object: applied, duplicates } = await server.bodies.parse(
    await readBody(request),
    "application/yaml",
    expected,
  );
  checkApplied(exchange, applied);
  const problems = duplicates.map((path) => `duplicate field "${path}"`);
  judgeFields(exchange, problems, parameters, (problem) => unhandled(exchange, problem));
  const name = nameOf(exchange);
  const options = {
    dryRun: parameters.dryRun,
    manager: parameters.fieldManager,
    ownsFields: true,
    user: exchange.user,
  };
  const by = { ...store.write(options, info.subresource), force: parameters.force };
  const merge = (live: JsonObject | undefined) => {
    const merged = store.fieldManager!.apply(live, applied, by);
    // conflicts come first
    checkNameMatch(exchange, merged);
    checkNamespaceMatch(exchange, merged);
    const uid = textOf(mapOf(applied, "metadata"), "uid");
    if (!live && uid !== "") throw uidMismatch(exchange, uid);
    return merged;
  };
  const written = await store.update(name, (current) => merge(current), {
    ...options,
    subresource: info.subresource,
    create: info.subresource === "" ? () => merge(undefined) : undefined,
  });
  return presentWritten(exchange, written);
}

/** A uid in a config is that of an object that is there. */
function uidMismatch({ resource, info }: Exchange, uid: string): ApiError {
  const detail = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
  return conflict(resource.served, info.name, detail);
}

/** The body must say what it is, and not who owns what. */
function checkApplied({ apiVersion, resource }: Exchange, object: JsonObject): void {
  const [given, kind] = [textOf(object, "apiVersion"), textOf(object, "kind")];
  const [version = "", group = ""] = given.split("/").reverse();
  if (given !== apiVersion || kind !== resource.served.kind) {
    throw badRequest(`invalid object type: ${group}/${version}, Kind=${kind}`);
  }
  // without metadata an object is another config than with empty one
  if (mapOf(object, "metadata")?.managedFields !== undefined) {
    throw badRequest("metadata.managedFields must be nil");
  }
}
