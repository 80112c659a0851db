/** One request under way: what the parts of the API are given to answer it. */
import type { Clock } from "../../base/mod.ts";
import type { AccountTokens, Authenticator, Authorizer, User } from "../auth/mod.ts";
import type { RegisteredResource, Registry, ResourceStore } from "../registry/mod.ts";
import type { BodyParser } from "./body.ts";
import type { Metrics } from "./metrics.ts";
import { type AcceptedForm, negotiate } from "./negotiate.ts";
import type { PodRuntime } from "./pod_runtime.ts";
import type { ResourceRequest } from "./request_info.ts";

export type { User };

export interface ServerContext {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly bodies: BodyParser;
  readonly metrics: Metrics;
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
  readonly accountTokens: AccountTokens;
  /** What runs pods; absent: nothing does. */
  readonly pods: PodRuntime | undefined;
  /** Ends every watch when the server closes. */
  readonly signal: AbortSignal;
}

export class Exchange {
  readonly url: URL;
  readonly query: URLSearchParams;
  /** Told with the answer, be it a refusal. */
  readonly warnings: Set<string>;
  readonly #store: ResourceStore | undefined;
  #form: AcceptedForm | undefined;

  constructor(
    readonly server: ServerContext,
    readonly request: Request,
    readonly info: ResourceRequest,
    readonly resource: RegisteredResource,
    readonly user: User,
    { store, warnings = new Set() }: { readonly store?: ResourceStore; readonly warnings?: Set<string> } = {},
  ) {
    this.#store = store;
    this.warnings = warnings;
    this.url = new URL(request.url);
    this.query = this.url.searchParams;
  }

  get store(): ResourceStore {
    return this.#store ?? this.server.registry.store(this.resource);
  }

  /** The same request, about what another store has of the object. */
  through(store: ResourceStore): Exchange {
    const { server, request, info, user, warnings } = this;
    return new Exchange(server, request, info, store.resource, user, { store, warnings });
  }

  /** The answer's form. Throws 406. */
  get form(): AcceptedForm {
    return this.#form ??= negotiate(
      this.request.headers.get("accept"),
      this.info.verb === "list" || this.info.verb === "watch",
    );
  }

  get apiVersion(): string {
    const { group, version } = this.resource.served;
    return group === "" ? version : `${group}/${version}`;
  }

  /** Who writes: the parameter, or the user agent up to the first slash. */
  manager(parameter: string): string {
    return parameter || (this.request.headers.get("user-agent") ?? "").split("/")[0]!.slice(0, 128) ||
      "unknown";
  }
}
