export type {
  BoundPort,
  Forward,
  ForwardEvent,
  ForwardListener,
  ForwardPort,
  ForwardSpec,
} from "./forward_spec.ts";
export { startForward, type StartForwardOptions } from "./start_forward.ts";
