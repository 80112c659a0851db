export type { CopyOptions, CopyPlace, CopyResult } from "./copy_spec.ts";
export { copyFromPod, type CopyFromSpec } from "./copy_from_pod.ts";
export { copyToPod, type CopyToSpec } from "./copy_to_pod.ts";
