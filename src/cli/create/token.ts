/** `create token`: a token of a service account, printed and kept nowhere. */
import { queryPath } from "../../client/mod.ts";
import { EXIT, OrkaError } from "../../base/mod.ts";
import { parseGoDuration, resourcePath } from "../../kube/mod.ts";
import { openCluster } from "../cluster.ts";
import { readDryRun } from "../change/run_changes.ts";
import { type CliIo, note } from "../io.ts";
import type { Call } from "../parse.ts";
import { builtIn } from "./generator.ts";

const ACCOUNT = builtIn("v1", "ServiceAccount");

/** Throws OrkaError `usage` for anything but one name. Without --write the server only tries it: exit 3, no token. */
export async function createToken(io: CliIo, { flags, args }: Pick<Call, "flags" | "args">): Promise<number> {
  const [name] = args;
  if (args.length !== 1 || name === undefined) {
    throw new OrkaError("usage", `exactly one NAME is required, got ${args.length}`);
  }
  using cluster = await openCluster(io, flags, { changes: true });
  const isDryRun = readDryRun(flags.text("dry-run")) !== "none";
  const dryRun = isDryRun || !cluster.writes.isOpen;
  const path = resourcePath(ACCOUNT, { namespace: cluster.namespace, name, subresource: "token" });
  const kind = flags.text("bound-object-kind"), bound = flags.text("bound-object-name");
  if ((kind === undefined) !== (bound === undefined)) {
    throw new OrkaError("usage", "--bound-object-kind and --bound-object-name go together");
  }
  const uid = flags.text("bound-object-uid");
  const spec = {
    ...(flags.list("audience").length === 0 ? {} : { audiences: flags.list("audience") }),
    ...durationOf(flags.text("duration")),
    ...(kind === undefined
      ? {}
      : { boundObjectRef: { kind, apiVersion: "v1", name: bound, ...(uid ? { uid } : {}) } }),
  };
  const body = JSON.stringify({ apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec });
  const answer = await cluster.client.json(queryPath(path, { dryRun: dryRun ? "All" : undefined }), {
    method: "POST",
    body,
    headers: { "content-type": "application/json" },
    signal: io.signal,
  }) as { status?: { token?: string } };
  if (isDryRun) return EXIT.ok;
  if (dryRun) {
    await note(io, "No token was made: Orka is read-only. Add --write to do it.");
    return EXIT.readOnly;
  }
  const token = answer.status?.token;
  if (token === undefined) {
    throw new OrkaError("protocol", `the server gave no token for service account "${name}"`);
  }
  await io.stdout.write(`${token}\n`);
  return EXIT.ok;
}

function durationOf(text: string | undefined): object {
  if (text === undefined) return {};
  const ms = parseGoDuration(text);
  if (ms === null || ms <= 0) throw new OrkaError("usage", `invalid argument "${text}" for "--duration"`);
  return { expirationSeconds: Math.round(ms / 1000) };
}
