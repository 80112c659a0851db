/** The garbage collector's warning of an owner in another namespace. */
import type { RegisteredResource } from "../registry/catalog.ts";
import { type JsonObject, metaOf, textOf, timestamp } from "../registry/object.ts";
import { type ControllerHost, createQuietly } from "./host.ts";

const COMPONENT = "garbage-collector-controller";

/**
 * Tells, as an Event, that an object names an owner which is in another namespace: there it is nobody's owner. Nothing
 * is told of one that is nowhere.
 */
export async function warnOfForeignOwner(
  host: ControllerHost,
  kind: RegisteredResource,
  { owner, object }: { readonly owner: JsonObject; readonly object: JsonObject },
): Promise<void> {
  if (!kind.served.namespaced) return;
  const { namespace, name, uid } = metaOf(object);
  const wanted = textOf(owner, "uid");
  const elsewhere = await host.store(kind).list("", { limit: 1, accepts: (stored) => stored.uid === wanted });
  if (elsewhere.items.length === 0) return;
  const nowMs = host.clock.now();
  const time = timestamp(nowMs);
  const place = `${textOf(owner, "apiVersion")}/${textOf(owner, "kind")}, namespace: ${namespace}, ` +
    `name: ${textOf(owner, "name")}, uid: ${wanted}`;
  await createQuietly(host.builtin("", "v1", "events"), String(namespace), {
    metadata: { name: `${name}.${(BigInt(nowMs) * 1_000_000n).toString(16)}` },
    involvedObject: {
      apiVersion: object.apiVersion!,
      kind: object.kind!,
      name: name!,
      namespace: namespace!,
      uid: uid!,
    },
    reason: "OwnerRefInvalidNamespace",
    message: `ownerRef [${place}] does not exist in namespace "${namespace}"`,
    type: "Warning",
    count: 1,
    firstTimestamp: time,
    lastTimestamp: time,
    eventTime: null,
    source: { component: COMPONENT },
    reportingComponent: COMPONENT,
    reportingInstance: "",
  });
}
