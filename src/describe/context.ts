/** What a describer is given besides its object, and the related reads that it may make. */
import { type Clock, isCancelled, OrkaError } from "../base/mod.ts";
import type { KubeObject, Resource } from "../kube/mod.ts";
import type { Page } from "./document.ts";
import { Tree } from "./tree.ts";

export interface DescribeOptions {
  readonly resource: Resource;
  /** GET of a path as JSON; throws OrkaError. */
  readonly read: (path: string) => Promise<unknown>;
  readonly clock: Clock;
  /** False leaves the object's events out. */
  readonly showEvents: boolean;
}

/** Writes the object to the page, without its events. */
export type Describer = (page: Page, object: Tree, context: Context) => Promise<void> | void;

/** An answer, or why there is none. */
export type Answer<T> = { readonly ok: true; readonly value: T } | {
  readonly ok: false;
  readonly problem: string;
};

/** Pages asked for at once; kubectl's own chunk. */
const PAGE_SIZE = 500;

export class Context {
  readonly options: DescribeOptions;
  readonly nowMs: number;
  readonly object: KubeObject;

  constructor(object: KubeObject, options: DescribeOptions) {
    this.object = object;
    this.options = options;
    this.nowMs = options.clock.now();
  }

  /** One object or collection; a refusal is an answer, a cancelled read is thrown. */
  async get(path: string): Promise<Answer<Tree>> {
    try {
      return { ok: true, value: new Tree(await this.options.read(path)) };
    } catch (error) {
      if (isCancelled(error) || !(error instanceof Error)) throw error;
      return { ok: false, problem: problemText(error) };
    }
  }

  /** All items of a collection, page by page. `query` goes into the URL, e.g. `{labelSelector: "app=web"}`. */
  async list(path: string, query: Readonly<Record<string, string>> = {}): Promise<Answer<Tree[]>> {
    const items: Tree[] = [];
    for (let token = "";;) {
      const search = new URLSearchParams({
        ...query,
        limit: String(PAGE_SIZE),
        ...(token === "" ? {} : { continue: token }),
      });
      const answer = await this.get(`${path}?${search}`);
      if (!answer.ok) return answer;
      for (const item of answer.value.at("items").list) items.push(item);
      token = answer.value.at("metadata.continue").text;
      if (token === "") return { ok: true, value: items };
    }
  }
}

function problemText(error: Error): string {
  const code = error instanceof OrkaError ? error.code : "";
  return code === "forbidden" ? `not allowed: ${error.message}` : error.message;
}
