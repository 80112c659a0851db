/** `orka port-forward`: local ports that lead to a pod, and stay when it goes. */
import { EXIT, isCancelled, OrkaError } from "../../base/mod.ts";
import { type BoundPort, type ForwardEvent, type ForwardPort, startForward } from "../../ops/mod.ts";
import { openCluster } from "../cluster.ts";
import { type CliIo, note } from "../io.ts";
import { podTarget, podTimeoutMs } from "../remote/remote_target.ts";
import type { Command } from "../verbs.ts";

export const command: Command = async (io, { flags, args }) => {
  const [argument, ...words] = args;
  if (argument === undefined || words.length === 0) {
    throw new OrkaError("usage", "TYPE/NAME and list of ports are required for port-forward", {
      hint: "For example: orka port-forward svc/web 8080:80",
    });
  }
  const ports = words.map(parsePort);
  using cluster = await openCluster(io, flags);
  const teller = flags.on("json") ? jsonTeller(io) : lineTeller(io);
  const addresses = flags.list("address");
  const unheard = new AbortController();
  const forward = await startForward(cluster.client, {
    namespace: cluster.namespace,
    target: await podTarget(cluster, argument),
    ports,
    ...addresses.length === 0 ? {} : { addresses },
  }, {
    signal: AbortSignal.any([io.signal, unheard.signal]),
    clock: io.clock,
    podTimeoutMs: podTimeoutMs(flags),
    onEvent: (event) => void teller(event).catch((gone) => unheard.abort(gone)),
  });
  try {
    await forward.done;
  } catch (error) {
    if (!isCancelled(error)) throw error;
  }
  if (unheard.signal.aborted) throw unheard.signal.reason;
  return io.signal.aborted ? EXIT.interrupted : EXIT.ok;
};

/** `8080:80`, `:80`, `80`, `8080:http`, `http` (which local port then is any). Throws OrkaError `usage`. */
function parsePort(word: string): ForwardPort {
  const [first = "", second, ...more] = word.split(":");
  if (more.length > 0 || word === "" || second === "") throw badPort(word);
  const remote = portOrName(second ?? first, word);
  if (second === undefined) return { local: typeof remote === "number" ? remote : 0, remote };
  if (first === "") return { local: 0, remote };
  const local = portOrName(first, word);
  if (typeof local !== "number") throw badPort(word);
  return { local, remote };
}

function portOrName(text: string, word: string): number | string {
  if (/^\d+$/.test(text)) {
    const port = Number(text);
    if (port > 0 && port < 65_536) return port;
    throw badPort(word);
  }
  // https://www.rfc-editor.org/rfc/rfc6335#section-5.1, as Kubernetes takes the names of ports
  if (!/^(?=.*[a-z])[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(text)) throw badPort(word);
  return text;
}

function badPort(word: string): OrkaError {
  return new OrkaError("usage", `invalid port format '${word}': expected [LOCAL:]REMOTE`);
}

type Teller = (event: ForwardEvent) => Promise<void>;

/** kubectl's lines on stdout; what goes wrong on stderr. */
function lineTeller(io: CliIo): Teller {
  let hasBegun = false;
  const out = async (line: string) => {
    await io.stdout.write(`${line}\n`);
    await io.stdout.flush();
  };
  return async (event) => {
    switch (event.type) {
      case "ready":
        if (hasBegun) return await note(io, `Ready: connections go to pod ${event.pod}`);
        hasBegun = true;
        for (const port of event.ports) await out(`Forwarding from ${where(port)} -> ${port.remote}`);
        return;
      case "connection":
        return await out(`Handling connection for ${event.port.local}`);
      case "error":
        return await note(io, `Error: port ${event.port.local}: ${event.error.message}`);
      case "reconnecting":
        return await note(io, `Reconnecting: ${event.error.message}`);
      case "closed": // an error is told as the command's own
    }
  };
}

function where({ address, local }: BoundPort): string {
  return address.includes(":") ? `[${address}]:${local}` : `${address}:${local}`;
}

function jsonTeller(io: CliIo): Teller {
  return async (event) => {
    const { type, ...rest } = event;
    const error = "error" in rest && rest.error !== null
      ? { error: { code: rest.error.code, message: rest.error.message } }
      : {};
    const time = new Date(io.clock.now()).toISOString();
    const capital = type.slice(0, 1).toUpperCase() + type.slice(1);
    await io.stdout.write(`${JSON.stringify({ type: capital, time, ...rest, ...error })}\n`);
    await io.stdout.flush();
  };
}
