/** Plays a sequence to a server and collects its answers, the namespace's name put back to `$NS`. */
import type { Json, JsonObject } from "../../src/k1s/registry/mod.ts";
import { type Answer, Memory, type Step } from "./step.ts";

/** A server to play to. */
export interface Target {
  readonly namespace: string;
  /** How long a watch may be silent before it counts as told, ms. */
  readonly quietMs: number;
  /** `path` with its query. */
  request(path: string, init: RequestInit): Promise<Response>;
}

/** How long a garbage collector may take, ms. */
const SETTLE_MS = 30_000;
const POLL_MS = 40;

export async function play(target: Target, steps: readonly Step[]): Promise<Answer[]> {
  const memory = new Memory(target.namespace);
  const first = await target.request(`/api/v1/namespaces/${target.namespace}/configmaps?limit=1`, {});
  const list = await first.json();
  memory.start = String(list.metadata?.resourceVersion ?? "1");
  const answers: Answer[] = [];
  for (const step of steps) {
    const answer = step.settle ? await settled(target, step, memory) : await ask(target, step, memory);
    memory.learn(answer.body);
    answers.push(JSON.parse(JSON.stringify(answer).replaceAll(target.namespace, "$NS")));
  }
  return answers;
}

async function ask(target: Target, step: Step, memory: Memory): Promise<Answer> {
  const headers: Record<string, string> = {
    "user-agent": "differential/1",
    accept: step.accept ?? "application/json",
  };
  const init: RequestInit = { method: step.method, headers };
  if (step.body !== undefined) {
    headers["content-type"] = step.type ?? "application/json";
    init.body = memory.body(step.body);
  }
  let response: Response;
  try {
    response = await target.request(memory.resolve(step.path), init);
  } catch (error) {
    // the real server's handler panicked: it cuts the stream
    if (error instanceof TypeError) return { status: 0, warnings: [], body: null };
    throw error;
  }
  const warnings = (response.headers.get("warning") ?? "").split(/, (?=299 )/).filter((text) => text !== "");
  const watched = step.watch && response.ok && response.body;
  const body = watched ? await events(watched, target.quietMs) : parsedOrText(await response.text());
  return { status: response.status, warnings, body };
}

/** Asks until the object is gone or holds no finalizer of the collector. */
async function settled(target: Target, step: Step, memory: Memory): Promise<Answer> {
  const endMs = performance.now() + SETTLE_MS;
  for (;;) {
    const answer = await ask(target, step, memory);
    const meta = (answer.body as JsonObject | null)?.metadata as JsonObject | undefined;
    const finalizers = (meta?.finalizers ?? []) as string[];
    const pending = answer.status === 200 &&
      (finalizers.includes("orphan") || finalizers.includes("foregroundDeletion"));
    if (!pending || performance.now() > endMs) return answer;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function parsedOrText(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The events that come until the stream is silent. */
async function events(body: ReadableStream<Uint8Array>, quietMs: number): Promise<Json> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const silence = new Promise<null>((resolve) => timer = setTimeout(() => resolve(null), quietMs));
    const next = await Promise.race([reader.read(), silence]);
    clearTimeout(timer);
    if (next === null || next.done) break;
    text += next.value;
  }
  await reader.cancel().catch(() => {});
  return text.split("\n").filter((line) => line !== "").map(parsedOrText);
}
