/** Which describer a kind has. */
import type { Resource } from "../kube/mod.ts";
import type { Describer } from "./context.ts";
import { describeGeneric } from "./generic.ts";

interface Entry {
  readonly describer: Describer;
  /** False for kinds whose description ends without events. */
  readonly events: boolean;
}

const DESCRIBERS: Readonly<Record<string, Entry>> = {};

/** By kind and group; versions of a group share one. Others are described by their fields. */
export function describerOf(resource: Pick<Resource, "group" | "kind">): Entry {
  return DESCRIBERS[`${resource.kind}.${resource.group}`] ?? { describer: describeGeneric, events: true };
}
