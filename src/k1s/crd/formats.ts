/**
 * String formats that a CRD's schema may name; others are ignored, as the real server does.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation
 */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const HOSTNAME =
  /^[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*\.?$/;
const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;
const DURATION =
  /^[+-]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))*$|^[+-]?0$/;
const LONG_DURATION =
  /^\s*\d+\s*(ns|nanos?|nanoseconds?|us|µs|micros?|microseconds?|ms|millis?|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hr|hours?|d|days?|w|wk|weeks?)\s*$/i;

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

function isDate(text: string): boolean {
  const parts = DATE.exec(text);
  if (!parts) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(parts[3]);
}

function isUri(text: string): boolean {
  // a request URI: absolute, or a path
  return URL.canParse(text) || (text.startsWith("/") && URL.canParse(text, "http://host"));
}

function isIpv4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

function isIpv6(text: string): boolean {
  return text.includes(":") && URL.canParse(`http://[${text}]/`);
}

function isCidr(text: string): boolean {
  const [address = "", bits = "", ...rest] = text.split("/");
  if (rest.length > 0 || !/^\d{1,3}$/.test(bits)) return false;
  return isIpv4(address) && Number(bits) <= 32 || isIpv6(address) && Number(bits) <= 128;
}

const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  "bsonobjectid": (text) => /^[0-9a-f]{24}$/i.test(text),
  "uri": isUri,
  "email": (text) => /^[^\s@<>]+@[^\s@<>]+$/.test(text),
  "hostname": (text) => text.length <= 255 && HOSTNAME.test(text),
  "ipv4": isIpv4,
  "ipv6": isIpv6,
  "cidr": isCidr,
  "mac": (text) => /^([0-9a-f]{2}[:-]){5,7}[0-9a-f]{2}$/i.test(text),
  "uuid": (text) => UUID.test(text),
  "uuid3": (text) => UUID.test(text) && /^.{8}-?.{4}-?3/.test(text),
  "uuid4": (text) => UUID.test(text) && /^.{8}-?.{4}-?4.{3}-?[89ab]/i.test(text),
  "uuid5": (text) => UUID.test(text) && /^.{8}-?.{4}-?5.{3}-?[89ab]/i.test(text),
  "isbn": (text) => isIsbn10(text) || isIsbn13(text),
  "isbn10": isIsbn10,
  "isbn13": isIsbn13,
  "creditcard": isCreditCard,
  "ssn": (text) => /^\d{3}[- ]?\d{2}[- ]?\d{4}$/.test(text),
  "hexcolor": (text) => /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.test(text),
  "rgbcolor": (text) => /^rgb\((\s*(0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])\s*(,|\))){3}$/.test(text),
  "byte": (text) => BASE64.test(text),
  "password": () => true,
  "date": isDate,
  "duration": (text) => DURATION.test(text) || LONG_DURATION.test(text),
  "datetime": (text) => DATE_TIME.test(text) && !Number.isNaN(Date.parse(text)),
  "k8s-short-name": (text) => text.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text),
  "k8s-long-name": (text) =>
    text.length <= 253 && /^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/.test(text) && !text.includes(".."),
};

/** True when the text has the format, or the format is none that is known. */
export function hasFormat(text: string, format: string): boolean {
  const known =
    FORMATS[format === "k8s-short-name" || format === "k8s-long-name" ? format : format.replaceAll("-", "")];
  return known === undefined || known(text);
}

function digitsOf(text: string): number[] {
  return [...text.replaceAll(/[ -]/g, "")].map(Number);
}

function isIsbn10(text: string): boolean {
  const compact = text.replaceAll(/[ -]/g, "");
  if (!/^\d{9}[\dXx]$/.test(compact)) return false;
  const sum = [...compact].reduce(
    (total, digit, index) => total + (10 - index) * (/x/i.test(digit) ? 10 : Number(digit)),
    0,
  );
  return sum % 11 === 0;
}

function isIsbn13(text: string): boolean {
  const digits = digitsOf(text);
  if (digits.length !== 13 || digits.some(Number.isNaN)) return false;
  return digits.reduce((total, digit, index) => total + digit * (index % 2 === 0 ? 1 : 3), 0) % 10 === 0;
}

/** Luhn's check over 13 to 19 digits. */
function isCreditCard(text: string): boolean {
  const digits = digitsOf(text).reverse();
  if (digits.length < 13 || digits.length > 19 || digits.some(Number.isNaN)) return false;
  const doubled = digits.map((digit, index) =>
    index % 2 === 0 ? digit : digit * 2 > 9 ? digit * 2 - 9 : digit * 2
  );
  return doubled.reduce((a, b) => a + b) % 10 === 0;
}
