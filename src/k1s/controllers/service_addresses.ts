/**
 * Cluster IPs and node ports: each is taken by creating an object that only one can create, so no two services have
 * the same one, whatever processes make them. Cluster IPs are IPAddress objects, as the real server keeps them; node
 * ports are keys of the store that nothing serves.
 *
 * What a creation took and did not come to use is given back. A process that is killed between the two leaves an
 * address that nobody uses: one of 65,000.
 */
import { alreadyExists, ApiError, invalid } from "../http/api_error.ts";
import {
  assign,
  isObject,
  type JsonObject,
  listOf,
  mapOf,
  metaOf,
  parsed,
  textOf,
  textsOf,
} from "../registry/object.ts";
import type { Change } from "../registry/resource_store.ts";
import { isStorageError } from "../storage/mod.ts";
import { type ControllerHost, deleteQuietly, SELF } from "./host.ts";

/** Cluster IPs are 10.96.0.0/16 without its ends; node ports as the real server's default. */
const IP_PREFIX = "10.96.";
const [FIRST_PORT, LAST_PORT] = [30_000, 32_767];
/** Random tries before the range counts as full. */
const TRIES = 10_000;
const SERVICE = { group: "", kind: "Service" };
const NODE_PORTS = "k1s.nodeports";

export class ServiceAddresses {
  readonly #host: ControllerHost;

  constructor(host: ControllerHost) {
    this.#host = host;
  }

  /** Gives a new service what it lacks and takes what it names. Throws 422 for what another one has. */
  async allocate(service: JsonObject, { dryRun }: { readonly dryRun: boolean }): Promise<void> {
    const spec = mapOf(service, "spec");
    if (!spec || spec.type === "ExternalName") return;
    if (textOf(spec, "clusterIP") === "") spec.clusterIP = textsOf(spec, "clusterIPs")[0] ?? "";
    const wanted = textOf(spec, "clusterIP");
    // nothing is taken for a service that is there already
    if (wanted === "" && await this.#live(service)) {
      throw alreadyExists({ group: "", plural: "services" }, textOf(metaOf(service), "name"));
    }
    if (wanted === "") spec.clusterIP = await this.#anyIp(service, dryRun);
    else if (wanted !== "None") await this.#thisIp(service, wanted, dryRun);
    assign(spec, "clusterIPs", listOf(spec, "clusterIPs").length > 0 ? spec.clusterIPs : [spec.clusterIP!]);
    const wantsPorts = spec.type === "NodePort" ||
      spec.type === "LoadBalancer" && spec.allocateLoadBalancerNodePorts !== false;
    for (const [at, port] of (wantsPorts ? listOf(spec, "ports").filter(isObject) : []).entries()) {
      if (typeof port.nodePort === "number" && port.nodePort > 0) await this.#thisPort(service, at, dryRun);
      else port.nodePort = await this.#anyPort(service, dryRun);
    }
  }

  /** Gives back what a service holds. */
  async release(service: JsonObject): Promise<void> {
    const spec = mapOf(service, "spec");
    for (const ip of textsOf(spec, "clusterIPs").filter((ip) => ip !== "None")) {
      await this.#freeIp(service, ip);
    }
    for (const port of listOf(spec, "ports").filter(isObject)) {
      if (typeof port.nodePort === "number") await this.#freePort(service, port.nodePort);
    }
  }

  /** After a write of this process. */
  async changed(change: Change): Promise<void> {
    // its object is parsed when it is asked for: not of every write
    if (change.type === "deleted" && change.resource.storageName === "services") {
      await this.release(change.object);
    }
  }

  /** Takes what the services of an older store hold. */
  async repair(): Promise<void> {
    for (const item of (await this.#host.storage.list({ resource: "services" })).items) {
      const service = parsed(item);
      for (const ip of textsOf(mapOf(service, "spec"), "clusterIPs")) {
        if (ip.startsWith(IP_PREFIX)) await this.#takeIp(service, ip);
      }
      for (const port of listOf(mapOf(service, "spec"), "ports").filter(isObject)) {
        if (typeof port.nodePort === "number") await this.#takePort(service, port.nodePort);
      }
    }
  }

  async #anyIp(service: JsonObject, dryRun: boolean): Promise<string> {
    for (let tries = 0; tries < TRIES; tries++) {
      const ip = `${IP_PREFIX}${random(256)}.${1 + random(254)}`;
      if (
        dryRun ? !await this.#addresses.find({ namespace: "", name: ip }) : await this.#takeIp(service, ip)
      ) {
        return ip;
      }
    }
    throw rangeIsFull("an IP");
  }

