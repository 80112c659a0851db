/**
 * JSON bodies as the API server's decoder reads them: duplicate fields are noticed, errors are in Go's words.
 */
import type { Json } from "../patch/json.ts";

/** Deeper documents are refused, as Go's decoder does. */
const MAX_DEPTH = 10_000;

/** A body that is no JSON; the message is Go's. */
export class JsonSyntaxError extends Error {
  override readonly name = "JsonSyntaxError";
}

/** Parses JSON; throws JsonSyntaxError. */
export function parseJson(text: string): Json {
  try {
    return LONG_NUMBER.test(text) ? exactJson(text) : JSON.parse(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw error;
    throw new JsonSyntaxError(goSyntaxMessage(text, error), { cause: error });
  }
}

/** What may be an integer beyond 2^53, or a number beyond all bounds. Strings may match as well: that costs time alone. */
const LONG_NUMBER = /\d{16}|[eE]\+?\d{3}/;

/** JSON whose integers beyond 2^53 are kept to the digit, as bigint. Throws JsonSyntaxError for infinite numbers. */
export function exactJson(text: string): Json {
  return JSON.parse(text, (_key, value, context?: { readonly source?: string }) => {
    if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
    const { source = "" } = context ?? {};
    if (!Number.isFinite(value)) {
      throw new JsonSyntaxError(`json: cannot unmarshal number ${source} into Go value of type float64`);
    }
    return /^-?\d+$/.test(source) ? BigInt(source) : value;
  });
}

/** What Go was doing at the character that can't follow, by what V8 says of it. */
const GO_CONTEXT: readonly (readonly [RegExp, string])[] = [
  [/after property value/, "after object key:value pair"],
  [/after array element/, "after array element"],
  [/':' after property name/, "after object key"],
  [/property name/, "looking for beginning of object key string"],
  [/after JSON/, "after top-level value"],
];

function goSyntaxMessage(text: string, error: unknown): string {
  const { message } = error as Error;
  const place = /at position (\d+)/.exec(message) ?? /^Unexpected token '(.)'/su.exec(message);
  const at = place === null
    ? text.length
    : /^\d+$/.test(place[1]!)
    ? Number(place[1])
    : text.indexOf(place[1]!);
  if (at >= text.length || /Unterminated|end of JSON/.test(message)) return "unexpected end of JSON input";
  const char = text[at] === "'" ? "\\'" : text[at] === '"' ? '"' : JSON.stringify(text[at]).slice(1, -1);
  const context = GO_CONTEXT.find(([pattern]) => pattern.test(message))?.[1] ??
    "looking for beginning of value";
  return `invalid character '${char}' ${context}`;
}

/**
 * Paths of fields that a valid JSON text has twice, e.g. `data.a`, in order of appearance. A scan of its own since
 * JSON.parse keeps silent about them.
 */
export function duplicateFields(text: string): string[] {
  const found: string[] = [];
  const frames: Frame[] = [];
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    const frame = frames[frames.length - 1];
    if (code === QUOTE) {
      const end = stringEnd(text, at);
      if (frame !== undefined && frame.keys !== null && frame.wantsKey) {
        noteKey(frames, text.slice(at, end), found);
      }
      at = end;
      continue;
    }
    if (code === OPEN_MAP || code === OPEN_LIST) {
      if (frames.length === MAX_DEPTH) throw new JsonSyntaxError("exceeded max depth");
      frames.push({ keys: code === OPEN_MAP ? new Set() : null, wantsKey: true, key: "", index: 0 });
    } else if (code === CLOSE_MAP || code === CLOSE_LIST) frames.pop();
    else if (code === COMMA && frame !== undefined) {
      frame.wantsKey = true;
      frame.index++;
    }
    at++;
  }
  return found;
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_MAP, CLOSE_MAP, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];

interface Frame {
  /** null in a list. */
  readonly keys: Set<string> | null;
  wantsKey: boolean;
  key: string;
  index: number;
}

function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE) return at + 1;
  }
  return text.length;
}

function noteKey(frames: readonly Frame[], quoted: string, found: string[]): void {
  const frame = frames[frames.length - 1]!;
  const key: string = quoted.includes("\\") ? JSON.parse(quoted) : quoted.slice(1, -1);
  frame.key = key;
  frame.wantsKey = false;
  if (frame.keys!.has(key)) found.push(pathOf(frames));
  else frame.keys!.add(key);
}

function pathOf(frames: readonly Frame[]): string {
  let path = "";
  for (const { keys, key, index } of frames) {
    if (keys === null) path += `[${index}]`;
    else path += path === "" ? key : `.${key}`;
  }
  return path;
}
