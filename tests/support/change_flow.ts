/**
 * One object of an operator's kind from its discovery to the undo of its last change, by command lines alone. The same
 * flow runs on the embedded cluster and on a real one.
 */
import assert from "node:assert/strict";

export interface FlowRan {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface FlowCluster {
  readonly namespace: string;
  /** Where files may be made; the memory is kept there too. */
  readonly directory: string;
  /** `editor`: a line of shell, run on the edited file. */
  orka(args: readonly string[], options?: { readonly editor?: string }): Promise<FlowRan>;
  /** Another program applies this, as field manager `pipeline`, taking over what it sets. */
  applyAsPipeline(configuration: object): Promise<void>;
}

export interface Certificate {
  readonly spec: { readonly dnsNames: readonly string[]; readonly duration?: string };
  readonly status?: { readonly revision?: number };
}

export function certificate(namespace: string, spec: object = {}): object {
  return {
    apiVersion: "cert-manager.io/v1",
    kind: "Certificate",
    metadata: { name: "web", namespace },
    spec: { secretName: "web-tls", issuerRef: { name: "ca" }, dnsNames: ["web.test"], ...spec },
  };
}

/** Throws at the first step that is not as it should be. */
export async function runChangeFlow(cluster: FlowCluster): Promise<void> {
  const flow = new ChangeFlow(cluster);
  await flow.discovers();
  await flow.createsAndFinds();
  await flow.triesAndApplies();
  await flow.conflicts();
  await flow.editsStatus();
  await flow.undoes();
  await flow.remembers();
}

class ChangeFlow {
  constructor(private readonly cluster: FlowCluster) {}

  async discovers(): Promise<void> {
    const { stdout } = await this.#ok(["discover"]);
    assert.match(stdout, /^cert-manager\.io\/v1 • Certificate • namespaced$/m);
    assert.match((await this.#ok(["schema", "certificates.spec.dnsNames"])).stdout, /dnsNames/);
  }

  async createsAndFinds(): Promise<void> {
    const { namespace } = this.cluster;
    const made = await this.#ok([...await this.#manifest(), "--apply", "--write"]);
    assert.equal(made.stdout, "certificate.cert-manager.io/web created\n");
    assert.match(
      (await this.#ok(["get", "certificates"])).stdout,
      /^NAME +READY +SECRET +AGE\nweb .*web-tls/,
    );
    const watched = await this.#ok(["watch", "certificates", "--until", "1"]);
    assert.equal(watched.stdout, `+ ${namespace}/web\n`);
    const found = await this.#ok(["search", `k:Certificate ns:${namespace} web`, "-o", "name"]);
    assert.match(found.stdout, /web/);
  }

  async triesAndApplies(): Promise<void> {
    const line = await this.#manifest({ duration: "24h" });
    assert.match((await this.#ok([...line, "--dry-run"])).stdout, /\+ spec\.duration: 24h/);
    const refused = await this.#orka([...line, "--apply"]);
    assert.equal(refused.code, 3, refused.stderr);
    assert.equal((await this.#live()).spec.duration, undefined);
    await this.#ok([...line, "--apply", "--write"]);
    assert.equal((await this.#live()).spec.duration, "24h");
    const wrong = await this.#orka([...await this.#manifest({ durration: "1h" }), "--apply", "--write"]);
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /line \d+, column \d+: spec\.durration: unknown field .*"duration"/);
  }

  async conflicts(): Promise<void> {
    const { namespace, applyAsPipeline } = this.cluster;
    await applyAsPipeline(certificate(namespace, { duration: "48h" }));
    const line = [...await this.#manifest({ duration: "72h" }), "--apply", "--write"];
    const refused = await this.#orka(line);
    assert.equal(refused.code, 1, refused.stderr);
    assert.match(refused.stderr, /\.spec\.duration: conflict with "pipeline"/);
    assert.equal((await this.#live()).spec.duration, "48h");
    await this.#ok([...line, "--force-conflicts"]);
    assert.equal((await this.#live()).spec.duration, "72h");
  }

  async editsStatus(): Promise<void> {
    const editor = `f() { printf 'status:\\n  revision: 3\\n' >> "$1"; }; f`;
    await this.#ok(["edit", "certificate/web", "--subresource=status", "--write"], { editor });
    assert.equal((await this.#live()).status?.revision, 3);
  }

  async undoes(): Promise<void> {
    assert.match((await this.#orka(["undo"])).stdout, /- status(\.revision)?: /);
    await this.#ok(["undo", "--write", "--yes"]);
    assert.equal((await this.#live()).status?.revision, undefined);
    await this.#ok(["undo", "--write", "--yes"]);
    assert.equal((await this.#live()).spec.duration, "48h");
  }

  async remembers(): Promise<void> {
    const { stdout } = await this.#ok(["history", "certificate/web", "-o", "json"]);
    const entries = JSON.parse(stdout) as Record<string, unknown>[];
    const own = entries.filter(({ source }) => source === "orka").toReversed();
    assert.deepEqual(
      own.map(({ verb, subresource, summary, undoes }) => [verb, subresource, String(summary), undoes]),
      [
        ["edit", "", own[0]!.summary, null],
        ["edit", "", 'spec.duration: +"24h"', null],
        ["edit", "", 'spec.duration: "48h" -> "72h"', null],
        ["edit", "status", own[3]!.summary, null],
        ["undo", "status", own[4]!.summary, own[3]!.id],
        ["undo", "", 'spec.duration: "72h" -> "48h"', own[2]!.id],
      ],
    );
    assert.ok(entries.some(({ source, manager }) => source === "manager" && manager === "pipeline"));
    const last = await this.#ok([
      "last-applied",
      "get",
      "certificate/web",
      "-o",
      "jsonpath={.spec.duration}",
    ]);
    assert.equal(last.stdout, "48h");
  }

  async #live(): Promise<Certificate> {
    return JSON.parse((await this.#ok(["get", "certificate/web", "-o", "json"])).stdout);
  }

  /** `edit -f` on a certificate with this in its spec. */
  async #manifest(spec: object = {}): Promise<string[]> {
    const { directory, namespace } = this.cluster;
    const path = `${directory}/certificate.json`;
    await Deno.writeTextFile(path, JSON.stringify(certificate(namespace, spec), null, 2));
    return ["edit", "-f", path];
  }

  #orka(args: readonly string[], options: { readonly editor?: string } = {}): Promise<FlowRan> {
    return this.cluster.orka([...args, "-n", this.cluster.namespace], options);
  }

  async #ok(args: readonly string[], options: { readonly editor?: string } = {}): Promise<FlowRan> {
    const ran = await this.#orka(args, options);
    assert.equal(ran.code, 0, `orka ${args.join(" ")}: ${ran.stdout}${ran.stderr}`);
    return ran;
  }
}
