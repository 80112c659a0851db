/**
 * The real cluster that tests run against, named by the environment:
 *
 * - ORKA_TEST_KUBECONFIG: its kubeconfig, with the contexts `test` (administrator) and `viewer` (the role "view");
 * - ORKA_TEST_KUBECTL: a kubectl of its version (default: the one on PATH);
 * - ORKA_TEST_CLUSTER_SCRIPT: the script that starts clusters, for tests that take one down.
 *
 * Without the first, a `clusterTest` is skipped and its name says why. Tests share the cluster and run at the
 * same time: each works in a scratch namespace of its own.
 */
import { DENO_DIR } from "./deno_dir.ts";
import assert from "node:assert/strict";

export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Wall time. */
  readonly ms: number;
}

export interface RunOptions {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Past it the program is killed and the call fails: nothing may hang. */
  readonly timeoutMs?: number;
}

/** Runs a program to its end. */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Output> {
  const started = performance.now();
  const child = new Deno.Command(command, {
    args: [...args],
    stdin: options.stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
    ...(options.env === undefined ? {} : { env: { ...options.env } }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  }).spawn();
  if (options.stdin !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(options.stdin)).then(() => writer.close()).catch(() => {});
  }
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, options.timeoutMs ?? 60_000);
  const { code, stdout, stderr } = await child.output().finally(() => clearTimeout(timer));
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const output = { code, stdout: decode(stdout), stderr: decode(stderr), ms: performance.now() - started };
  const line = [command, ...args].join(" ");
  assert.ok(!late, `${line} hung for ${options.timeoutMs ?? 60_000} ms:\n${output.stdout}\n${output.stderr}`);
  return output;
}

/** Runs the program from source, as `deno run -A main.ts ARGS`, colours off. */
export function orka(args: readonly string[], options: RunOptions = {}): Promise<Output> {
  const main = decodeURIComponent(new URL("../../main.ts", import.meta.url).pathname);
  return run(Deno.execPath(), ["run", "-A", main, ...args], {
    ...options,
    env: { DENO_DIR, NO_COLOR: "1", ...options.env },
  });
}

/** A namespace that goes away with its scope. */
export interface Scratch extends AsyncDisposable {
  readonly name: string;
}

export class RealCluster {
  constructor(readonly kubeconfig: string, readonly kubectlPath: string) {}

  /** kubectl as the administrator, or with `--context` in `args`. */
  kubectl(args: readonly string[], options: RunOptions = {}): Promise<Output> {
    return run(this.kubectlPath, ["--kubeconfig", this.kubeconfig, ...args], options);
  }

  /** kubectl's stdout; fails the test when kubectl fails. */
  async kubectlOk(args: readonly string[], options: RunOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await this.kubectl(args, options);
    assert.equal(code, 0, `kubectl ${args.join(" ")}: ${stderr}`);
    return stdout;
  }

  /** Server-side apply of manifests: YAML, or an object. */
  async apply(manifest: string | object): Promise<void> {
    const stdin = typeof manifest === "string" ? manifest : JSON.stringify(manifest);
    await this.kubectlOk(["apply", "--server-side", "--force-conflicts", "-f", "-"], { stdin });
  }

