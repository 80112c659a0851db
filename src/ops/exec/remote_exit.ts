/** How a process in a container ended, from what the server says of it. */
import { type ErrorCode, OrkaError } from "../../base/mod.ts";
import type { Status } from "../../kube/mod.ts";

/** The process ran and ended. 128 and the signal's number when a signal ended it. */
export interface RemoteExit {
  readonly code: number;
}

/** The exit code of a Status; throws OrkaError for a process that never ran or was lost. */
export function exitOf(status: Partial<Status>): RemoteExit {
  if (status.status === "Success") return { code: 0 };
  const causes = Array.isArray(status.details?.causes) ? status.details.causes : [];
  if (status.reason === "NonZeroExitCode") {
    const code = Number(causes.find((cause) => cause?.reason === "ExitCode")?.message);
    if (Number.isInteger(code)) return { code };
  }
  const message = plainMessage(status.message ?? "");
  throw new OrkaError(codeOf(status, message), message || "the server did not say why the command failed", {
    status: status.code,
    reason: status.reason,
    hint: hintOf(message),
  });
}

/** Container runtimes wrap what matters: `… OCI runtime exec failed: …: exec: "bash": executable file not found in $PATH`. */
function plainMessage(message: string): string {
  const missing =
    /exec: ("[^"]*"): (executable file not found in \$PATH|stat [^:]*: no such file or directory)/;
  const found = missing.exec(message);
  if (found) return `${found[1]}: ${found[2]!.startsWith("exec") ? "not found in the container" : found[2]}`;
  return message.trim();
}

/** Whether the container has no such program. */
export function isMissingProgram(error: unknown): boolean {
  return error instanceof OrkaError &&
    /not found in the container|executable file not found|no such file or directory/.test(error.message);
}

function codeOf(status: Partial<Status>, message: string): ErrorCode {
  if (status.code === 404 || /container not found|not found in the container/.test(message)) {
    return "not-found";
  }
  return status.code !== undefined && status.code < 500 ? "invalid" : "server";
}

function hintOf(message: string): string | undefined {
  return /not found in the container|no such file or directory/.test(message)
    ? "orka debug brings a container with tools of its own into the pod."
    : undefined;
}
