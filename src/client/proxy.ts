/** Proxies from the environment, for connections that Deno's own client (which reads it too) does not make. */
import { processEnv } from "./connect_options.ts";

/** The HTTP proxy for a server, or null. NO_PROXY takes hosts, domains with or without a dot, and `*`. */
export function proxyFromEnv(
  server: string,
  env: (name: string) => string | undefined = processEnv,
): URL | null {
  const { protocol, hostname, port } = new URL(server);
  const read = (name: string) => env(name) || env(name.toLowerCase()) || "";
  const proxy = protocol === "https:" ? read("HTTPS_PROXY") : read("HTTP_PROXY");
  if (proxy === "" || /^(localhost|127\.|\[::1\])/.test(hostname)) return null;
  for (const rule of read("NO_PROXY").split(",")) {
    if (excludes(rule.trim().toLowerCase(), hostname, port)) return null;
  }
  return URL.parse(proxy.includes("://") ? proxy : `http://${proxy}`);
}

function excludes(rule: string, hostname: string, port: string): boolean {
  if (rule === "") return false;
  if (rule === "*") return true;
  const [host = "", rulePort] = rule.split(":");
  if (rulePort !== undefined && rulePort !== port) return false;
  const domain = host.replace(/^\*?\./, "");
  return hostname === domain || hostname.endsWith(`.${domain}`);
}
