/** What creating an object takes from the rest of the cluster: addresses of services, a pod's account and tolerations. */
import { ApiError } from "../http/api_error.ts";
import type { Storage } from "../storage/mod.ts";
import type { RegisteredResource } from "./catalog.ts";
import { assign, isObject, type JsonObject, listOf, mapOf, metaOf, textOf, textsOf } from "./object.ts";

/** Cluster IPs are 10.96.0.0/16 without its ends; node ports as the real server's default. */
const IP_PREFIX = "10.96";
const [FIRST_PORT, LAST_PORT] = [30_000, 32_767];
/** Random tries before the range counts as full. */
const TRIES = 10_000;

export class Admission {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  async admit({ storageName }: RegisteredResource, object: JsonObject): Promise<void> {
    if (storageName === "services") await this.#service(object);
    else if (storageName === "pods") await this.#pod(object);
  }

  async #service(object: JsonObject): Promise<void> {
    const spec = mapOf(object, "spec");
    if (!spec || spec.type === "ExternalName") return;
    const { ips, ports } = await this.#taken();
    if (textOf(spec, "clusterIP") === "") spec.clusterIP = pick(randomIp, ips, "an IP");
    assign(spec, "clusterIPs", listOf(spec, "clusterIPs").length > 0 ? spec.clusterIPs : [spec.clusterIP!]);
    // a headless service without a selector may be of any family: its endpoints are its owner's to say
    const isOpen = spec.clusterIP === "None" && spec.selector === undefined;
    spec.ipFamilies ??= isOpen ? ["IPv4", "IPv6"] : ["IPv4"];
    spec.ipFamilyPolicy ??= isOpen ? "RequireDualStack" : "SingleStack";
    const wantsPorts = spec.type === "NodePort" ||
      spec.type === "LoadBalancer" && spec.allocateLoadBalancerNodePorts !== false;
    for (const port of wantsPorts ? listOf(spec, "ports").filter(isObject) : []) {
      if (typeof port.nodePort === "number" && port.nodePort > 0) continue;
      port.nodePort = pick(randomPort, ports, "a node port");
      ports.add(port.nodePort);
    }
  }

  /** Read afresh each time: other processes allocate from the same store. */
  async #taken(): Promise<{ ips: Set<string>; ports: Set<number> }> {
    const ips = new Set<string>();
    const ports = new Set<number>();
    for (const { value } of (await this.#storage.list({ resource: "services" })).items) {
      const spec = mapOf(JSON.parse(value), "spec");
      for (const ip of textsOf(spec, "clusterIPs")) ips.add(ip);
      for (const port of listOf(spec, "ports").filter(isObject)) {
        if (typeof port.nodePort === "number") ports.add(port.nodePort);
      }
    }
    return { ips, ports };
  }

  async #pod(object: JsonObject): Promise<void> {
    const spec = mapOf(object, "spec");
    if (!spec) return;
    const { name, namespace } = metaOf(object);
    if (textOf(spec, "serviceAccountName") === "") spec.serviceAccountName = "default";
    spec.serviceAccount = spec.serviceAccountName!;
    const account = {
      resource: "serviceaccounts",
      namespace: String(namespace),
      name: String(spec.serviceAccountName),
    };
    if (!await this.#storage.find(account)) {
      throw new ApiError(
        403,
        "Forbidden",
        `pods "${
          String(name)
        }" is forbidden: error looking up service account ${account.namespace}/${account.name}: ` +
          `serviceaccount "${account.name}" not found`,
        { details: { name: String(name), kind: "pods" } },
      );
    }
    spec.priority ??= 0;
    spec.preemptionPolicy ??= "PreemptLowerPriority";
    spec.tolerations = tolerations(listOf(spec, "tolerations").filter(isObject));
  }
}

/** Pods stay on a lost node for five minutes, unless they say otherwise. */
function tolerations(given: readonly JsonObject[]): JsonObject[] {
  const result = [...given];
  for (const key of ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]) {
    const tolerated = given.some((toleration) =>
      (toleration.key === key || toleration.key === undefined && toleration.operator === "Exists") &&
      (toleration.effect === "NoExecute" || toleration.effect === undefined)
    );
    if (!tolerated) result.push({ key, operator: "Exists", effect: "NoExecute", tolerationSeconds: 300 });
  }
  return result;
}

function randomIp(): string {
  return `${IP_PREFIX}.${Math.floor(Math.random() * 256)}.${1 + Math.floor(Math.random() * 254)}`;
}

function randomPort(): number {
  return FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT + 1));
}

function pick<T>(random: () => T, taken: ReadonlySet<T>, what: string): T {
  for (let tries = 0; tries < TRIES; tries++) {
    const candidate = random();
    if (!taken.has(candidate)) return candidate;
  }
  throw new ApiError(
    500,
    "InternalError",
    `Internal error occurred: failed to allocate ${what}: range is full`,
  );
}
