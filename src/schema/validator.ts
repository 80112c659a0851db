/** Validation off the main thread, or in it, behind one interface. */
import { Cancelled, type Clock, fromWire, OrkaError, toWire, type WireError } from "../base/mod.ts";
import type { KindSchema } from "./node.ts";
import type { ValidationReport } from "./problem.ts";

export interface ValidateOptions {
  /** Of every kind in the text, as far as they are known; `documentKinds` tells which are needed. */
  readonly schemas: readonly KindSchema[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * 1. What is wrong with a text is in the report; `validate` rejects only when it was cancelled or took too long.
 * 2. Calls are answered in their order.
 * 3. After `close`, and when a call took too long, calls under way reject. The next one begins a new Worker.
 */
export interface Validator extends Disposable {
  validate(text: string, options: ValidateOptions): Promise<ValidationReport>;
  close(): void;
}

export interface ValidatorOptions {
  readonly clock: Clock;
  /** In a Worker, so that a large text stops nobody's typing (default), or in this thread. */
  readonly worker?: boolean | undefined;
  /** Milliseconds that one text may take in a Worker; 10,000 unless given. */
  readonly timeoutMs?: number | undefined;
}

export interface ValidateRequest {
  readonly id: number;
  readonly text: string;
  readonly schemas: readonly KindSchema[];
}

export type ValidateAnswer =
  | { readonly id: number; readonly report: ValidationReport }
  | { readonly id: number; readonly error: WireError };

const TIMEOUT_MS = 10_000;

/** Nothing is loaded, and no Worker begun, before the first `validate`. */
export function createValidator(
  { clock, worker = true, timeoutMs = TIMEOUT_MS }: ValidatorOptions,
): Validator {
  if (worker) return new WorkerValidator(clock, timeoutMs);
  return {
    async validate(text, { schemas, signal }) {
      signal?.throwIfAborted();
      const { validateText } = await import("./validate.ts");
      return await validateText(text, schemas);
    },
    close() {},
    [Symbol.dispose]() {},
  };
}

/** What one request is answered with; never rejects. */
export async function answer({ id, text, schemas }: ValidateRequest): Promise<ValidateAnswer> {
  try {
    const { validateText } = await import("./validate.ts");
    return { id, report: await validateText(text, schemas) };
  } catch (error) {
    return { id, error: toWire(error) };
  }
}

/** apiVersion and kind of every document that has them, each pair once. */
export async function documentKinds(
  text: string,
): Promise<{ readonly apiVersion: string; readonly kind: string }[]> {
  const { readYaml } = await import("./yaml_text.ts");
  const kinds = new Map<string, { apiVersion: string; kind: string }>();
  for (const { value } of readYaml(text).documents) {
    const { apiVersion, kind } = (value ?? {}) as Record<string, unknown>;
    if (typeof apiVersion !== "string" || typeof kind !== "string") continue;
    kinds.set(`${apiVersion}/${kind}`, { apiVersion, kind });
  }
  return [...kinds.values()];
}

interface Waiting {
  readonly resolve: (report: ValidationReport) => void;
  readonly reject: (error: unknown) => void;
}

class WorkerValidator implements Validator {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #next = 0;

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  async validate(text: string, { schemas, signal }: ValidateOptions): Promise<ValidationReport> {
    signal?.throwIfAborted();
    const id = this.#next++;
    const { promise, resolve, reject } = Promise.withResolvers<ValidationReport>();
    this.#waiting.set(id, { resolve, reject });
    const kinds = schemas.map(({ resource }) => resource.kind).join(", ");
    using _timer = this.#clock.timer(this.#timeoutMs, () => this.#stop(tooLong(kinds, this.#timeoutMs)));
    const onAbort = () => reject(signal!.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      this.#post({ id, text, schemas });
      return await promise;
    } finally {
      this.#waiting.delete(id);
      signal?.removeEventListener("abort", onAbort);
    }
  }

  close(): void {
    this.#stop(new Cancelled("the validator was closed"));
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #post(request: ValidateRequest): void {
    this.#worker ??= this.#begin();
    this.#worker.postMessage(request);
  }

  #begin(): Worker {
    const worker = new Worker(new URL("./validation_worker.ts", import.meta.url), {
      type: "module",
      name: "orka-validation",
    });
    worker.onmessage = ({ data }: MessageEvent<ValidateAnswer>) => {
      const waiting = this.#waiting.get(data.id);
      if ("report" in data) waiting?.resolve(data.report);
      else waiting?.reject(fromWire(data.error));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#stop(new Error(`the validation worker broke: ${event.message}`));
    };
    return worker;
  }

  #stop(error: Error): void {
    this.#worker?.terminate();
    this.#worker = null;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

function tooLong(kinds: string, timeoutMs: number): OrkaError {
  const what = kinds === "" ? "the text" : kinds;
  return new OrkaError("timeout", `Cannot validate ${what}: it took longer than ${timeoutMs / 1000} s`, {
    hint: "The server's dry run still checks it.",
  });
}
