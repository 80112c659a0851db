/**
 * client-go credential plugins, run directly: the field's client would cost every command 120-280 ms to load.
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
import { OrkaError } from "../base/mod.ts";
import { type Fields, flagField, listField, mapField, textField } from "./config_file.ts";
import type { Connection } from "./connection.ts";
import type { CredentialOptions, ExecAnswer } from "./credentials.ts";
import { resolvePath } from "./kubeconfig.ts";

/** A token is asked for anew this long before it expires, so that it does not expire on its way. */
const SPARE_MS = 10_000;

const API_VERSION = /^client\.authentication\.k8s\.io\/(v1|v1beta1|v1alpha1)$/;

/** Runs the user's plugin. Throws `kubeconfig` for a wrong set-up, `unauthorized` when the plugin fails. */
export async function runExecPlugin(connection: Connection, options: CredentialOptions): Promise<ExecAnswer> {
  const exec = connection.user.exec!;
  const command = commandOf(exec, connection);
  const version = textField(exec, "apiVersion");
  if (!API_VERSION.test(version)) {
    throw new OrkaError("kubeconfig", `exec plugin ${command}: unknown apiVersion "${version}"`);
  }
  if (textField(exec, "interactiveMode") === "Always") {
    throw new OrkaError("kubeconfig", `exec plugin ${command} must be run interactively`, {
      hint: "sign in with it on a terminal first",
    });
  }
  const { code, stdout, stderr } = await runCommand(command, exec, { connection, options, version });
  if (code !== 0) {
    const said = stderr.trim().split("\n").slice(-3).join("; ");
    throw new OrkaError(
      "unauthorized",
      `exec plugin ${command} failed with exit code ${code}${said && `: ${said}`}`,
    );
  }
  return readAnswer(stdout, command);
}

/** A bare name is looked up on PATH; one with a slash is relative to its kubeconfig. */
function commandOf(exec: Fields, connection: Connection): string {
  const command = textField(exec, "command");
  if (command === "") {
    throw new OrkaError("kubeconfig", `user "${connection.user.name}" has an exec plugin without a command`);
  }
  return /[\\/]/.test(command) ? resolvePath(command, connection.user.dir) : command;
}

async function runCommand(
  command: string,
  exec: Fields,
  { connection, options, version }: { connection: Connection; options: CredentialOptions; version: string },
): Promise<{ code: number; stdout: string; stderr: string }> {
  const env: Record<string, string> = { KUBERNETES_EXEC_INFO: execInfo(connection, exec, version) };
  for (const pair of listField(exec, "env")) {
    env[textField(pair as Fields, "name")] = textField(pair as Fields, "value");
  }
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(command, {
      args: listField(exec, "args").map(String),
      env,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      ...(options.signal ? { signal: options.signal } : {}),
    }).spawn();
  } catch (cause) {
    const missing = cause instanceof Deno.errors.NotFound;
    const why = missing ? "executable not found" : String(cause);
    throw new OrkaError("kubeconfig", `exec plugin ${command}: ${why}`, {
      cause,
      hint: textField(exec, "installHint") || undefined,
    });
  }
  const [status, stdout, stderr] = await Promise.all([
    child.status,
    new Response(child.stdout).text(),
    gather(child.stderr, options.onPluginOutput),
  ]);
  options.signal?.throwIfAborted();
  return { code: status.code, stdout, stderr };
}

async function gather(
  stream: ReadableStream<Uint8Array>,
  onText: ((text: string) => void) | undefined,
): Promise<string> {
  const decoder = new TextDecoder();
  let all = "";
  for await (const chunk of stream) {
    const text = decoder.decode(chunk, { stream: true });
    all = (all + text).slice(-8192);
    onText?.(text);
  }
  return all;
}

function execInfo({ server }: Connection, exec: Fields, apiVersion: string): string {
  const spec: Record<string, unknown> = { interactive: false };
  if (flagField(exec, "provideClusterInfo")) {
    spec["cluster"] = {
      server: server.server,
      ...(server.serverName === "" ? {} : { "tls-server-name": server.serverName }),
      ...(server.skipVerify ? { "insecure-skip-tls-verify": true } : {}),
      ...(server.ca === null ? {} : { "certificate-authority-data": btoa(server.ca) }),
      ...(server.proxyUrl === "" ? {} : { "proxy-url": server.proxyUrl }),
    };
  }
  return JSON.stringify({ kind: "ExecCredential", apiVersion, spec });
}

function readAnswer(stdout: string, command: string): ExecAnswer {
  let status: Fields | undefined;
  try {
    status = mapField(JSON.parse(stdout), "status");
  } catch (cause) {
    throw new OrkaError("unauthorized", `exec plugin ${command} wrote no JSON`, { cause });
  }
  const token = textField(status, "token");
  const cert = textField(status, "clientCertificateData");
  const key = textField(status, "clientKeyData");
  if (token === "" && (cert === "" || key === "")) {
    throw new OrkaError("unauthorized", `exec plugin ${command} gave neither a token nor a certificate`);
  }
  const expires = Date.parse(textField(status, "expirationTimestamp"));
  return {
    token,
    identity: cert !== "" && key !== "" ? { cert, key } : null,
    expiresMs: Number.isNaN(expires) ? Infinity : expires - SPARE_MS,
  };
}
