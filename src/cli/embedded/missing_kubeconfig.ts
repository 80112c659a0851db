/** Whether there is anything to connect to, told without loading the client. */
import type { ConnectOptions } from "../../client/mod.ts";

/**
 * The kubeconfig files that were looked for, where none of them is there, no flag names a cluster and this is no pod;
 * null otherwise. A file that is there counts however broken it is.
 */
export function missingKubeconfig(
  connect: ConnectOptions,
  env: (name: string) => string | undefined = (name) => Deno.env.get(name),
): readonly string[] | null {
  const { kubeconfig, context, cluster, user, server } = connect;
  if (kubeconfig || context || cluster || user || server || env("KUBERNETES_SERVICE_HOST")) return null;
  const separator = Deno.build.os === "windows" ? ";" : ":";
  const listed = (env("KUBECONFIG") ?? "").split(separator).filter((file) => file !== "");
  const home = env("HOME") || env("USERPROFILE") || "";
  const files = listed.length > 0 ? listed : home === "" ? [] : [`${home}/.kube/config`];
  return files.every(isMissing) ? files : null;
}

/** What may not be looked at is there. */
function isMissing(file: string): boolean {
  try {
    Deno.statSync(file);
    return false;
  } catch (error) {
    return error instanceof Deno.errors.NotFound;
  }
}
