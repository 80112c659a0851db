/** `create service` and `create ingress`. */
import { OrkaError } from "../../base/mod.ts";
import {
  builtIn,
  type Fields,
  type Generator,
  type GeneratorInput,
  intOrString,
  pairs,
  required,
} from "./generator.ts";

const SERVICE = builtIn("v1", "Service");

export const SERVICES: readonly Generator[] = [
  { words: ["service clusterip"], resource: SERVICE, make: (input) => service(input, "ClusterIP") },
  { words: ["service nodeport"], resource: SERVICE, make: (input) => service(input, "NodePort") },
  { words: ["service loadbalancer"], resource: SERVICE, make: (input) => service(input, "LoadBalancer") },
  { words: ["service externalname"], resource: SERVICE, make: (input) => service(input, "ExternalName") },
  {
    words: ["ingress", "ing"],
    resource: builtIn("networking.k8s.io/v1", "Ingress", { plural: "ingresses" }),
    make: ingress,
  },
];

function service({ name, flags }: GeneratorInput, type: string): Fields {
  const labels = { app: name };
  const clusterIP = type === "ClusterIP" ? flags.text("clusterip") : undefined;
  const ports = flags.list("tcp").map((text) => port(text, nodePort(flags.text("node-port"), type)));
  if (ports.length === 0 && clusterIP !== "None" && type !== "ExternalName") {
    throw new OrkaError("usage", "at least one tcp port specifier must be provided");
  }
  return {
    metadata: { labels },
    spec: {
      ...(ports.length === 0 ? {} : { ports }),
      ...(clusterIP ? { clusterIP } : {}),
      ...(type === "ExternalName" ? { externalName: required(flags, "external-name") } : {}),
      selector: labels,
      type,
    },
    status: { loadBalancer: {} },
  };
}

function nodePort(text: string | undefined, type: string) {
  return type === "NodePort" && text !== undefined && text !== "0" ? { nodePort: portNumber(text) } : {};
}

/** `5678`, `5678:8080`, `5678:http`. */
function port(text: string, more: object) {
  const [first = "", target = first] = text.split(":");
  const number = portNumber(first);
  return {
    name: text.replace(":", "-"),
    port: number,
    protocol: "TCP",
    targetPort: intOrString(target),
    ...more,
  };
}

function portNumber(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0 && number < 65_536) return number;
  throw new OrkaError("usage", `${text} is not a valid port: a number from 1 to 65535`);
}

function ingress({ flags }: GeneratorInput): Fields {
  const rules = flags.list("rule"), fallback = flags.text("default-backend");
  if (rules.length === 0 && !fallback) {
    throw new OrkaError(
      "usage",
      "not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)",
    );
  }
  const annotations = pairs(flags.list("annotation"), "annotation");
  const read = rules.map(readRule);
  const tls = tlsOf(read);
  const className = flags.text("class");
  return {
    ...(Object.keys(annotations).length === 0 ? {} : { metadata: { annotations } }),
    spec: {
      ...(className ? { ingressClassName: className } : {}),
      ...(fallback ? { defaultBackend: backend(fallback) } : {}),
      ...(read.length === 0 ? {} : { rules: rulesOf(read) }),
      ...(tls.length === 0 ? {} : { tls }),
    },
    status: { loadBalancer: {} },
  };
}

interface Rule {
  readonly host: string;
  readonly path: object;
  /** undefined: no TLS; empty: with the controller's own certificate. */
  readonly secret: string | undefined;
}

/** `host/path*=service:port[,tls[=secret]]`. */
function readRule(text: string): Rule {
  const parts = /^([^/=]*)(\/[^=]*)=([^:,]+:[^,]+?)(?:,tls(?:=(.*))?)?$/.exec(text);
  if (parts === null) {
    throw new OrkaError(
      "usage",
      `rule ${text} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`,
    );
  }
  const [whole, host = "", path = "", target = "", secret = ""] = parts;
  const isPrefix = path.endsWith("*");
  return {
    host,
    path: {
      path: isPrefix ? path.slice(0, -1) : path,
      pathType: isPrefix ? "Prefix" : "Exact",
      backend: backend(target),
    },
    secret: /,tls(=.*)?$/.test(whole) ? secret : undefined,
  };
}

function backend(text: string) {
  const [name = "", port = ""] = text.split(":");
  if (name === "" || port === "") throw new OrkaError("usage", `${text}: a backend is service:port`);
  const value = intOrString(port);
  return { service: { name, port: typeof value === "number" ? { number: value } : { name: value } } };
}

/** Paths of one host in a row. */
function rulesOf(rules: readonly Rule[]) {
  const hosts = new Map<string, object[]>();
  for (const { host, path } of rules) hosts.set(host, [...hosts.get(host) ?? [], path]);
  return [...hosts].map(([host, paths]) => ({ ...(host === "" ? {} : { host }), http: { paths } }));
}

function tlsOf(rules: readonly Rule[]) {
  const secrets = new Map<string, string[]>();
  for (const { host, secret } of rules) {
    if (secret === undefined) continue;
    const hosts = secrets.get(secret) ?? [];
    secrets.set(secret, host === "" || hosts.includes(host) ? hosts : [...hosts, host]);
  }
  return [...secrets].map(([secretName, hosts]) => ({
    ...(hosts.length === 0 ? {} : { hosts }),
    ...(secretName === "" ? {} : { secretName }),
  }));
}
