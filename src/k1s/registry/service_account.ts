/**
 * What a new pod has from its service account, as the ServiceAccount admission plugin gives it: the account itself,
 * its token as a volume, and the secrets that images are pulled with.
 * https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/
 */
import type { Storage } from "../storage/mod.ts";
import { isObject, type JsonObject, listOf, mapOf, metaOf, textOf } from "./object.ts";
import { podForbidden } from "./pod_refusal.ts";
import { generatedName } from "./generated_name.ts";

const VOLUME_PREFIX = "kube-api-access-";
const MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";
/** An hour, and some seconds by which kubelets know a token that nobody asked for. */
const TOKEN_SECONDS = 3_607;
const MIRROR = "kubernetes.io/config.mirror";

/** Fills in a new pod's account and what comes with it. Throws 403. */
export async function setServiceAccount(storage: Storage, pod: JsonObject, spec: JsonObject): Promise<void> {
  if (mapOf(metaOf(pod), "annotations")?.[MIRROR] !== undefined) return checkMirror(pod, spec);
  if (textOf(spec, "serviceAccountName") === "") spec.serviceAccountName = "default";
  spec.serviceAccount = spec.serviceAccountName!;
  const account = await accountOf(storage, pod, textOf(spec, "serviceAccountName"));
  if ((spec.automountServiceAccountToken ?? account.automountServiceAccountToken) !== false) mountToken(spec);
  const secrets = listOf(account, "imagePullSecrets").filter(isObject);
  if (secrets.length > 0 && listOf(spec, "imagePullSecrets").length === 0) {
    spec.imagePullSecrets = secrets.map((secret) => ({ name: textOf(secret, "name") }));
  }
}

async function accountOf(storage: Storage, pod: JsonObject, name: string): Promise<JsonObject> {
  const namespace = textOf(metaOf(pod), "namespace");
  const stored = await storage.find({ resource: "serviceaccounts", namespace, name });
  if (stored) return JSON.parse(stored.value);
  const why = `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`;
  throw podForbidden(pod, why);
}

/** Every container sees the token, but for those that have something else mounted in its place. */
function mountToken(spec: JsonObject): void {
  const given = listOf(spec, "volumes");
  const known = given.filter(isObject).map((volume) => textOf(volume, "name")).find((name) =>
    name.startsWith(VOLUME_PREFIX)
  );
  const name = known ?? generatedName(VOLUME_PREFIX);
  let isNeeded = false;
  for (const container of [...listOf(spec, "initContainers"), ...listOf(spec, "containers")]) {
    if (!isObject(container)) continue;
    const mounts = listOf(container, "volumeMounts");
    if (mounts.some((mount) => isObject(mount) && mount.mountPath === MOUNT_PATH)) continue;
    container.volumeMounts = [...mounts, { name, readOnly: true, mountPath: MOUNT_PATH }];
    isNeeded = true;
  }
  if (isNeeded && known === undefined) spec.volumes = [...given, { name, projected: tokenSource() }];
}

/** Defaults have been applied before: this has its own. */
function tokenSource(): JsonObject {
  const [ca, namespace] = [{ key: "ca.crt", path: "ca.crt" }, "metadata.namespace"];
  const fieldRef = { apiVersion: "v1", fieldPath: namespace };
  return {
    sources: [
      { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: "token" } },
      { configMap: { name: "kube-root-ca.crt", items: [ca] } },
      { downwardAPI: { items: [{ path: "namespace", fieldRef }] } },
    ],
    defaultMode: 0o644,
  };
}

/** What a kubelet tells of pods that it runs by itself has no account and no secrets. */
function checkMirror(pod: JsonObject, spec: JsonObject): void {
  const name = textOf(spec, "serviceAccountName");
  if (name !== "") throw podForbidden(pod, "a mirror pod may not reference service accounts");
}
