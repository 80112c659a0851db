/** An embedded cluster whose changes are remembered from one command to the next, in a directory of the test's own. */
import { patchObject, readObject } from "../../src/apply/mod.ts";
import type { KubeObject } from "../../src/kube/mod.ts";
import { type Embedded, openEmbedded } from "../support/embedded.ts";
import { resource } from "../support/resources.ts";
import { cliOnEmbedded, type CliOptions, type Ran } from "./harness.ts";

const MAP = { resource: resource("ConfigMap"), namespace: "default", name: "c" };

/** The ConfigMap `c` is the object of most tests; a cluster in this process's memory alone would be forgotten. */
export class Remembered implements AsyncDisposable {
  private constructor(readonly cluster: Embedded, readonly directory: string) {}

  static async open(data: Readonly<Record<string, string>> = {}): Promise<Remembered> {
    const rig = new Remembered(await openEmbedded(), await Deno.makeTempDir({ prefix: "orka-test-" }));
    await rig.createMap("c", data);
    return rig;
  }

  async createMap(name: string, data: Readonly<Record<string, string>>): Promise<void> {
    await this.cluster.create({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data });
  }

  /** The Secret `s` with one value, and annotations where given. */
  async createSecret(value: string, annotations: Readonly<Record<string, string>> = {}): Promise<void> {
    const metadata = { name: "s", annotations };
    await this.cluster.create({ apiVersion: "v1", kind: "Secret", metadata, data: { a: value } });
  }

  async orka(line: string, options: CliOptions = {}): Promise<Ran> {
    const env = { ORKA_STATE_DIR: this.directory, NO_COLOR: "1", ...options.env };
    const target = { server: "https://remembered.test", user: "jane", ...options.target };
    return await cliOnEmbedded(this.cluster, { ...options, env, target })(...line.split(" "));
  }

  /** `a=2`: one value of the map, by the editor. */
  async edit(change: string): Promise<void> {
    const [key, value] = change.split("=");
    const env = { KUBE_EDITOR: `sed -i 's/^  ${key}: .*/  ${key}: "${value}"/'` };
    (await this.orka("edit cm/c --write", { env })).code(0);
  }

  /** Somebody else writes to the map. */
  async others(patch: object, fieldManager = "others"): Promise<void> {
    await patchObject(this.cluster.client, MAP, { type: "merge", patch, fieldManager });
  }

  /** The map as it is; null where it is gone. */
  live(): Promise<KubeObject | null> {
    return readObject(this.cluster.client, MAP);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cluster[Symbol.asyncDispose]();
    await Deno.remove(this.directory, { recursive: true });
  }
}