  /** Creates one object, whatever characters it holds: apply goes through YAML, which has no controls. */
  async create(object: object): Promise<void> {
    const escaped = (c: string) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`;
    const stdin = JSON.stringify(object).replace(/\p{Cc}/gu, escaped);
    await this.kubectlOk(["create", "-f", "-"], { stdin });
  }

  /** The program from source, pointed at this cluster. */
  orka(args: readonly string[], options: RunOptions = {}): Promise<Output> {
    return orka(args, { ...options, env: { KUBECONFIG: this.kubeconfig, ...options.env } });
  }

  /** A fresh namespace `PURPOSE-xxxxx`, with its service account there, deleted (not awaited) at the scope's end. */
  async scratch(purpose: string): Promise<Scratch> {
    const name = `${purpose}-${crypto.randomUUID().slice(0, 5)}`;
    await this.kubectlOk(["create", "namespace", name]);
    await this.kubectlOk(["-n", name, "wait", "--for=create", "serviceaccount/default", "--timeout=30s"]);
    return {
      name,
      [Symbol.asyncDispose]: async () => {
        await this.kubectlOk(["delete", "namespace", name, "--wait=false", "--ignore-not-found"]);
      },
    };
  }

  /**
   * Installs the CustomResourceDefinitions of six operators and waits until they are served; their count, or null
   * when they don't lie beside the repository. They stay: other tests may be reading them.
   */
  async installCrds(): Promise<number | null> {
    const dir = new URL("../../../shared/crds/", import.meta.url);
    const files = await listFiles(dir, ".yaml");
    if (files.length === 0) return null;
    const names: string[] = [];
    for (const file of files) {
      const path = decodeURIComponent(new URL(file, dir).pathname);
      const out = await this.kubectlOk([
        "apply",
        "--server-side",
        "--force-conflicts",
        "-f",
        path,
        "-o",
        "name",
      ]);
      names.push(...out.trim().split("\n").filter((line) => line.startsWith("customresourcedefinition")));
    }
    await this.kubectlOk(["wait", "--for=condition=Established", "--timeout=60s", ...names]);
    return names.length;
  }
}

async function listFiles(dir: URL, suffix: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(dir)) if (entry.name.endsWith(suffix)) names.push(entry.name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return names.sort();
}

/** The cluster that the environment names, or null. */
export function realCluster(): RealCluster | null {
  const kubeconfig = Deno.env.get("ORKA_TEST_KUBECONFIG");
  if (!kubeconfig) return null;
  return new RealCluster(kubeconfig, Deno.env.get("ORKA_TEST_KUBECTL") ?? "kubectl");
}

/** A test on the real cluster; skipped, with its reason in its name, where there is none. */
export function clusterTest(name: string, fn: (cluster: RealCluster) => Promise<void>): void {
  const cluster = realCluster();
  Deno.test({
    name: cluster ? name : `${name} (skipped: ORKA_TEST_KUBECONFIG names no cluster)`,
    ignore: cluster === null,
    fn: () => fn(cluster!),
  });
}

/** A test on the real cluster's real node (`ORKA_TEST_REAL_NODE` names it); skipped, with its reason, where there is none. */
export function nodeTest(name: string, fn: (cluster: RealCluster) => Promise<void>): void {
  if (realCluster() === null || Deno.env.get("ORKA_TEST_REAL_NODE")) return clusterTest(name, fn);
  Deno.test({ name: `${name} (skipped: ORKA_TEST_REAL_NODE names no node)`, ignore: true, fn: () => {} });
}

/** A cluster of a test's own, which it may break. */
export class OwnCluster extends RealCluster implements AsyncDisposable {
  readonly #script: string;
  readonly #port: number;

  private constructor(script: string, port: number, kubeconfig: string, kubectlPath: string) {
    super(kubeconfig, kubectlPath);
    this.#script = script;
    this.#port = port;
  }

  /** Starts one on `port` (the next five ports are used too); about 6 s. */
  static async start(script: string, port: number): Promise<OwnCluster> {
    await control(script, port, "reset");
    const bin = (await control(script, port, "build")).trim().split("\n").at(-1)!;
    const kubeconfig = (await control(script, port, "up")).trim().split("\n").at(-1)!;
    return new OwnCluster(script, port, kubeconfig, `${bin}/kubectl`);
  }

  /** Kills the API server where it stands, as a crash does. */
  async killApiServer(): Promise<void> {
    const pidFile = this.kubeconfig.replace(/[^/]+$/, "kube-apiserver.pid");
    const pid = Number(await Deno.readTextFile(pidFile));
    assert.ok(pid > 1, `no pid in ${pidFile}`);
    Deno.kill(pid, "SIGKILL");
    // Where nothing reaps orphans the dead process keeps its pid, and the script would think it runs.
    await Deno.remove(pidFile);
  }

  /** Starts what doesn't run, and waits until it is ready. */
  async relaunch(): Promise<void> {
    await control(this.#script, this.#port, "up");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await control(this.#script, this.#port, "reset");
  }
}

async function control(script: string, port: number, verb: string): Promise<string> {
  const env = { TESTCLUSTER_PORT: String(port) };
  const { code, stdout, stderr } = await run("bash", [script, verb], { env, timeoutMs: 120_000 });
  assert.equal(code, 0, `cluster ${verb}: ${stderr}`);
  return stdout;
}

/** A test that takes a cluster of its own down and up; skipped, with its reason, where none can be started. */
export function ownClusterTest(name: string, port: number, fn: (cluster: OwnCluster) => Promise<void>): void {
  const script = Deno.env.get("ORKA_TEST_CLUSTER_SCRIPT");
  Deno.test({
    name: script ? name : `${name} (skipped: ORKA_TEST_CLUSTER_SCRIPT names no script that starts clusters)`,
    ignore: !script,
    fn: async () => {
      await using cluster = await OwnCluster.start(script!, port);
      await fn(cluster);
    },
  });
}
