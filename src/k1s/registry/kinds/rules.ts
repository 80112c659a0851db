/** Rules of single values in the words of apimachinery: a list of problems, empty for a good value. */
import { nameTooLong } from "../metadata_validation.ts";
import type { Problems } from "./problems.ts";

export const PROTOCOLS = ["SCTP", "TCP", "UDP"];
export const BAD_OPERATOR = "not a valid selector operator";
export const NEGATIVE = "must be greater than or equal to 0";
export const IMMUTABLE = "field is immutable";
export const FILE_MODE = "must be a number between 0 and 0777 (octal), both inclusive";
/** The largest file mode, 0777. */
export const MAX_MODE = 0o777;
export const MAX_INT32 = 2 ** 31 - 1;

export function outOfRange(low: number, high: number): string {
  return `must be between ${low} and ${high}, inclusive`;
}

function inRange(value: number, [low, high]: readonly [number, number]): string[] {
  return value >= low && value <= high ? [] : [outOfRange(low, high)];
}

export const portNumber = (value: number) => inRange(value, [1, 65_535]);
/** User and group ids. */
export const systemId = (value: number) => inRange(value, [0, MAX_INT32]);

export function portName(name: string): string[] {
  const problems: string[] = [];
  if (name.length > 15) problems.push(nameTooLong(15));
  if (!/^[-a-z0-9]+$/.test(name)) {
    problems.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  }
  if (!/[a-z]/.test(name)) problems.push("must contain at least one letter (a-z)");
  if (name.includes("--")) problems.push("must not contain consecutive hyphens");
  if (name !== "" && (name.startsWith("-") || name.endsWith("-"))) {
    problems.push("must not begin or end with a hyphen");
  }
  return problems;
}

export function checkPort(problems: Problems, field: string, value: unknown): void {
  if (typeof value === "string") problems.invalidEach(field, value, portName(value));
  else {
    const port = typeof value === "number" ? value : 0;
    problems.invalidEach(field, port, portNumber(port));
  }
}

export function envName(name: string): string[] {
  if (name === "") return ["environment variable name must be non-empty"];
  if (/^[ -<>-~]*$/.test(name)) return [];
  return [
    "a valid environment variable name must consist only of printable ASCII characters other than '='",
  ];
}

const CONFIG_KEY = /^[-._a-zA-Z0-9]+$/;

export function configKey(key: string): string[] {
  const problems: string[] = [];
  if (key.length > 253) problems.push(nameTooLong(253));
  if (!CONFIG_KEY.test(key)) {
    problems.push(
      "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  " +
        "or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
    );
  }
  if (key === ".") problems.push("must not be '.'");
  else if (key === "..") problems.push("must not be '..'");
  else if (key.startsWith("..")) problems.push("must not start with '..'");
  return problems;
}

export function httpHeaderName(name: string): string[] {
  if (/^[-A-Za-z0-9]+$/.test(name)) return [];
  return [
    "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for " +
    "validation is '[-A-Za-z0-9]+')",
  ];
}

const UNDERSCORE_LABEL = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
const UNDERSCORE_SUBDOMAIN = `${UNDERSCORE_LABEL}(\\.${UNDERSCORE_LABEL})*`;
const UNDERSCORE_RE = new RegExp(`^${UNDERSCORE_SUBDOMAIN}$`);

export function searchDomain(name: string): string[] {
  const problems = name.length > 253 ? [nameTooLong(253)] : [];
  if (!UNDERSCORE_RE.test(name)) {
    problems.push(
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must " +
        "start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
        `'${UNDERSCORE_SUBDOMAIN}')`,
    );
  }
  return problems;
}

const WILDCARD = "\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
const WILDCARD_RE = new RegExp(`^${WILDCARD}$`);

export function wildcardDomain(name: string): string[] {
  const problems = name.length > 253 ? [nameTooLong(253)] : [];
  if (!WILDCARD_RE.test(name)) {
    problems.push(
      "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of " +
        "lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', " +
        `regex used for validation is '${WILDCARD}')`,
    );
  }
  return problems;
}

const OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|\\d{1,2}|0\\d\\d)";
const IPV4 = new RegExp(`^${OCTET}(\\.${OCTET}){3}$`);

export function isIpv4(text: string): boolean {
  return IPV4.test(text);
}

export function isIpv6(text: string): boolean {
  return text.includes(":") && !text.includes("%") && URL.canParse(`http://[${text}]/`);
}

const BAD_IP = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
const BAD_CIDR = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";

export function ipAddress(text: string): string[] {
  if (isIpv6(text)) return [];
  if (!isIpv4(text)) return [BAD_IP];
  return /(^|\.)0\d/.test(text) ? ["must not have leading 0s"] : [];
}

/** The bits of an IPv4 address as a number. */
function ipv4Bits(text: string): number {
  return text.split(".").reduce((bits, part) => bits * 256 + Number(part), 0);
}

export function cidr(text: string): string[] {
  const [address = "", length = "", ...rest] = text.split("/");
  const bits = /^\d{1,3}$/.test(length) ? Number(length) : -1;
  const four = isIpv4(address);
  if (rest.length > 0 || bits < 0 || !(four && bits <= 32 || isIpv6(address) && bits <= 128)) {
    return [BAD_CIDR];
  }
  if (four && ipv4Bits(address) % 2 ** (32 - bits) !== 0) {
    return ["must not have bits set beyond the prefix length"];
  }
  return [];
}

/** True for an IPv4 network inside another; false for what is neither. */
export function isInside(inner: string, outer: string): boolean {
  const [network = "", length = "0"] = outer.split("/");
  const [address = "", innerLength = "0"] = inner.split("/");
  if (!isIpv4(network) || !isIpv4(address)) return isIpv6(network) && isIpv6(address);
  const size = 2 ** (32 - Number(length));
  return Number(innerLength) > Number(length) &&
    Math.floor(ipv4Bits(address) / size) === Math.floor(ipv4Bits(network) / size);
}

/** Addresses that no endpoint or external address may be. */
export function endpointIp(text: string): string[] {
  const problems: string[] = [];
  if (text === "0.0.0.0" || text === "::") problems.push("may not be unspecified (0.0.0.0 or ::)");
  if (text.startsWith("127.") || text === "::1") {
    problems.push("may not be in the loopback range (127.0.0.0/8, ::1/128)");
  }
  if (text.startsWith("169.254.") || /^fe[89ab]/i.test(text)) {
    problems.push("may not be in the link-local range (169.254.0.0/16, fe80::/10)");
  }
  if (text.startsWith("224.0.0.") || /^ff.2:/i.test(text)) {
    problems.push("may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
  }
  return problems;
}

export function noBacksteps(path: string): string[] {
  return path.split("/").includes("..") ? ["must not contain '..'"] : [];
}

export function descendingPath(path: string): string[] {
  return [...(path.startsWith("/") ? ["must be a relative path"] : []), ...noBacksteps(path)];
}

export function localPath(path: string): string[] {
  const reserved = path.startsWith("..") && !path.startsWith("../");
  return [...descendingPath(path), ...(reserved ? ["must not start with '..'"] : [])];
}

export function percent(text: string): string[] {
  if (/^[0-9]+%$/.test(text)) return [];
  return [
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for " +
    "validation is '[0-9]+%')",
  ];
}
