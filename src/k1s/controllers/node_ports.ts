/** Node ports of services: keys of the store that nothing serves, each made by the one service that has it. */
import { ApiError, invalid } from "../http/api_error.ts";
import { isObject, type Json, type JsonObject, listOf, mapOf, metaOf, textOf } from "../registry/object.ts";
import { isStorageError, type Storage } from "../storage/mod.ts";

const NODE_PORTS = "k1s.nodeports";
/** As the real server's default; a port is named by its number and protocol. */
const [FIRST_PORT, LAST_PORT] = [30_000, 32_767];
/** Random tries before the range counts as full. */
const TRIES = 10_000;
const TAKEN = "provided port is already allocated";

/** What one write takes: `had` are the numbers that the service has already. */
interface Taking {
  readonly service: JsonObject;
  readonly dryRun: boolean;
  readonly had: ReadonlySet<number>;
  readonly taken: Set<number>;
}

export class NodePorts {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /**
   * Gives a service's ports what they lack: in a new service, two protocols of one port have one number; `had` has an
   * updated one's. Throws 422.
   */
  async allocate(service: JsonObject, had: ReadonlySet<number> | undefined, dryRun: boolean): Promise<void> {
    const spec = mapOf(service, "spec");
    const ports = listOf(spec, "ports").filter(isObject);
    const allocates = spec?.type === "NodePort" ||
      spec?.type === "LoadBalancer" && spec.allocateLoadBalancerNodePorts !== false;
    const taking: Taking = { service, dryRun, had: had ?? new Set(), taken: new Set() };
    const byPort = new Map<unknown, number>();
    for (const [at, port] of ports.entries()) {
      const wanted = nodePortOf(port);
      if (wanted === 0 && !allocates) continue;
      const shared = had ? undefined : byPort.get(port.port);
      if (shared !== undefined && (wanted === 0 || wanted === shared)) {
        port.nodePort = shared;
        continue;
      }
      const asked = wanted || (had ? 0 : askedFor(ports, port.port));
      if (asked === 0) port.nodePort = await this.#any(taking);
      else await this.#this(taking, at, port.nodePort = asked);
      if (shared === undefined) byPort.set(port.port, Number(port.nodePort));
    }
  }

  /** A dry run tells numbers that no port can have, as the real server's. */
  async #any({ service, dryRun, taken }: Taking): Promise<number> {
    if (dryRun) {
      const next = Math.max(LAST_PORT! + 1, ...taken) + 1;
      taken.add(next);
      return next;
    }
    for (let tries = 0; tries < TRIES; tries++) {
      const port = FIRST_PORT! + Math.floor(Math.random() * (LAST_PORT! - FIRST_PORT! + 1));
      if (!await this.take(service, port)) continue;
      taken.add(port);
      return port;
    }
    throw new ApiError(
      500,
      "InternalError",
      "Internal error occurred: failed to allocate a nodePort: range is full",
    );
  }

  async #this({ service, dryRun, had, taken }: Taking, at: number, port: number): Promise<void> {
    if (had.has(port)) return;
    const problem = taken.has(port) ? TAKEN : await this.#problem(service, port, dryRun);
    if (problem !== undefined) {
      throw invalid({ group: "", kind: "Service" }, textOf(metaOf(service), "name"), [
        { type: "invalid", field: `spec.ports[${at}].nodePort`, value: port, detail: problem },
      ]);
    }
    taken.add(port);
  }

  /** A dry run does not ask for the range, as the real server's. */
  async #problem(service: JsonObject, port: number, dryRun: boolean): Promise<string | undefined> {
    if (dryRun) return await this.#storage.find(portKey(port)) ? TAKEN : undefined;
    if (port < FIRST_PORT! || port > LAST_PORT!) {
      return `provided port is not in the valid range. The range of valid ports is ${FIRST_PORT}-${LAST_PORT}`;
    }
    return await this.take(service, port) ? undefined : TAKEN;
  }

  /** False where another service has it. */
  async take(service: JsonObject, port: number): Promise<boolean> {
    const uid = textOf(metaOf(service), "uid");
    const { name, namespace } = metaOf(service);
    try {
      const value = JSON.stringify({ service: `${namespace}/${name}` });
      await this.#storage.create(portKey(port), { value, uid });
      return true;
    } catch (error) {
      if (isStorageError(error, "exists")) return error.current?.uid === uid;
      throw error;
    }
  }

  /** Gives back what the service has and does not `keep`. */
  async release(service: JsonObject, keep: ReadonlySet<number>): Promise<void> {
    const uid = textOf(metaOf(service), "uid");
    for (const port of nodePortsOf(service)) {
      if (keep.has(port)) continue;
      try {
        await this.#storage.delete(portKey(port), { preconditions: { uid } });
      } catch (error) {
        if (!isStorageError(error, "not-found", "conflict")) throw error;
      }
    }
  }
}

function nodePortOf(port: JsonObject | undefined): number {
  return typeof port?.nodePort === "number" ? port.nodePort : 0;
}

/** The number that any protocol of a port asks for; 0: none. */
function askedFor(ports: readonly JsonObject[], port: Json | undefined): number {
  return ports.filter((other) => other.port === port).map(nodePortOf).find((number) => number > 0) ?? 0;
}

/** The numbers that a service has. */
export function nodePortsOf(service: JsonObject | undefined): Set<number> {
  const ports = listOf(mapOf(service, "spec"), "ports").filter(isObject);
  return new Set(ports.map(nodePortOf).filter((port) => port > 0));
}

function portKey(port: number) {
  return { resource: NODE_PORTS, namespace: "", name: String(port) };
}