  async #thisIp(service: JsonObject, ip: string, dryRun: boolean): Promise<void> {
    const because = !ip.startsWith(IP_PREFIX)
      ? "the provided network does not match the current range"
      : await (dryRun
          ? this.#addresses.find({ namespace: "", name: ip }).then((found) => !found)
          : this.#takeIp(service, ip))
      ? undefined
      : "provided IP is already allocated";
    if (because === undefined) return;
    const detail = `failed to allocate IP ${ip}: ${because}`;
    throw invalid(SERVICE, textOf(metaOf(service), "name"), [
      { type: "invalid", field: "spec.clusterIPs", value: [ip], detail },
    ]);
  }

  get #addresses() {
    return this.#host.builtin("networking.k8s.io", "v1", "ipaddresses");
  }

  async #takeIp(service: JsonObject, ip: string): Promise<boolean> {
    const { name, namespace } = metaOf(service);
    try {
      await this.#addresses.create("", {
        metadata: {
          name: ip,
          labels: {
            "ipaddress.kubernetes.io/ip-family": "IPv4",
            "ipaddress.kubernetes.io/managed-by": "ipallocator.k8s.io",
          },
        },
        spec: { parentRef: { name: name!, namespace: namespace!, resource: "services" } },
      }, SELF);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError) || error.reason !== "AlreadyExists") throw error;
      return await this.#isLeftOver(service, ip);
    }
  }

  /** Taken for a service of this name by a process that was killed before it made the service. */
  async #isLeftOver(service: JsonObject, ip: string): Promise<boolean> {
    return await this.#isParent(service, ip) && !await this.#live(service);
  }

  async #isParent(service: JsonObject, ip: string): Promise<boolean> {
    const stored = await this.#addresses.find({ namespace: "", name: ip });
    const parent = mapOf(mapOf(stored && parsed(stored), "spec"), "parentRef");
    const { name, namespace } = metaOf(service);
    return parent?.name === name && parent?.namespace === namespace;
  }

  async #live(service: JsonObject) {
    const { name, namespace } = metaOf(service);
    return await this.#host.storage.find({
      resource: "services",
      namespace: String(namespace),
      name: String(name),
    });
  }

  async #freeIp(service: JsonObject, ip: string): Promise<void> {
    if (!await this.#isParent(service, ip)) return;
    const live = await this.#live(service);
    // another service of the same name, made first or made since, has it
    if (live && live.uid !== metaOf(service).uid && live.value.includes(`"${ip}"`)) return;
    await deleteQuietly(this.#host, this.#addresses, { name: { namespace: "", name: ip } });
  }

  async #anyPort(service: JsonObject, dryRun: boolean): Promise<number> {
    for (let tries = 0; tries < TRIES; tries++) {
      const port = FIRST_PORT! + random(LAST_PORT! - FIRST_PORT! + 1);
      if (dryRun ? !await this.#host.storage.find(portKey(port)) : await this.#takePort(service, port)) {
        return port;
      }
    }
    throw rangeIsFull("a node port");
  }

  async #thisPort(service: JsonObject, at: number, dryRun: boolean): Promise<void> {
    const { nodePort } = listOf(mapOf(service, "spec"), "ports").filter(isObject)[at]!;
    const port = Number(nodePort);
    if (dryRun ? !await this.#host.storage.find(portKey(port)) : await this.#takePort(service, port)) return;
    throw invalid(SERVICE, textOf(metaOf(service), "name"), [
      {
        type: "invalid",
        field: `spec.ports[${at}].nodePort`,
        value: port,
        detail: "provided port is already allocated",
      },
    ]);
  }

  async #takePort(service: JsonObject, port: number): Promise<boolean> {
    const uid = textOf(metaOf(service), "uid");
    try {
      await this.#host.storage.create(portKey(port), {
        value: JSON.stringify({ service: ownerKey(service) }),
        uid,
      });
      return true;
    } catch (error) {
      // a service may name one port for two protocols
      if (isStorageError(error, "exists")) return error.current?.uid === uid;
      throw error;
    }
  }

  async #freePort(service: JsonObject, port: number): Promise<void> {
    try {
      await this.#host.storage.delete(portKey(port), {
        preconditions: { uid: textOf(metaOf(service), "uid") },
      });
    } catch (error) {
      if (!isStorageError(error, "not-found", "conflict")) throw error;
    }
  }
}

function portKey(port: number) {
  return { resource: NODE_PORTS, namespace: "", name: String(port) };
}

function ownerKey(service: JsonObject): string {
  return `${textOf(metaOf(service), "namespace")}/${textOf(metaOf(service), "name")}`;
}

function random(below: number): number {
  return Math.floor(Math.random() * below);
}

function rangeIsFull(what: string): ApiError {
  const message = `Internal error occurred: failed to allocate ${what}: range is full`;
  return new ApiError(500, "InternalError", message);
}
