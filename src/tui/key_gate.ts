/** What the server would refuse, asked before a key is offered: greyed keys say which right is missing. */
import type { Rights } from "../change/mod.ts";
import type { Engine, ObjectRef } from "../engine/protocol.ts";
import type { Resource } from "../kube/mod.ts";
import type { Binding } from "./keymap.ts";
import type { PaneHost } from "./pane.ts";

/** Answers are asked for again after this long, ms; the reviews behind them are kept as long. */
const ASK_AGAIN_MS = 60_000;

/**
 * 1. Never waits: what is not known yet counts as allowed, and is drawn anew when it is known.
 * 2. The reviews' code is loaded, and reviews are sent, only once a session may change things.
 */
export class RightsGate {
  readonly #host: PaneHost;
  #engine: Engine | null = null;
  #rights: Rights | null = null;
  #loading = false;
  #text: ((right: Parameters<Rights["may"]>[0]) => string) | null = null;
  readonly #asked = new Map<string, number>();

  constructor(host: PaneHost) {
    this.#host = host;
  }

  /** `not allowed to delete pods in web (as jane)`; empty while nothing is known against it. */
  why(binding: Binding, object: ObjectRef | undefined): string {
    const { engine } = this.#host;
    if (engine === null || object === undefined || binding.right === undefined) return "";
    if (engine !== this.#engine) this.forget(engine);
    const right = this.#rightOf(binding, object);
    if (right === null) return "";
    if (this.#rights === null) {
      this.#load(engine);
      return "";
    }
    const known = this.#rights.known(right);
    this.#ask(right);
    if (known !== false) return "";
    const where = right.namespace === "" ? "" : ` in ${right.namespace}`;
    return `${engine.target.user || "you"} may not ${this.#text!(right)}${where}`;
  }

  /** A refusal, or another connection: everything is asked anew. */
  forget(engine = this.#host.engine): void {
    this.#engine = engine;
    this.#rights = null;
    this.#asked.clear();
  }

  #rightOf({ right }: Binding, object: ObjectRef) {
    const kind = right?.kind;
    const resource: Resource | undefined = kind === undefined ? object.resource : this.#host.findKind(kind);
    if (right === undefined || resource === undefined) return null;
    const { verb, subresource } = right;
    const { namespace, name } = object;
    return {
      verb,
      resource,
      ...(subresource === undefined ? {} : { subresource }),
      namespace: resource.namespaced ? namespace : "",
      // names count where one review tells of all of them; elsewhere each would cost a review of its own
      ...(kind === undefined && resource.namespaced ? { name } : {}),
    };
  }

  #load(engine: Engine): void {
    if (this.#loading) return;
    this.#loading = true;
    this.#host.spawn(async () => {
      const { Rights, rightText } = await import("../change/mod.ts");
      this.#loading = false;
      if (this.#engine !== engine) return;
      this.#text = rightText;
      this.#rights = new Rights(engine.client, { clock: this.#host.clock });
      this.#host.repaint();
    });
  }

  #ask(right: Parameters<Rights["may"]>[0]): void {
    const key = JSON.stringify([right.verb, right.resource.group, right.resource.plural, right.subresource]) +
      `${right.namespace}/${right.name ?? ""}`;
    const now = this.#host.clock.monotonic();
    if (now - (this.#asked.get(key) ?? -Infinity) < ASK_AGAIN_MS) return;
    this.#asked.set(key, now);
    const before = this.#rights!.known(right);
    this.#rights!.may(right).then((isAllowed) => {
      if (isAllowed !== (before ?? true)) this.#host.invalidate();
    }, () => {});
  }
}
