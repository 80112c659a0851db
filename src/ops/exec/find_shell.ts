/** A shell that a container has. */
import { OrkaError } from "../../base/mod.ts";
import type { Client } from "../../client/mod.ts";
import { type ExecSpec, openExec } from "./exec.ts";
import { isMissingProgram } from "./remote_exit.ts";

const ASK = "command -v bash || command -v ash || command -v sh";
/** Who is asked; the last is where debug images keep theirs. */
const ASKED = ["sh", "bash", "/busybox/sh"];

/** The path of the best: bash, ash, sh. Throws OrkaError `not-found` for a container without one. */
export async function findShell(
  client: Client,
  spec: Omit<ExecSpec, "command">,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<string> {
  for (const shell of ASKED) {
    try {
      const session = await openExec(client, { ...spec, command: [shell, "-c", ASK] }, { signal });
      const [said] = await Promise.all([
        new Response(session.stdout).text(),
        new Response(session.stderr).text(),
      ]);
      const { code } = await session.exit;
      return code === 0 && said.trim() !== "" ? said.trim() : shell;
    } catch (error) {
      if (!isMissingProgram(error)) throw error;
    }
  }
  const where = spec.container === undefined ? `pod "${spec.pod}"` : `container "${spec.container}"`;
  throw new OrkaError("not-found", `${where} has no shell`, {
    hint: `orka debug ${spec.pod} --image=busybox -it brings a container with tools of its own into the pod.`,
  });
}
