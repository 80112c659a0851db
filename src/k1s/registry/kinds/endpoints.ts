/** Endpoints and EndpointSlice. */
import { equal } from "../../patch/mod.ts";
import { dnsLabel, qualifiedName, subdomain } from "../metadata_validation.ts";
import { type JsonObject, listOf, textOf } from "../object.ts";
import { each, eachText, numberOf, type Problems } from "./problems.ts";
import { endpointIp, ipAddress, isIpv4, isIpv6, portNumber, PROTOCOLS } from "./rules.ts";
import { checkImmutable } from "./workloads.ts";

function checkEndpointIp(problems: Problems, field: string, ip: string): void {
  problems.invalidEach(field, ip, endpointIp(ip));
}

function checkAddress(problems: Problems, at: string, address: JsonObject): void {
  const [ip, host, node] = ["ip", "hostname", "nodeName"].map((field) => textOf(address, field)) as [
    string,
    string,
    string,
  ];
  const bad = ipAddress(ip);
  problems.invalidEach(`${at}.ip`, ip, bad);
  if (host !== "") problems.invalidEach(`${at}.hostname`, host, dnsLabel(host, false));
  if (node !== "") problems.invalidEach(`${at}.nodeName`, node, subdomain(node, false));
  if (bad.length > 0) problems.invalid(`${at}.ip`, ip, "must be a valid IP address");
  else checkEndpointIp(problems, `${at}.ip`, ip);
}

export function validateEndpoints(problems: Problems, object: JsonObject): void {
  for (const { item: subset, at } of each(object, "subsets", "")) {
    const path = at.slice(1);
    const [ready, other] = [listOf(subset, "addresses"), listOf(subset, "notReadyAddresses")];
    if (ready.length + other.length === 0) {
      problems.required(path, "must specify `addresses` or `notReadyAddresses`");
    }
    for (const kind of ["addresses", "notReadyAddresses"]) {
      for (const { item, at: place } of each(subset, kind, path)) checkAddress(problems, place, item);
    }
    const named = listOf(subset, "ports").length > 1;
    for (const { item: port, at: place } of each(subset, "ports", path)) {
      const name = textOf(port, "name");
      if (name !== "") problems.invalidEach(`${place}.name`, name, dnsLabel(name, false));
      else if (named) problems.required(`${place}.name`);
      const number = numberOf(port, "port");
      problems.invalidEach(`${place}.port`, number, portNumber(number));
      problems.requiredOneOf(`${place}.protocol`, port.protocol, PROTOCOLS);
    }
  }
}

const ADDRESS_TYPES = ["FQDN", "IPv4", "IPv6"];
const MAX_ADDRESSES = 100;

function checkSliceAddress(problems: Problems, at: string, [address, type]: [string, string]): void {
  const list = at.slice(0, at.lastIndexOf("["));
  if (type === "FQDN") return problems.invalidEach(at, address, subdomain(address, false));
  const bad = ipAddress(address);
  if (bad.length > 0) problems.invalidEach(at, address, bad);
  else if (type === "IPv4" && !isIpv4(address)) {
    problems.invalid(list, address, "must be an IPv4 address");
  } else if (type === "IPv6" && !isIpv6(address)) {
    problems.invalid(list, address, "must be an IPv6 address");
  } else checkEndpointIp(problems, at, address);
}

/** Addresses that stay are as good as they were. */
export function validateSlice(problems: Problems, slice: JsonObject, old?: JsonObject): void {
  const stays = old !== undefined && equal(slice.endpoints ?? null, old.endpoints ?? null);
  const type = textOf(slice, "addressType");
  problems.requiredOneOf("addressType", type, ADDRESS_TYPES);
  for (const { item: endpoint, at } of each(slice, "endpoints", "")) {
    const path = at.slice(1);
    const count = listOf(endpoint, "addresses").length;
    if (count === 0) problems.required(`${path}.addresses`, "must contain at least 1 address");
    else if (count > MAX_ADDRESSES) {
      const detail = `must have at most ${MAX_ADDRESSES} items`;
      problems.list.push({ type: "tooMany", field: `${path}.addresses`, value: count, detail });
    }
    for (const { item, at: place } of stays ? [] : eachText(endpoint, "addresses", path)) {
      checkSliceAddress(problems, place, [item, type]);
    }
    const [host, node] = [endpoint.hostname, endpoint.nodeName];
    if (typeof node === "string") problems.invalidEach(`${path}.nodeName`, node, subdomain(node, false));
    if (typeof host === "string") problems.invalidEach(`${path}.hostname`, host, dnsLabel(host, false));
  }
  checkSlicePorts(problems, slice);
}

function checkSlicePorts(problems: Problems, slice: JsonObject): void {
  const names = new Set<string>();
  for (const { item: port, at } of each(slice, "ports", "")) {
    const path = at.slice(1);
    const name = textOf(port, "name");
    if (name !== "") problems.invalidEach(`${path}.name`, name, dnsLabel(name, false));
    if (names.has(name)) problems.duplicate(`${path}.name`, name);
    names.add(name);
    problems.requiredOneOf(`${path}.protocol`, port.protocol, PROTOCOLS);
    const protocol = port.appProtocol;
    if (typeof protocol === "string") {
      problems.invalidEach(`${path}.appProtocol`, protocol, qualifiedName(protocol));
    }
  }
}

export function validateSliceUpdate(problems: Problems, slice: JsonObject, old: JsonObject): void {
  validateSlice(problems, slice, old);
  checkImmutable(problems, "addressType", [slice, old]);
}
