/** What the server would refuse, asked before a key is offered: greyed keys say which right is missing. */
import type { Rights } from "../change/mod.ts";
import type { Engine, ObjectRef } from "../engine/protocol.ts";
import type { Resource } from "../kube/mod.ts";
import type { Binding } from "./keymap.ts";
import type { PaneHost } from "./pane.ts";

/** Answers are asked for again after this long, ms; the reviews behind them are kept as long. */
const ASK_AGAIN_MS = 60_000;

type Right = Parameters<Rights["may"]>[0];

/**
 * 1. What is drawn never waits: what is not known yet counts as allowed, and is drawn anew when it is known. What is
 *    about to be done can wait (`settle`).
 * 2. The reviews' code is loaded, and reviews are sent, only once a session may change things.
 */
export class RightsGate {
  readonly #host: PaneHost;
  #engine: Engine | null = null;
  #rights: Rights | null = null;
  #loading: Promise<void> | null = null;
  #text: ((right: Right) => string) | null = null;
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
      this.#host.spawn(() => this.#load(engine));
      return "";
    }
    const known = this.#rights.known(right);
    this.#ask(right);
    if (known !== false) return "";
    const where = right.namespace === "" ? "" : ` in ${right.namespace}`;
    return `${engine.target.user || "you"} may not ${this.#text!(right)}${where}`;
  }

  /** Resolves when `why` knows; null when it does already, or never will. */
  settle(binding: Binding, object: ObjectRef | undefined): Promise<void> | null {
    const { engine } = this.#host;
    if (engine === null || object === undefined || binding.right === undefined) return null;
    if (engine !== this.#engine) this.forget(engine);
    const right = this.#rightOf(binding, object);
    if (right === null || this.#rights?.known(right) !== undefined) return null;
    return this.#load(engine).then(async () => {
      // gone with its connection: whoever waits finds out by themselves
      if (engine === this.#engine) await this.#rights?.may(right);
    });
  }

  /** A refusal, or another connection: everything is asked anew. */
  forget(engine = this.#host.engine): void {
    this.#engine = engine;
    this.#rights = null;
    this.#asked.clear();
  }

  #rightOf({ right }: Binding, object: ObjectRef): Right | null {
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

  /** Once for each connection. */
  #load(engine: Engine): Promise<void> {
    if (this.#rights !== null) return Promise.resolve();
    return this.#loading ??= this.#make(engine).finally(() => this.#loading = null);
  }

  async #make(engine: Engine): Promise<void> {
    const { Rights, rightText } = await import("../change/mod.ts");
    if (this.#engine !== engine) return;
    this.#text = rightText;
    this.#rights = new Rights(engine.client, { clock: this.#host.clock });
    this.#host.repaint();
  }

  #ask(right: Right): void {
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
