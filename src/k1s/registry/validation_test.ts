import assert from "node:assert/strict";
import { replay, type Replayed } from "./recorded_validation.ts";

const OWN_WORK = "kinds of those who run clusters: types, enums and required fields alone are checked";
const ADMISSION = "AppArmor's former annotations, and what is random: made names, order of keys";
const METADATA = "what may not be in changed metadata is told of once more among the causes, or once less";
const EMPTY = "empty maps and lists, which the real server tells from none until it stores them";

/** How many answers may differ at most, by kind, and why. A kind that isn't here has none. */
const DIFFERING: Readonly<Record<string, readonly [number, string]>> = {
  persistentvolumes: [2, "a label of nodes that is no beta one may not become one; " + EMPTY],
  validatingwebhookconfigurations: [34, OWN_WORK],
  mutatingwebhookconfigurations: [7, OWN_WORK],
  validatingadmissionpolicies: [14, OWN_WORK],
  validatingadmissionpolicybindings: [6, OWN_WORK],
  mutatingadmissionpolicies: [7, OWN_WORK],
  mutatingadmissionpolicybindings: [2, OWN_WORK],
  apiservices: [17, OWN_WORK],
  flowschemas: [16, OWN_WORK],
  prioritylevelconfigurations: [16, OWN_WORK],
  deviceclasses: [15, OWN_WORK],
  resourceclaims: [15, OWN_WORK],
  resourceclaimtemplates: [7, OWN_WORK],
  resourceslices: [14, OWN_WORK],
  csidrivers: [12, OWN_WORK],
  csinodes: [11, OWN_WORK],
  csistoragecapacities: [7, OWN_WORK],
  volumeattributesclasses: [12, OWN_WORK],
  volumeattachments: [8, OWN_WORK],
  runtimeclasses: [1, "finalizers without a domain are taken"],
  ipaddresses: [6, OWN_WORK],
  servicecidrs: [5, OWN_WORK],
  events: [32, "refusals of new events name the group that they are not stored in; " + METADATA],
  ingresses: [2, EMPTY],
  horizontalpodautoscalers: [1, EMPTY],
  pods: [2, ADMISSION],
  customresourcedefinitions: [8, "CEL rules are kept, not compiled; " + EMPTY],
  jobs: [6, EMPTY + "; " + METADATA],
  limitranges: [5, "quantities are shown as they are written; " + METADATA],
  leases: [1, METADATA],
  clusterroles: [1, EMPTY],
  statefulsets: [3, EMPTY],
  deployments: [2, EMPTY],
  replicasets: [2, EMPTY],
  daemonsets: [2, EMPTY],
  replicationcontrollers: [1, EMPTY],
  endpointslices: [1, EMPTY],
  resourcequotas: [1, EMPTY],
  controllerrevisions: [1, "data that is taken away counts as missing too"],
};

/** A JSON patch that leads to no object of the kind: refused by both, as 422 there and as 400 here. */
function isUndecodable({ theirs }: Replayed): boolean {
  return JSON.stringify(theirs).includes('"field":"patch"');
}

Deno.test("broken objects and broken changes are refused in the real server's words", async () => {
  const results = await replay();
  assert.ok(results.length > 4_700);
  const differing = results.filter((result) => !result.same && !isUndecodable(result));
  const byKind = Map.groupBy(differing, ({ path }) => path.slice(path.lastIndexOf("/") + 1));
  for (const [kind, list] of byKind) {
    const [most] = DIFFERING[kind] ?? [0];
    const shown = list.slice(0, 3).map(({ at, ours }) =>
      `${JSON.stringify(at.patch)}: ${ours.message ?? "taken"}`
    );
    assert.ok(
      list.length <= most,
      `${kind}: ${list.length} answers differ, not ${most}\n${shown.join("\n")}`,
    );
  }
});
