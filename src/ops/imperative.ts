/**
 * Imperative operations. `planX` looks and gives a `Change` (src/change), which is previewed, performed, remembered and
 * undone like any other; null where nothing is to change. `watchRollout`, `waitForReplicas` and `runDrain` take longer.
 */
export { capabilities, type Capability, isOperable, type Operation, OPERATIONS } from "./capabilities.ts";
export { isCordoned, nodeTarget, planCordon, readNodes } from "./cordon.ts";
export { planSuspend, planTrigger, type TriggerOptions } from "./cronjob.ts";
export { type DrainBudget } from "./drain_budgets.ts";
export { type DrainOptions, type DrainPlan, type DrainPod, planDrain, type PodFate } from "./drain_plan.ts";
export {
  type DrainEvent,
  type DrainOutcome,
  type DrainProgress,
  type DrainResult,
  runDrain,
  type RunDrainOptions,
} from "./drain_run.ts";
export { type EnvOfKey, envOfKeys, type EnvValue } from "./env_from.ts";
export { type EvictionOptions } from "./eviction.ts";
export { tryEvictions } from "./drain_trial.ts";
export { planRestart, type RestartOptions } from "./restart.ts";
export { readRevisions, type Revision } from "./rollout_history.ts";
export { type RolloutState, rolloutStatus } from "./rollout_status.ts";
export { planPause, planRolloutUndo, type RolloutUndo, type RolloutUndoOptions } from "./rollout_undo.ts";
export { watchRollout, type WatchRolloutOptions } from "./rollout_watch.ts";
export { planScale, type ScaleMode, type ScaleOptions, waitForReplicas, type WaitOptions } from "./scale.ts";
export {
  chosenContainers,
  planSetEnv,
  planSetResources,
  planSetServiceAccount,
  type SetEnvOptions,
  type SetResourcesOptions,
  type SetServiceAccountOptions,
} from "./set_containers.ts";
export { planSetImage, type SetImageOptions } from "./set_image.ts";
export { parseTaints, planTaint, type Taint, type TaintChanges } from "./taint.ts";
export {
  type Amounts,
  type NodeRequests,
  nodeRequests,
  type NodeUsage,
  nodeUsage,
  plus,
  type PodRequests,
  podRequests,
  type PodUsage,
  podUsage,
  type UsageSelection,
} from "./usage.ts";
export { type PlanOptions, rollingKind } from "./workload.ts";
