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
  addressErrors,
  alignClusterIps,
  fillFamilies,
  keepAllocated,
} from "../registry/kinds/service_addresses.ts";
import { dnsLabel } from "../registry/metadata_validation.ts";
import { type JsonObject, listOf, mapOf, metaOf, parsed, textOf, textsOf } from "../registry/object.ts";
import type { Change } from "../registry/resource_store.ts";
import type { FieldError } from "../validation/field_error.ts";
import { type ControllerHost, deleteQuietly, SELF } from "./host.ts";
import { NodePorts, nodePortsOf } from "./node_ports.ts";

/** Cluster IPs are 10.96.0.0/16 without its ends. */
const IP_PREFIX = "10.96.";
/** Random tries before the range counts as full. */
const TRIES = 10_000;
const SERVICE = { group: "", kind: "Service" };

interface Dry {
  /** Nothing is taken. */
  readonly dryRun: boolean;
}

export class ServiceAddresses {
  readonly #host: ControllerHost;
  readonly #ports: NodePorts;

  constructor(host: ControllerHost) {
    this.#host = host;
    this.#ports = new NodePorts(host.storage);
  }

  /**
   * Gives a service what it lacks and takes what it names; `old`: what an update starts from. Throws 422 for what is
   * no address, for what the cluster is not set up for, and for what another service has.
   */
  async allocate(service: JsonObject, old: JsonObject | undefined, { dryRun }: Dry): Promise<void> {
    const [spec, before] = [mapOf(service, "spec"), mapOf(old, "spec")];
    if (!spec) return;
    if (before) keepAllocated(spec, before);
    alignClusterIps(spec, before);
    const name = textOf(metaOf(service), "name");
    this.#refuse(name, addressErrors(service));
    this.#refuse(name, fillFamilies(spec));
    // nothing is taken for a service that can't be: validation tells why
    const takesNothing = dryRun || dnsLabel(name, false).length > 0;
    const had = before?.type === "ExternalName" ? [] : textsOf(before, "clusterIPs");
    if (spec.type !== "ExternalName" && had.length === 0) await this.#clusterIp(service, spec, takesNothing);
    const external = spec.type === "NodePort" || spec.type === "LoadBalancer";
    if (external) await this.#ports.allocate(service, old && nodePortsOf(old), takesNothing);
  }

  #refuse(name: string, errors: readonly FieldError[]): void {
    if (errors.length > 0) throw invalid(SERVICE, name, errors);
  }

  async #clusterIp(service: JsonObject, spec: JsonObject, dryRun: boolean): Promise<void> {
    const wanted = textOf(spec, "clusterIP");
    // nothing is taken for a service that is there already
    if (wanted === "" && !dryRun && await this.#isOther(service)) {
      throw alreadyExists({ group: "", plural: "services" }, textOf(metaOf(service), "name"));
    }
    if (wanted === "") spec.clusterIP = await this.#anyIp(service, dryRun);
    else if (wanted !== "None") await this.#thisIp(service, wanted, dryRun);
    if (listOf(spec, "clusterIPs").length === 0) spec.clusterIPs = [spec.clusterIP!];
  }

  /** Gives back what a service holds, but what `kept` has. */
  async release(service: JsonObject, kept?: JsonObject): Promise<void> {
    const stays = new Set(textsOf(mapOf(kept, "spec"), "clusterIPs"));
    for (const ip of textsOf(mapOf(service, "spec"), "clusterIPs")) {
      if (ip !== "None" && !stays.has(ip)) await this.#freeIp(service, ip);
    }
    await this.#ports.release(service, nodePortsOf(kept));
  }

  /** After a write of this process. */
  async changed(change: Change): Promise<void> {
    // its object is parsed when it is asked for: not of every write
    if (change.resource.storageName !== "services") return;
    if (change.type === "deleted") await this.release(change.object);
    else if (change.previous !== undefined) {
      const previous = parsed({ value: change.previous, uid: change.uid, revision: 0 });
      await this.release(previous, change.object);
    }
  }

  /** Takes what the services of an older store hold. */
  async repair(): Promise<void> {
    for (const item of (await this.#host.storage.list({ resource: "services" })).items) {
      const service = parsed(item);
      for (const ip of textsOf(mapOf(service, "spec"), "clusterIPs")) {
        if (ip.startsWith(IP_PREFIX)) await this.#takeIp(service, ip);
      }
      for (const port of nodePortsOf(service)) await this.#ports.take(service, port);
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
    throw new ApiError(
      500,
      "InternalError",
      "Internal error occurred: failed to allocate a serviceIP: range is full",
    );
  }

  async #thisIp(service: JsonObject, ip: string, dryRun: boolean): Promise<void> {
    // the real server's dry run says it in other words
    const outside = dryRun
      ? `the provided IP (${ip}) is not in the valid range. The range of valid IPs is ${IP_PREFIX}0.0/16`
      : "the provided network does not match the current range";
    const because = !ip.startsWith(IP_PREFIX)
      ? outside
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

  async #isOther(service: JsonObject): Promise<boolean> {
    const live = await this.#live(service);
    return live !== undefined && live.uid !== metaOf(service).uid;
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
}

function random(below: number): number {
  return Math.floor(Math.random() * below);
}
