/** What is recorded of a kind: a valid object, and how many mutations of it. */
import { CONFIGURATION } from "./configuration_samples.ts";
import { LATER } from "./later_samples.ts";
import type { Operation } from "./mutations.ts";
import { ACCESS, POLICY } from "./policy_samples.ts";
import { RARE } from "./rare_samples.ts";
import { SERVICES } from "./service_samples.ts";
import { STORAGE } from "./storage_samples.ts";
import { WORKLOADS } from "./workload_samples.ts";

export interface Sample {
  /** The collection's. */
  readonly path: string;
  readonly body: unknown;
  /** Mutations that are created, all as dry runs. */
  readonly create: number;
  /** Mutations of the stored object. */
  readonly update?: number;
  /** Never stored: it would change how the recording cluster works. */
  readonly dry?: boolean;
  /** Done to the stored object before it is mutated. */
  readonly after?: { readonly subresource: string; readonly patch: readonly Operation[] };
}

export const SAMPLES: readonly Sample[] = [
  ...WORKLOADS,
  ...CONFIGURATION,
  ...SERVICES,
  ...ACCESS,
  ...POLICY,
  ...STORAGE,
  ...RARE,
  ...LATER,
];
