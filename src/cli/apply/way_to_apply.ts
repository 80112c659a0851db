/** From the flags of `apply` and `diff` to the request that they mean. */
import { FIELD_MANAGER } from "../../apply/mod.ts";
import type { Change } from "../../change/mod.ts";
import type { KubeObject } from "../../kube/mod.ts";
import type { ChangeSession } from "../change/change_context.ts";
import { readValidation } from "./check_manifests.ts";
import { clientSideChange } from "./client_side.ts";
import type { ManifestTarget } from "./manifest_targets.ts";
import { serverSideChange } from "./server_side.ts";

export type ChangeMaker = (target: ManifestTarget, before: KubeObject | null | undefined) => Change;

/** kubectl's own, so that its `apply` goes on where this one stopped. */
const CLIENT_SIDE_MANAGER = "kubectl-client-side-apply";

export function changeMaker(session: ChangeSession): ChangeMaker {
  const { flags } = session;
  const asked = flags.text("field-manager") || undefined;
  const validation = readValidation(flags);
  if (!flags.on("server-side", true)) {
    const fieldManager = asked ?? CLIENT_SIDE_MANAGER;
    return (target, before) => clientSideChange(session, target, { fieldManager, validation, before });
  }
  const options = { fieldManager: asked ?? FIELD_MANAGER, force: flags.on("force-conflicts"), validation };
  return (target, before) => serverSideChange(session, target, { ...options, before });
}
