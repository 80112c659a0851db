export { containerStart, type ContainerStartOptions } from "./container_start.ts";
export { type ContainerPart, parseContainerPart } from "./custom_profile.ts";
export {
  type CopySpec,
  type DebugContainer,
  debugCopy,
  debuggerName,
  ephemeralPatch,
  nodeDebugPod,
} from "./debug_spec.ts";
export { type DebugProfile, parseProfile, PROFILES } from "./profile.ts";
