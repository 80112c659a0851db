import type { Resource } from "./resource.ts";

/** Events as every server serves them: what reads them need not wait for discovery. */
export const EVENTS: Resource = {
  group: "",
  version: "v1",
  kind: "Event",
  plural: "events",
  singular: "event",
  shortNames: ["ev"],
  categories: [],
  namespaced: true,
  verbs: ["get", "list", "watch"],
  subresources: [],
  preferred: true,
};
