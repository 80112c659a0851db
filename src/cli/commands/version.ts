import { EXIT, OrkaError } from "../../base/mod.ts";
import { writeJson, writeYaml } from "../../kube/mod.ts";
import type { CliIo } from "../io.ts";
import { failureText } from "../failure.ts";
import type { Call } from "../parse.ts";
import type { Command } from "../verbs.ts";
import { VERSION } from "../version.ts";

/** The server is asked for so long, ms: a version must not hang. */
const SERVER_TIMEOUT_MS = 5_000;

/** `orka version [--client] [-o json|yaml]`. */
export const command: Command = async (io, { flags, args }) => {
  if (args.length > 0) throw new OrkaError("usage", `extra arguments: ${args.join(" ")}`);
  const output = flags.text("output") ?? "";
  if (output !== "" && output !== "json" && output !== "yaml") {
    throw new OrkaError("usage", `--output must be 'yaml' or 'json', not '${output}'`);
  }
  const client = {
    version: VERSION,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    platform: Deno.build.target,
  };
  const server = flags.on("client") ? null : await serverVersion(io, { flags, args, verb: null });
  const shown = server?.answer === undefined
    ? { clientVersion: client }
    : { clientVersion: client, serverVersion: server.answer };
  if (output === "json") await io.stdout.write(`${writeJson(shown, { indent: 2 })}\n`);
  else if (output === "yaml") await io.stdout.write(writeYaml(shown));
  else {
    await io.stdout.write(`Client Version: v${VERSION}\n`);
    if (server?.answer !== undefined) {
      await io.stdout.write(`Server Version: ${server.answer["gitVersion"]}\n`);
    }
  }
  if (server === null || server.failure === undefined) return EXIT.ok;
  await io.stdout.flush();
  await io.stderr.write(failureText(server.failure));
  return EXIT.error;
};

interface Answer {
  readonly answer?: Readonly<Record<string, unknown>>;
  readonly failure?: OrkaError;
}

async function serverVersion(io: CliIo, { flags }: Call): Promise<Answer> {
  try {
    const { openCluster } = await import("../cluster.ts");
    using cluster = await openCluster(io, flags);
    const timeoutMs = flags.given("request-timeout") ? undefined : SERVER_TIMEOUT_MS;
    const answer = await cluster.client.json("/version", { signal: io.signal, timeoutMs });
    return { answer: answer as Readonly<Record<string, unknown>> };
  } catch (failure) {
    if (failure instanceof OrkaError) return { failure };
    throw failure;
  }
}
