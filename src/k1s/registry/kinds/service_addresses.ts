/** What a service's fields say of its addresses: checked, kept by updates, and filled in as far as no address is needed. */
import { equal } from "../../patch/mod.ts";
import type { FieldError } from "../../validation/field_error.ts";
import { isObject, type JsonObject, listOf, mapOf, textOf, textsOf } from "../object.ts";
import { eachText, Problems } from "./problems.ts";
import { ipAddress, isIpv6 } from "./rules.ts";

const FAMILIES = ["IPv4", "IPv6"];
const POLICIES = ["PreferDualStack", "RequireDualStack", "SingleStack"];

export function isHeadless(spec: JsonObject | undefined): boolean {
  const ips = textsOf(spec, "clusterIPs");
  return ips.length === 1 && ips[0] === "None";
}

function checkFamilies(problems: Problems, spec: JsonObject): void {
  const seen = new Set<string>();
  for (const { item, at } of eachText(spec, "ipFamilies", "spec")) {
    problems.oneOf(at, item, FAMILIES);
    if (seen.has(item)) problems.duplicate(at, item);
    seen.add(item);
  }
  if (spec.ipFamilyPolicy !== undefined) {
    problems.oneOf("spec.ipFamilyPolicy", spec.ipFamilyPolicy, POLICIES);
  }
}

/** The fields of a service that say which addresses it has. */
export function checkAddresses(problems: Problems, spec: JsonObject): void {
  if (spec.type === "ExternalName") return;
  const [ip, ips] = [textOf(spec, "clusterIP"), textsOf(spec, "clusterIPs")];
  if (ip !== "") {
    if (ips.length === 0) problems.required("spec.clusterIPs");
    else if (ips[0] !== ip) problems.invalid("spec.clusterIPs", ips, "first value must match `clusterIP`");
  } else if (ips.length > 0) {
    problems.invalid("spec.clusterIPs", ips, "must be empty when `clusterIP` is not specified");
  }
  checkFamilies(problems, spec);
  const before = problems.list.length;
  for (const [index, address] of ips.entries()) {
    if (index === 0 && address === "None") {
      if (ips.length > 1) problems.invalid("spec.clusterIPs", ips, "'None' must be the first and only value");
    } else problems.invalidEach(`spec.clusterIPs[${index}]`, address, ipAddress(address));
  }
  const isGood = problems.list.length === before;
  if (ips.length > 2) problems.invalid("spec.clusterIPs", ips, "may only hold up to 2 values");
  if (!isGood) return;
  if (ips.length > 1 && new Set(ips.map(isIpv6)).size < 2) {
    problems.invalid("spec.clusterIPs", ips, "may specify no more than one IP for each IP family");
  }
  if (!isHeadless(spec)) checkFamilyOrder(problems, spec, ips);
}

function checkFamilyOrder(problems: Problems, spec: JsonObject, ips: readonly string[]): void {
  for (const [index, family] of textsOf(spec, "ipFamilies").entries()) {
    const ip = ips[index];
    if (ip === undefined || !FAMILIES.includes(family) || isIpv6(ip) === (family === "IPv6")) continue;
    const detail = `expected an ${family} value as indicated by \`ipFamilies[${index}]\``;
    problems.invalid(`spec.clusterIPs[${index}]`, ip, detail);
  }
}

/** What is looked at before any address is taken. */
export function addressErrors(service: JsonObject): FieldError[] {
  const problems = new Problems();
  checkAddresses(problems, mapOf(service, "spec") ?? {});
  return problems.list;
}

/** Families and their policy where the service doesn't say: the cluster has IPv4 alone. */
export function fillFamilies(spec: JsonObject): FieldError[] {
  if (spec.type === "ExternalName") return [];
  // a headless service without a selector may be of any family: its endpoints are its owner's to say
  if (isHeadless(spec) && Object.keys(mapOf(spec, "selector") ?? {}).length === 0) {
    spec.ipFamilyPolicy ??= "RequireDualStack";
    const given = textsOf(spec, "ipFamilies");
    const more = spec.ipFamilyPolicy === "SingleStack" && given.length > 0 ? [] : FAMILIES;
    spec.ipFamilies = spec.ipFamilyPolicy === "SingleStack" && given.length === 0
      ? ["IPv4"]
      : [...given, ...more.filter((family) => !given.includes(family))];
    return [];
  }
  const problems = new Problems();
  for (const { item, at } of eachText(spec, "ipFamilies", "spec")) {
    if (item !== "IPv4") problems.invalid(at, item, "not configured on this cluster");
  }
  if (spec.ipFamilyPolicy === "RequireDualStack") {
    const detail = "this cluster is not configured for dual-stack services";
    problems.invalid("spec.ipFamilyPolicy", spec.ipFamilyPolicy, detail);
  }
  if (listOf(spec, "ipFamilies").length === 0) spec.ipFamilies = ["IPv4"];
  spec.ipFamilyPolicy ??= "SingleStack";
  return problems.list;
}

/** An update that leaves out what the server allocated keeps it. */
export function keepAllocated(spec: JsonObject, old: JsonObject): void {
  if (spec.type !== "ExternalName" && old.type !== "ExternalName") {
    if (textOf(spec, "clusterIP") === "") keep(spec, old, "clusterIP");
    const same = spec.clusterIP === old.clusterIP;
    if (listOf(spec, "clusterIPs").length === 0 && same) keep(spec, old, "clusterIPs");
    for (const field of ["ipFamilies", "ipFamilyPolicy"]) {
      if (spec[field] === undefined) keep(spec, old, field);
    }
  }
  if (hasNodePorts(spec) && hasNodePorts(old)) keepNodePorts(spec, old);
  if (spec.type === "LoadBalancer" && !spec.healthCheckNodePort) keep(spec, old, "healthCheckNodePort");
}

function keep(spec: JsonObject, old: JsonObject, field: string): void {
  if (old[field] !== undefined) spec[field] = structuredClone(old[field]);
}

function hasNodePorts({ type }: JsonObject): boolean {
  return type === "NodePort" || type === "LoadBalancer";
}

/** A port is known again by its number and protocol. */
function keepNodePorts(spec: JsonObject, old: JsonObject): void {
  const ports = listOf(spec, "ports").filter(isObject);
  const used = new Set(ports.map(({ nodePort }) => nodePort ?? 0));
  for (const port of ports) {
    if ((port.nodePort ?? 0) !== 0) continue;
    const former = listOf(old, "ports").filter(isObject).find((other) =>
      other.port === port.port && other.protocol === port.protocol
    )?.nodePort;
    if (typeof former === "number" && !used.has(former)) port.nodePort = former;
  }
}

/** The older field of one address and the newer of several say the same where only one of them was written. */
export function alignClusterIps(spec: JsonObject, old: JsonObject | undefined): void {
  const [ip, ips] = [textOf(spec, "clusterIP"), textsOf(spec, "clusterIPs")];
  if (!old) {
    if (ip !== "" && ips.length === 0) spec.clusterIPs = [ip];
    return;
  }
  const before = textOf(old, "clusterIP");
  if (ip === before || !equal(ips, textsOf(old, "clusterIPs"))) return;
  if (ip === "") delete spec.clusterIPs;
  else spec.clusterIPs = [ip];
}
