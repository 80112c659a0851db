/** Recorded list and watch streams: fixtures/streams/*.ndjson, one `Recorded` a line. */

/** A Table, or a watch frame with a Table in it, as the server sent it but for managedFields. */
// deno-lint-ignore no-explicit-any
export type Body = any;

export interface Recorded {
  /** Path of the collection, without a query. */
  readonly stream: string;
  /** page: of the list at the start; frame: of the watch after it; final: of the list at the end. */
  readonly op: "page" | "frame" | "final";
  readonly body: Body;
}

/** Everything that was recorded of one collection. */
export interface Stream {
  readonly path: string;
  readonly pages: readonly Body[];
  readonly frames: readonly Body[];
  readonly final: readonly Body[];
}

export async function readStreams(file: URL): Promise<Stream[]> {
  const lines = (await Deno.readTextFile(file)).split("\n").filter((line) => line !== "");
  const recorded = lines.map((line) => JSON.parse(line) as Recorded);
  const paths = [...new Set(recorded.map((r) => r.stream))];
  return paths.map((path) => {
    const bodies = (op: Recorded["op"]) =>
      recorded.filter((r) => r.stream === path && r.op === op).map((r) => r.body);
    return { path, pages: bodies("page"), frames: bodies("frame"), final: bodies("final") };
  });
}

/** The body with `managedFields` cut everywhere: half of every recording, and the client drops it first thing. */
export function withoutManagedFields(body: Body): Body {
  return JSON.parse(JSON.stringify(body, (key, value) => key === "managedFields" ? undefined : value));
}
