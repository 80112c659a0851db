/**
 * Odd, wrong and hostile requests, and the real server's answers as recorded by tools/record_answers.ts: ours are the
 * same to the word, but for what is listed here with its reason.
 */
import assert from "node:assert/strict";
import recorded from "../../../fixtures/k1s/answers.json" with { type: "json" };
import { type RecordedBody, requestBody } from "../../../tests/support/recorded_body.ts";
import { createMemoryStore } from "../storage/mod.ts";
import { ApiServer } from "./handler.ts";

interface Recorded {
  readonly request: string;
  readonly body?: RecordedBody;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
  readonly type: string | null;
  /** Left out where it is long and a success. */
  readonly answer?: string;
}

/** Requests that are knowingly answered otherwise. */
const OTHERWISE: Readonly<Record<number, string>> = {
  28: "bytes that are no UTF-8 are shown as replacement characters",
  115: "a control character in a value is quoted as JSON does, not as Go",
  119: "another YAML parser, other words",
  120: "another YAML parser, other words",
  129: "a number beyond all bounds is refused before its field is known",
  155: "a merge patch that breaks a type: the type's complaint without the whole object around it",
};

/** The body as data, without what no two servers have in common. */
function comparable(text: string): unknown {
  const same = text
    .replace(/"(uid|creationTimestamp|resourceVersion|time)":\s*"[^"]*"/g, '"$1":"X"')
    .replace(/[0-9a-f]{8}-[-0-9a-f]{27}/g, "UID")
    .replace(/(ResourceVersion in record) \(\d+\)/g, "$1")
    .replace(/scheme.go:\d+/g, "scheme.go");
  try {
    return JSON.parse(same);
  } catch {
    return same;
  }
}

Deno.test("odd requests are answered as the real server answers them", async (t) => {
  const store = createMemoryStore({ upkeepMs: 0 });
  const server = await ApiServer.open({ storage: store.tenant("t") });
  for (
    const [at, { request, body, headers = {}, status, type, answer }] of (recorded as Recorded[]).entries()
  ) {
    const [method = "", path = ""] = request.split(" ");
    const shown = body === undefined ? "" : ` ${JSON.stringify(body).slice(0, 80)}`;
    await t.step(`${at} ${request.slice(0, 120)}${shown}`, async () => {
      const response = await server.handler(
        new Request(`http://k1s${path}`, {
          method,
          headers: { "user-agent": "recorder/1", ...headers },
          body: body === undefined ? null : requestBody(body),
        }),
      );
      const text = await response.text();
      if (OTHERWISE[at] !== undefined) {
        assert.ok(response.status >= 400 && response.status < 500, text);
        return;
      }
      const isShown = method !== "HEAD" && answer !== undefined;
      assert.deepEqual(
        {
          status: response.status,
          type: response.headers.get("content-type"),
          body: isShown ? comparable(text) : "",
        },
        { status, type, body: isShown ? comparable(answer) : "" },
      );
    });
  }
  await server.close();
  await store.close();
});
