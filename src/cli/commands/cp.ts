/** `orka cp`: files into a container and out of it. */
import { EXIT, OrkaError } from "../../base/mod.ts";
import { copyFromPod, type CopyOptions, copyToPod } from "../../ops/mod.ts";
import { openCluster } from "../cluster.ts";
import { type CliIo, note } from "../io.ts";
import { livePod, needWrites, pickContainer } from "../remote/remote_target.ts";
import type { Command } from "../verbs.ts";

/** `pod:path`, `namespace/pod:path`, or a local path. */
interface FileSpec {
  readonly namespace?: string;
  readonly pod?: string;
  readonly path: string;
}

export const command: Command = async (io, { flags, args }) => {
  const [from, to] = args.map(fileSpec);
  if (from === undefined || to === undefined || args.length !== 2) {
    throw new OrkaError("usage", "exactly two paths are expected: SOURCE and DEST");
  }
  const remote = from.pod === undefined ? to : from;
  if (remote.pod === undefined || (from.pod !== undefined && to.pod !== undefined)) {
    throw new OrkaError("usage", "one of src or dest must be a local file specification, the other POD:PATH");
  }
  if (from.path === "" || to.path === "") throw new OrkaError("usage", "filepath can not be empty");
  const retries = retriesOf(flags.text("retries"));
  using named = await openCluster(io, flags, { changes: true });
  const cluster = { ...named, namespace: remote.namespace ?? named.namespace };
  needWrites(cluster, "copying runs tar in the container, which");
  const pod = await livePod(io, { cluster, flags, argument: remote.pod });
  const container = await pickContainer(io, pod, { wanted: flags.text("container") });
  const place = { namespace: cluster.namespace, pod: pod.metadata.name, container: container.name };
  const spec = { ...place, from: from.path, to: to.path, preserve: !flags.on("no-preserve") };
  using progress = new Progress(io);
  const options: CopyOptions = {
    signal: io.signal,
    onProgress: (bytes) => progress.show(bytes),
    onWarning: (message) => progress.note(`warning: ${message}`),
  };
  await (from.pod === undefined
    ? copyToPod(cluster.client, spec, options)
    : copyFromPod(cluster.client, { ...spec, retries }, options));
  return EXIT.ok;
};

function fileSpec(text: string): FileSpec {
  const colon = text.indexOf(":");
  // A path that says where it is can have colons.
  if (colon < 0 || /^[./~]/.test(text)) return { path: text };
  const path = text.slice(colon + 1);
  const parts = text.slice(0, colon).split("/");
  if (colon === 0 || parts.length > 2 || parts.includes("")) {
    throw new OrkaError("usage", `${text}: expected [[NAMESPACE/]POD:]PATH`);
  }
  const pod = parts.at(-1)!;
  return parts.length === 1 ? { pod, path } : { namespace: parts[0]!, pod, path };
}

function retriesOf(text: string | undefined): number {
  const retries = Number(text ?? 0);
  if (Number.isInteger(retries)) return retries;
  throw new OrkaError("usage", `invalid argument "${text}" for "--retries": expected a whole number`);
}

/** Between two looks at how far it is. */
const SHOWN_MS = 100;

/** A line of the terminal that counts; nothing where stderr is none. */
class Progress implements Disposable {
  readonly #io: CliIo;
  readonly #isShown: boolean;
  readonly #beganMs: number;
  #lastMs = 0;
  #hasLine = false;

  constructor(io: CliIo) {
    this.#io = io;
    this.#isShown = io.stderr.isTerminal;
    this.#beganMs = io.clock.monotonic();
  }

  show(bytes: number): void {
    const nowMs = this.#io.clock.monotonic();
    if (!this.#isShown || nowMs - this.#lastMs < SHOWN_MS) return;
    this.#lastMs = nowMs;
    this.#hasLine = true;
    const seconds = Math.max(0.1, (nowMs - this.#beganMs) / 1000);
    this.#write(`\r\x1b[K${megabytes(bytes)} MB, ${megabytes(bytes / seconds)} MB/s`);
  }

  note(line: string): void {
    this.#clear();
    void note(this.#io, line).catch(() => {});
  }

  [Symbol.dispose](): void {
    this.#clear();
  }

  #clear(): void {
    if (this.#hasLine) this.#write("\r\x1b[K");
    this.#hasLine = false;
  }

  #write(text: string): void {
    void this.#io.stderr.write(text).then(() => this.#io.stderr.flush()).catch(() => {});
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}
