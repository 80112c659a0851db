/** What creating an object takes from the rest of the cluster: addresses of services, a pod's account and tolerations. */
import { type User, userInfo } from "../auth/user.ts";
import type { ControllerHost } from "../controllers/host.ts";
import { applyLimitRanges } from "../controllers/limit_ranges.ts";
import { ResourceQuotas } from "../controllers/resource_quota.ts";
import { ServiceAddresses } from "../controllers/service_addresses.ts";
import { setPodPriority } from "./pod_priority.ts";
import { setRuntimeClass } from "./runtime_class.ts";
import { setServiceAccount } from "./service_account.ts";
import type { RegisteredResource } from "./catalog.ts";
import { assign, isObject, type JsonObject, listOf, mapOf } from "./object.ts";

const REQUESTS = "certificatesigningrequests.certificates.k8s.io";

interface Attempt {
  /** Nothing is taken. */
  readonly dryRun: boolean;
  /** Who asks; absent: the server itself. */
  readonly user?: User;
}

interface UpdateAttempt {
  readonly object: JsonObject;
  /** Not to be changed. */
  readonly old: JsonObject;
  readonly dryRun: boolean;
}

/** How far a creation came. */
export interface Taken {
  readonly admitted: boolean;
  readonly charged: boolean;
}

export class Admission {
  readonly #host: ControllerHost;
  readonly #addresses: ServiceAddresses;
  readonly #quotas: ResourceQuotas;

  constructor(host: ControllerHost) {
    this.#host = host;
    this.#addresses = new ServiceAddresses(host);
    this.#quotas = new ResourceQuotas(host);
  }

  /** Fills in, before the object is validated. Throws 403, 422. */
  async admit(resource: RegisteredResource, object: JsonObject, options: Attempt): Promise<void> {
    const { storageName } = resource;
    if (storageName === "services") await this.#addresses.allocate(object, undefined, options);
    else if (storageName === "pods") await this.#pod(object);
    else if (storageName === REQUESTS && options.user) setRequester(object, options.user);
    await applyLimitRanges(this.#host, resource, object);
  }

  /** Fills in what an update left out, before it is validated. Throws 422. */
  async fillUpdate(resource: RegisteredResource, { object, old, dryRun }: UpdateAttempt): Promise<void> {
    if (resource.storageName === "services") await this.#addresses.allocate(object, old, { dryRun });
    const spec = resource.storageName === "pods" ? mapOf(object, "spec") : undefined;
    if (spec) spec.tolerations = tolerations(listOf(spec, "tolerations").filter(isObject));
  }

  /** An update came to nothing, or was made anew: what was taken for it and is not in `kept` is given back. */
  async refundUpdate(object: JsonObject, kept: JsonObject): Promise<void> {
    await this.#addresses.release(object, kept);
  }

  /** Counts a new object against quotas, once it is valid. Throws 403. */
  async charge(resource: RegisteredResource, object: JsonObject, options: Attempt): Promise<void> {
    await this.#quotas.charge(resource, object, options);
  }

  /** Throws 403 for an update that asks for more than quotas have. */
  async checkUpdate(resource: RegisteredResource, object: JsonObject, old: JsonObject): Promise<void> {
    await this.#quotas.check(resource, object, old);
  }

  /** A creation came to nothing: what was taken for it is given back. */
  async refund(resource: RegisteredResource, object: JsonObject, taken: Taken): Promise<void> {
    if (taken.charged) await this.#quotas.refund(resource, object);
    if (taken.admitted && resource.storageName === "services") await this.#addresses.release(object);
  }

  async #pod(object: JsonObject): Promise<void> {
    const spec = mapOf(object, "spec");
    if (!spec) return;
    await setServiceAccount(this.#host.storage, object, spec);
    await setPodPriority(this.#host.storage, object, spec);
    await setRuntimeClass(this.#host.storage, object, spec);
    spec.tolerations = tolerations(listOf(spec, "tolerations").filter(isObject));
  }
}

/** A certificate is asked for by whoever asks, whatever the request says. */
function setRequester(object: JsonObject, user: User): void {
  const spec = (object.spec ??= {}) as JsonObject;
  const { username, uid, groups, extra } = userInfo(user);
  assign(spec, "username", username);
  assign(spec, "uid", uid);
  assign(spec, "groups", groups);
  assign(spec, "extra", extra);
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
