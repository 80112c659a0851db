/** The one place where a server's Status, an HTTP answer or a failed connection becomes an OrkaError. */
import { type ErrorCode, type FieldCause, OrkaError } from "../base/mod.ts";
import { canIHint } from "./can_i.ts";

/** What was asked, as far as an error tells of it. */
export interface Asked {
  /** With its query. */
  readonly path?: string | undefined;
  /** Flags that say who asked: `--context prod`, `--as jane`. */
  readonly who?: readonly string[] | undefined;
  /** The answer's HTTP status. */
  readonly status?: number | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

const CODE_OF_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: "unauthorized",
  403: "forbidden",
  404: "not-found",
  406: "not-acceptable",
  408: "timeout",
  409: "conflict",
  410: "expired",
  429: "throttled",
  504: "timeout",
};

/**
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/; anything else is `protocol`. Fields
 * that are not of the API's types are left out: an error's odd form must not hide the error, nor throw another.
 */
export function statusError(body: unknown, asked: Asked): OrkaError {
  const status = record(body);
  if (status["kind"] !== "Status") {
    return new OrkaError("protocol", "the server sent an error that is no Status", { status: asked.status });
  }
  const http = typeof status["code"] === "number" ? status["code"] : asked.status ?? 0;
  const reason = textOf(status["reason"]);
  const details = record(status["details"]);
  const message = textOf(status["message"]) || reason || `status ${http}`;
  return new OrkaError(codeOf(http, reason), message, {
    status: http,
    reason,
    causes: causesOf(details["causes"]),
    retryAfterSeconds: retrySeconds(details["retryAfterSeconds"]) ?? asked.retryAfterSeconds,
    hint: hintOf(http, message, asked),
  });
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function causesOf(causes: unknown): readonly FieldCause[] {
  if (!Array.isArray(causes)) return [];
  return causes.filter((cause) => typeof cause === "object" && cause !== null).map((cause) => {
    const field = textOf(cause.field);
    const reason = textOf(cause.reason);
    return {
      ...(field === undefined ? {} : { field }),
      ...(reason === undefined ? {} : { reason }),
      message: textOf(cause.message) ?? reason ?? "",
    };
  });
}

/** Whoever retries waits no longer than this, whatever a server says. */
const MAX_RETRY_SECONDS = 5 * 60;

function retrySeconds(value: unknown): number | undefined {
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) return undefined;
  return Math.min(value, MAX_RETRY_SECONDS);
}

function codeOf(http: number, reason: string | undefined): ErrorCode {
  if (reason === "AlreadyExists") return "already-exists";
  if (reason === "Expired" || reason === "Gone") return "expired";
  const known = CODE_OF_STATUS[http];
  if (known) return known;
  return http >= 500 ? "server" : "invalid";
}

function hintOf(http: number, message: string, { path, who }: Asked): string | undefined {
  if (http === 403 && path !== undefined) {
    const line = canIHint(message, path, who);
    return line === undefined ? undefined : `to see it: ${line}`;
  }
  if (http === 401) {
    return "the server did not accept the credentials; sign in again, or check the user of this context";
  }
  return undefined;
}

/** The error that a refused request means; `text` is the answer's body. */
export function responseError(response: Response, text: string, asked: Asked): OrkaError {
  const retryAfter = response.headers.get("retry-after") || NaN; // a date, which HTTP allows too, is no number
  const full: Asked = {
    ...asked,
    status: response.status,
    retryAfterSeconds: retrySeconds(Number(retryAfter)),
  };
  const body = parseOrNull(text);
  if (body !== null && (body as { kind?: unknown }).kind === "Status") return statusError(body, full);
  const http = response.status;
  const said = saidBy(response, text);
  return new OrkaError(
    codeOf(http, undefined),
    http === 404 ? "the server could not find the requested resource" : said,
    {
      status: http,
      retryAfterSeconds: full.retryAfterSeconds,
      reason: http === 404 ? "NotFound" : undefined,
      hint: hintOf(http, said, asked),
    },
  );
}

const SAID_CHARS = 200;

/** The first line of a plain answer; a page is a proxy's, whose status and first words tell more than its markup. */
function saidBy({ status, statusText, headers }: Response, text: string): string {
  const isPage = /\bhtml\b/i.test(headers.get("content-type") ?? "") ||
    /^\s*<(!doctype|html|head|body)\b/i.test(text);
  if (!isPage) {
    return text.trim().split("\n")[0]!.slice(0, SAID_CHARS) || statusText || `HTTP status ${status}`;
  }
  const words = pageWords(text);
  const named = statusText === "" || words.includes(statusText) ? "" : ` ${statusText}`;
  return `a web page came instead of the API's answer, with HTTP status ${status}${named}${
    words && `: ${words}`
  }`;
}

