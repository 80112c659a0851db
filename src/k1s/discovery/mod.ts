/**
 * The discovery documents, made from the resources that are served at the moment. Pure: the HTTP layer chooses
 * the document by path and Accept, and answers 304 by the entity tag.
 */
export { aggregated, type AggregatedVersion, entityTag } from "./aggregated.ts";
export { type ApiGroup, apiGroup, apiGroupList, apiResourceList, apiVersions } from "./legacy.ts";
