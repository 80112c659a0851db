/** The kubeconfig of an embedded cluster. */
import { writeYaml } from "../../kube/mod.ts";
import type { Certificates } from "./certificates.ts";

export interface KubeconfigOptions {
  /** Of cluster, user and context. */
  readonly name: string;
  /** `https://127.0.0.1:6443` */
  readonly server: string;
  /** Absent for plain HTTP. */
  readonly certificates?: Certificates | undefined;
  /** For clients that can't use client certificates. */
  readonly token?: string | undefined;
}

/** A kubeconfig with one context, credentials inside: keep it to its owner. */
export function kubeconfigText({ name, server, certificates, token }: KubeconfigOptions): string {
  const data = (text: string) => new TextEncoder().encode(text).toBase64();
  const cluster = {
    server,
    ...(certificates ? { "certificate-authority-data": data(certificates.ca) } : {}),
  };
  const user = {
    ...(certificates
      ? {
        "client-certificate-data": data(certificates.admin),
        "client-key-data": data(certificates.adminKey),
      }
      : {}),
    ...(token === undefined ? {} : { token }),
  };
  return writeYaml({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: "default" } }],
    "current-context": name,
  });
}