/** The page's title, and without one the first of its text. Markup is cut, not understood: nobody renders it. */
function pageWords(html: string): string {
  const bare = html.slice(0, 64 * 1024).replace(/<!--[^]*?-->|<(script|style|svg)\b[^]*?<\/\1\s*>/gi, " ");
  const title = plainText(/<title[^>]*>([^]*?)<\/title\s*>/i.exec(bare)?.[1] ?? "");
  return title || plainText(bare);
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: " " };

function plainText(html: string): string {
  const text = html.replace(/<[^>]*>?/g, " ")
    .replace(/&(amp|lt|gt|quot|nbsp);/g, (_, name: string) => ENTITIES[name]!)
    .replace(/&#(\d{1,6});/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/\s+/g, " ").trim();
  return text.length > SAID_CHARS ? `${text.slice(0, SAID_CHARS - 1)}…` : text;
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A connection that ended where more was to come; rustls tells the address of its manual with it. */
const BROKEN_OFF =
  /(?:peer closed connection )?without sending TLS close_notify(?:: https:\S+)?|handshake eof|unexpected end of file|unexpected eof|socket hang up|disconnected before secure TLS/i;

/** What Deno and Node say of a failed connection (they give no codes on fetch), in order of trial. */
const NETWORK: readonly (readonly [RegExp, ErrorCode, string])[] = [
  // A connection that is cut while TLS is agreed on says nothing about certificates.
  [BROKEN_OFF, "unreachable", "EOF"],
  [/reset by peer|ECONNRESET|forcibly closed/i, "unreachable", "connection reset by peer"],
  [
    /UnknownIssuer|SELF_SIGNED|UNABLE_TO_VERIFY|unable to (verify|get)|self.signed/i,
    "tls",
    "certificate signed by unknown authority",
  ],
  [/NotValidForName|ALTNAME|altnames/i, "tls", "the certificate is for another name"],
  [/NotValidYet/i, "tls", "the certificate is not valid yet"],
  [/Expired|CERT_HAS_EXPIRED/i, "tls", "the certificate has expired"],
  [/CaUsedAsEndEntity/i, "tls", "the certificate is a CA's"],
  [
    /certificate|handshake|\btls\b|AlertReceived|received fatal alert|\bSSL|EPROTO|InvalidContentType|corrupt message/i,
    "tls",
    "",
  ],
  [/dns error|ENOTFOUND|EAI_AGAIN|lookup address/i, "unreachable", "no such host"],
  [/timed out|ETIMEDOUT/i, "unreachable", "the connection timed out"],
  [/No route|EHOSTUNREACH|ENETUNREACH|unreachable/i, "unreachable", "no route to host"],
];

/** The error that a connection which gave no answer means. `server` is the URL's origin. */
export function networkError(cause: unknown, server: string): OrkaError {
  if (cause instanceof OrkaError) return cause;
  const text = causeText(cause);
  if (/refused|ECONNREFUSED/i.test(text)) {
    const message = `The connection to the server ${
      hostOf(server)
    } was refused - did you specify the right host or port?`;
    return new OrkaError("unreachable", message, { cause });
  }
  for (const [pattern, code, said] of NETWORK) {
    if (!pattern.test(text)) continue;
    const message = `Unable to connect to the server ${hostOf(server)}: ${said || text}`;
    return new OrkaError(code, message, { cause, hint: code === "tls" ? TLS_HINT : undefined });
  }
  return new OrkaError("unreachable", `Unable to connect to the server ${hostOf(server)}: ${text}`, {
    cause,
  });
}

const TLS_HINT =
  "check the cluster's certificate-authority and tls-server-name in the kubeconfig (insecure-skip-tls-verify switches the check off)";

/** A body that broke off. */
export function connectionLost(cause: unknown): OrkaError {
  if (cause instanceof OrkaError) return cause;
  const text = causeText(cause).replace(BROKEN_OFF, "it ended without a close");
  return new OrkaError("unreachable", `the connection was lost: ${text}`, { cause });
}

/** The innermost cause's text: `fetch` wraps it in the URL and layers of its own. */
function causeText(error: unknown): string {
  const parts: string[] = [];
  for (let at: unknown = error; at instanceof Error && parts.length < 5; at = at.cause) {
    const code = (at as { code?: unknown }).code;
    parts.push(
      typeof code === "string" && !at.message.includes(code) ? `${at.message} (${code})` : at.message,
    );
  }
  const text = parts.join(": ") || String(error);
  return text.replace(/^fetch failed: /, "").replace(
    /^.*?error sending request.*?client error \(\w+\): /,
    "",
  );
}

function hostOf(server: string): string {
  return URL.parse(server)?.host || server;
}
