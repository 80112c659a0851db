/** The one object that a verb of its past is about; it need not be there any more. */
import { type ObjectTarget, readObject } from "../../apply/mod.ts";
import { OrkaError } from "../../base/mod.ts";
import { apiVersion, type KubeObject } from "../../kube/mod.ts";
import type { ObjectRef } from "../../persist/mod.ts";
import type { ChangeSession } from "../change/change_context.ts";
import { readTargets } from "../get/request.ts";

export interface NamedObject {
  readonly target: ObjectTarget;
  readonly ref: ObjectRef;
  /** null where it is gone. */
  readonly live: KubeObject | null;
}

/** Throws OrkaError `usage` for anything but one name. */
export async function namedObject(session: ChangeSession, args: readonly string[]): Promise<NamedObject> {
  const { io, cluster } = session;
  if (args.length === 0) throw notOne();
  const { targets } = await readTargets(io, {
    cluster,
    args,
    files: [],
    allNamespaces: false,
    isSelected: false,
  });
  const [only] = targets;
  if (targets.length !== 1 || only?.name === undefined) {
    throw notOne();
  }
  const { resource, name } = only;
  const target = { resource, name, namespace: only.namespace ?? "" };
  const live = await readObject(cluster.client, target, { signal: io.signal });
  const ref = {
    cluster: cluster.client.target.server,
    apiVersion: apiVersion(resource),
    kind: resource.kind,
    namespace: target.namespace,
    name,
    uid: live?.metadata.uid ?? "",
  };
  return { target, ref, live };
}

function notOne(): OrkaError {
  return new OrkaError("usage", "one object has to be named", { hint: "For example: deploy/web" });
}
