/**
 * `/livez`, `/readyz`, `/healthz`, and single checks below them: a server that answers is well when its store does.
 * https://kubernetes.io/docs/reference/using-api/health-checks/
 */
import { answerPlain } from "./answer.ts";

const ENDPOINTS: Readonly<Record<string, readonly string[]>> = {
  healthz: ["ping", "log", "etcd"],
  livez: ["ping", "log", "etcd"],
  readyz: ["ping", "log", "etcd", "etcd-readiness", "informer-sync", "shutdown"],
};
/** Checks that ask the store, by the names that the real server has for them. */
const OF_STORE = new Set(["etcd", "etcd-readiness"]);

/** Every health path, for the index. */
export function healthPaths(): string[] {
  return Object.entries(ENDPOINTS).flatMap(([name, checks]) => [
    `/${name}`,
    ...checks.map((check) => `/${name}/${check}`),
  ]);
}

/** The answer to a health path, or undefined for any other. `probe` rejects when the store does not answer. */
export async function healthAnswer(
  request: Request,
  path: string,
  probe: () => Promise<unknown>,
): Promise<Response | undefined> {
  const [, endpoint = "", check, ...more] = path.split("/");
  const checks = Object.hasOwn(ENDPOINTS, endpoint) ? ENDPOINTS[endpoint]! : undefined;
  if (!checks || more.length > 0 || check !== undefined && !checks.includes(check)) return undefined;
  const storeProblem = await probe().then(() => false, () => true);
  const isFailing = (name: string) => OF_STORE.has(name) && storeProblem;
  if (check !== undefined) {
    return isFailing(check)
      ? answerPlain(`internal server error: ${check} check failed: see the log\n`, 500)
      : answerPlain("ok");
  }
  const query = new URL(request.url).searchParams;
  const excluded = new Set(query.getAll("exclude"));
  const lines = checks.map((name) =>
    excluded.has(name)
      ? `[+]${name} excluded: ok\n`
      : isFailing(name)
      ? `[-]${name} failed: reason withheld\n`
      : `[+]${name} ok\n`
  );
  const failed = checks.some((name) => !excluded.has(name) && isFailing(name));
  if (failed) return answerPlain(`${lines.join("")}${endpoint} check failed\n`, 500);
  return answerPlain(query.has("verbose") ? `${lines.join("")}${endpoint} check passed\n` : "ok");
}
