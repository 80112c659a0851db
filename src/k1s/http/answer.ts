/** Answers: bodies in the form that was asked for, gzip where it pays, errors as Status. */
import { writeYaml } from "../../kube/mod.ts";
import { exactJson, jsonText } from "../registry/mod.ts";
import { ApiError, internal, tooLargeResourceVersion } from "./api_error.ts";
import type { AcceptedForm } from "./negotiate.ts";
import { isStorageError } from "../storage/mod.ts";

/** Smaller bodies go as they are, as in the real server. */
const GZIP_FROM_CHARS = 128 * 1024;

export interface AnswerOptions {
  readonly status?: number;
  readonly form?: Pick<AcceptedForm, "format">;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers that are made while they are read: watches, and what is compressed. All others are there as a whole. */
export const STREAMED = new WeakSet<Response>();

/** A JSON text as an answer. */
export function answerText(request: Request, text: string, options: AnswerOptions = {}): Response {
  const yaml = options.form?.format === "yaml";
  const headers = new Headers({
    "cache-control": "no-cache, private",
    "content-type": yaml ? "application/yaml" : "application/json",
    ...options.headers,
  });
  const body = yaml
    ? writeYaml(text.endsWith(" ") ? exactJson(text) : JSON.parse(text))
    : isPretty(request)
    ? pretty(text)
    : text;
  const status = options.status ?? 200;
  return answerBody(request, body, { status, headers });
}

/** Characters of a piece: a turn's worth of work, and what is held beside the objects themselves. */
const PIECE_CHARS = 256 * 1024;

/**
 * JSON made while it is sent, for lists of thousands: neither its whole text nor its bytes are ever there. Null where
 * the form needs the whole: YAML, indentation.
 */
export function answerParts(
  request: Request,
  parts: Iterator<string>,
  { form }: Pick<AnswerOptions, "form">,
): Response | null {
  if (form?.format === "yaml" || isPretty(request)) return null;
  const headers = new Headers({ "cache-control": "no-cache, private", "content-type": "application/json" });
  const encoder = new TextEncoder();
  let stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      let piece = "";
      while (piece.length < PIECE_CHARS) {
        const part = parts.next();
        if (part.done) {
          if (piece !== "") controller.enqueue(encoder.encode(piece));
          return controller.close();
        }
        piece += part.value;
      }
      controller.enqueue(encoder.encode(piece));
    },
  }, { highWaterMark: 0 });
  if (acceptsGzip(request)) {
    headers.set("content-encoding", "gzip");
    headers.append("vary", "Accept-Encoding");
    stream = stream.pipeThrough(new CompressionStream("gzip"));
  }
  const response = new Response(stream, { headers });
  STREAMED.add(response);
  return response;
}

/** Bytes as an answer. */
export function answerBytes(
  request: Request,
  body: Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>>,
): Response {
  return answerBody(request, body, { status: 200, headers: new Headers(headers) });
}

function answerBody(
  request: Request,
  body: string | Uint8Array<ArrayBuffer>,
  { status, headers }: { status: number; headers: Headers },
): Response {
  if (body.length < GZIP_FROM_CHARS || !acceptsGzip(request)) return new Response(body, { status, headers });
  headers.set("content-encoding", "gzip");
  headers.append("vary", "Accept-Encoding");
  const stream = new Blob([body]).stream().pipeThrough(new CompressionStream("gzip"));
  const response = new Response(stream, { status, headers });
  STREAMED.add(response);
  return response;
}

/** A warning as its header has it: headers are bytes, so that text beyond ASCII goes as its UTF-8. */
export function warningHeader(text: string): string {
  const bytes = new TextEncoder().encode(`299 - ${JSON.stringify(text)}`);
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

/** A value as an answer. */
export function answer(request: Request, value: unknown, options: AnswerOptions = {}): Response {
  return answerText(request, jsonText(value), options);
}

/** Plain text, as health checks and unknown paths answer. */
export function answerPlain(text: string, status = 200): Response {
  return new Response(text, {
    status,
    headers: {
      "cache-control": "no-cache, private",
      "content-type": "text/plain; charset=utf-8",
      "x-content-type-options": "nosniff",
    },
  });
}

/** A refusal, or a fault of ours, as a Status. */
export function answerError(request: Request, error: unknown): Response {
  const known = asApiError(error);
  const retryAfter = known.options.details?.retryAfterSeconds;
  const wantsYaml = request.headers.get("accept") === "application/yaml";
  return answer(request, known.toStatus(), {
    status: known.status,
    ...(wantsYaml ? { form: { format: "yaml" } } : {}),
    ...(retryAfter === undefined ? {} : { headers: { "retry-after": String(retryAfter) } }),
  });
}

/** What a caught value is answered with; anything unforeseen is 500. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (isStorageError(error, "too-large-resource-version")) {
    const [, asked = "0"] = /version: (\d+)/.exec(error.message) ?? [];
    return tooLargeResourceVersion(Number(asked), error.currentRevision ?? 0);
  }
  if (isStorageError(error, "busy")) {
    return new ApiError(429, "TooManyRequests", error.message, { details: { retryAfterSeconds: 1 } });
  }
  return internal(error instanceof Error ? error.message : String(error), error);
}

function acceptsGzip(request: Request): boolean {
  return /(^|[\s,])gzip([\s,;]|$)/.test(request.headers.get("accept-encoding") ?? "");
}

/** People read what curl and browsers get. */
function isPretty(request: Request): boolean {
  const asked = /[?&]pretty(=([^&]*))?(&|$)/.exec(request.url);
  if (asked) return asked[2] !== "false" && asked[2] !== "0";
  return /^(curl|Wget|Mozilla)\//.test(request.headers.get("user-agent") ?? "");
}

function pretty(text: string): string {
  if (!text.endsWith(" ")) return JSON.stringify(JSON.parse(text), null, 2);
  // integers beyond 2^53 stay as they are
  const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };
  return JSON.stringify(
    exactJson(text),
    (_key, part) => typeof part === "bigint" ? rawJSON(String(part)) : part,
    2,
  );
}
