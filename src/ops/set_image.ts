/** Images of containers, in pods and in every kind that holds a pod template. */
import { type ObjectTarget } from "../apply/mod.ts";
import { OrkaError } from "../base/mod.ts";
import type { Change } from "../change/mod.ts";
import type { Client } from "../client/mod.ts";
import { patchPodSpec, podSpecOf } from "./pod_spec.ts";
import { type ContainerView, type PlanOptions, readLive } from "./workload.ts";
import { patchChange } from "./patch_change.ts";

export interface SetImageOptions extends PlanOptions {
  /** By the container's name; `*` is every one. */
  readonly images: Readonly<Record<string, string>>;
}

/** null: they run these images already. Throws OrkaError `not-found` for a container that is not there. */
export async function planSetImage(
  client: Client,
  target: ObjectTarget,
  { images, fieldManager, live, signal }: SetImageOptions,
): Promise<Change | null> {
  const before = await readLive(client, target, { live, signal });
  const spec = podSpecOf(before, target);
  const all = [...spec.initContainers ?? [], ...spec.containers ?? []].map(({ name }) => name);
  for (const name of Object.keys(images)) {
    if (name === "*" || all.includes(name)) continue;
    throw new OrkaError("not-found", `unable to find container named "${name}"`, {
      hint: `Containers of ${target.resource.kind} "${target.name}": ${all.join(", ")}.`,
    });
  }
  const changed = (containers: readonly ContainerView[] | undefined) =>
    (containers ?? []).flatMap(({ name, image }) => {
      const wanted = images[name] ?? images["*"];
      return wanted === undefined || wanted === image ? [] : [{ name, image: wanted }];
    });
  const containers = changed(spec.containers);
  const initContainers = changed(spec.initContainers);
  if (containers.length + initContainers.length === 0) return null;
  const patch = patchPodSpec(target, {
    ...(containers.length > 0 ? { containers } : {}),
    ...(initContainers.length > 0 ? { initContainers } : {}),
  });
  return patchChange(client, target, { verb: "set image", before, fieldManager, type: "strategic", patch });
}
