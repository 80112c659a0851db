import { EXIT, isCancelled, OrkaError } from "../../base/mod.ts";
import { failureText, isBrokenPipe } from "../failure.ts";
import type { CliIo } from "../io.ts";
import { mapLimited } from "./one.ts";
import type { Target } from "./request.ts";

/** Of several targets some may fail: the others are printed, then the failures, as kubectl does. */
export class Failures {
  #lines: string[] = [];

  constructor(
    private readonly io: CliIo,
    private readonly options: { readonly ignoreNotFound: boolean },
    /** The selectors of the call's collections. */
    private readonly query: Query = { labelSelector: "", fieldSelector: "" },
  ) {}

  get any(): boolean {
    return this.#lines.length > 0;
  }

  /** Runs `work`; its expected failure is kept for the end and gives undefined. */
  async guard<T>(target: Target, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.#take(target, error);
      return undefined;
    }
  }

  /** Runs `work` for every target, several at a time; results and failures keep the targets' order. */
  async guardAll<T>(targets: readonly Target[], work: (target: Target) => Promise<T>): Promise<T[]> {
    const outcomes = await mapLimited(
      targets,
      (target) =>
        work(target).then(
          (value) => ({ ok: true as const, value }),
          (error) => ({ ok: false as const, error }),
        ),
    );
    return outcomes.flatMap((outcome, index) => {
      if (outcome.ok) return [outcome.value];
      this.#take(targets[index]!, outcome.error);
      return [];
    });
  }

  /** Prints what was kept; the exit code. */
  async finish(): Promise<number> {
    if (this.#lines.length === 0) return EXIT.ok;
    await this.io.stdout.flush();
    for (const line of this.#lines) await this.io.stderr.write(line);
    return EXIT.error;
  }

  #take(target: Target, error: unknown): void {
    if (isBrokenPipe(error) || isCancelled(error) || !(error instanceof OrkaError)) throw error;
    if (error.code === "not-found" && target.name !== undefined && this.options.ignoreNotFound) return;
    // No server at all: saying it once is enough.
    if (error.status === undefined) throw error;
    const text = failureText(target.name === undefined ? namedQuery(error, target, this.query) : error);
    if (!this.#lines.includes(text)) this.#lines.push(text);
  }
}

interface Query {
  readonly labelSelector: string;
  readonly fieldSelector: string;
}

/** kubectl says which query a server did not understand. */
function namedQuery(
  error: OrkaError,
  { resource }: Target,
  { labelSelector, fieldSelector }: Query,
): OrkaError {
  if (error.reason !== "BadRequest" || labelSelector === "" && fieldSelector === "") return error;
  const what = JSON.stringify(`${resource.group}/${resource.version}, Resource=${resource.plural}`);
  const query = `label selector ${JSON.stringify(labelSelector)}, field selector ${
    JSON.stringify(fieldSelector)
  }`;
  return new OrkaError(error.code, `Unable to find ${what} that match ${query}: ${error.message}`, error);
}
