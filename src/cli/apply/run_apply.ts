/**
 * Several objects of manifests, one behind the other: what needs another one waits for it, what fails is said at once and
 * the rest goes on, and at the end it is said how many went through.
 */
import { readObject } from "../../apply/mod.ts";
import { EXIT, isCancelled, OrkaError } from "../../base/mod.ts";
import { type Change, type Outcome, performChange, previewChange } from "../../change/mod.ts";
import { type KubeObject, type Resource, resourceKey } from "../../kube/mod.ts";
import type { ChangeSession } from "../change/change_context.ts";
import {
  isForProgram,
  noteReadOnly,
  type PlannedChange,
  printPreview,
  type RunResult,
} from "../change/run_changes.ts";
import { targetName } from "../change/targets.ts";
import { mapLimited } from "../get/one.ts";
import { note } from "../io.ts";
import { waitUntilServed } from "./crd_resources.ts";
import type { Done } from "./done_printer.ts";
import type { ManifestTarget } from "./manifest_targets.ts";

export interface ApplyWay {
  /** The change, given the object as it is; undefined where that could not be read. */
  change(target: ManifestTarget, before: KubeObject | null | undefined): Change | Promise<Change>;
  readonly done: PlannedChange["done"];
  readonly printer: Done;
  readonly isDryRun: boolean;
  /** What is there is not read beforehand: the verb only creates. */
  readonly creates?: boolean | undefined;
  /** More of the same call comes after this, which will say that nothing was changed. */
  readonly hasMore?: boolean | undefined;
  /** The objects as they are, where somebody began to read them earlier. */
  readonly before?: LiveObjects | undefined;
}

/** Fails every other request too: going on would only repeat it. */
const ENDS_ALL: ReadonlySet<string> = new Set(["unreachable", "unauthorized", "tls"]);

/** 1 when one was refused, 3 when nothing may change. Throws the refusal of a single object. */
export async function runApply(
  session: ChangeSession,
  targets: readonly ManifestTarget[],
  way: ApplyWay,
): Promise<RunResult> {
  const { io, cluster } = session;
  const isReal = cluster.writes.isOpen && !way.isDryRun;
  const run = new ApplyRun(session, { targets, way, isReal });
  for (const [index, target] of targets.entries()) {
    try {
      await run.next(target);
    } catch (error) {
      const isOver = !(error instanceof OrkaError) || ENDS_ALL.has(error.code);
      if (targets.length === 1) throw error;
      if (isOver) {
        await run.tellRest(targets.slice(index));
        throw error;
      }
      await run.refused(target, error);
    }
  }
  await way.printer.end();
  if (run.failed > 0) {
    await note(io, `${targets.length - run.failed} of ${targets.length} went through`);
    return { code: EXIT.error, done: run.done };
  }
  if (isReal || way.isDryRun) return { code: EXIT.ok, done: run.done };
  if (!way.hasMore) await noteReadOnly(session);
  return { code: EXIT.readOnly, done: run.done };
}

interface RunContext {
  readonly targets: readonly ManifestTarget[];
  readonly way: ApplyWay;
  readonly isReal: boolean;
}

class ApplyRun {
  readonly done: PlannedChange[] = [];
  failed = 0;
  readonly #before: Promise<LiveObjects>;
  readonly #changed = new Set<string>();
  readonly #served = new Map<string, Promise<void>>();
  /** Namespaces that the run would make, or could not make. */
  readonly #newNamespaces: ReadonlySet<string>;

  constructor(private readonly session: ChangeSession, private readonly context: RunContext) {
    const { targets, way } = context;
    this.#before = way.creates
      ? Promise.resolve(new Map())
      : Promise.resolve(way.before ?? readAll(session, targets));
    this.#before.catch(() => {}); // awaited by the first object
    this.#newNamespaces = new Set(
      targets.filter(({ target: { resource } }) => resource.group === "" && resource.kind === "Namespace")
        .map(({ target }) => target.name),
    );
  }

  async next(each: ManifestTarget): Promise<void> {
    const { way, isReal } = this.context;
    const { io } = this.session;
    if (each.isComing) {
      if (!isReal) return await this.#untried(each, "its kind comes with the manifest");
      await this.#untilServed(each.target.resource);
    }
    const before = way.creates ? null : await this.#beforeOf(each);
    const change = await way.change(each, before);
    const planned: PlannedChange = { change, done: way.done, name: nameOf(each) };
    const context = this.session.perform(await this.session.lists(each.target.resource));
    if (isReal) {
      const outcome = await performChange(change, context);
      this.done.push(planned);
      return await way.printer.done(named(planned, each, outcome), outcome);
    }
    let outcome: Outcome;
    try {
      outcome = await previewChange(change, context);
    } catch (error) {
      if (!this.#lacksNamespace(each, error)) throw error;
      return await this.#untried(each, `its namespace "${each.target.namespace}" comes with the manifest`);
    }
    io.signal.throwIfAborted();
    if (this.#printsObjects) await way.printer.done(named(planned, each, outcome), outcome);
    else await printPreview(this.session, named(planned, each, outcome), outcome);
  }

  async refused(each: ManifestTarget, error: OrkaError): Promise<void> {
    this.failed++;
    const { io } = this.session;
    await io.stdout.flush();
    await note(io, `error: ${nameOf(each)} (${each.source}): ${error.message}`);
    if (error.hint !== undefined) await note(io, error.hint);
  }

  /** Something ended the run: what went through stays, and is said. */
  async tellRest(rest: readonly ManifestTarget[]): Promise<void> {
    const { io } = this.session;
    await this.context.way.printer.end();
    await io.stdout.flush();
    const { targets } = this.context;
    const through = targets.length - rest.length - this.failed;
    if (!this.context.isReal) return;
    await note(io, `${through} of ${targets.length} went through; not done: ${rest.map(nameOf).join(", ")}`);
  }

  /** undefined: it has to be read, since a document before this one changed the same object. */
  async #beforeOf(each: ManifestTarget): Promise<KubeObject | null | undefined> {
    const { resource, namespace, name } = each.target;
    const key = JSON.stringify([resource.group, resource.kind, namespace, name]);
    const isChanged = this.#changed.has(key);
    this.#changed.add(key);
    return isChanged ? undefined : (await this.#before).get(each);
  }

  get #printsObjects(): boolean {
    return this.context.way.isDryRun || isForProgram(this.session);
  }

  #untilServed(resource: Resource): Promise<void> {
    const key = resourceKey(resource);
    const waiting = this.#served.get(key) ?? waitUntilServed(this.session, resource);
    this.#served.set(key, waiting);
    return waiting;
  }

  async #untried(each: ManifestTarget, why: string): Promise<void> {
    const { io } = this.session;
    const { way, isReal } = this.context;
    const outcome = { before: null, after: each.object, changes: [] };
    const change = await way.change(each, null);
    const planned: PlannedChange = { change, done: way.done, name: nameOf(each) };
    if (this.#printsObjects && !isReal) await way.printer.done(planned, outcome);
    else await printPreview(this.session, planned, outcome);
    await io.stdout.flush();
    await note(io, `${nameOf(each)}: not tried on the server: ${why}`);
  }

  #lacksNamespace({ target: { namespace } }: ManifestTarget, error: unknown): boolean {
    return error instanceof OrkaError && error.code === "not-found" && this.#newNamespaces.has(namespace);
  }
}

function nameOf({ target, object }: ManifestTarget): string {
  return targetName({ ...target, name: target.name ?? `${object.metadata.generateName ?? ""}…` });
}

/** With the name that the server made of a `generateName`. */
function named(planned: PlannedChange, { target }: ManifestTarget, { after }: Outcome): PlannedChange {
  const name = after?.metadata?.name;
  return target.name !== undefined || name === undefined
    ? planned
    : { ...planned, name: targetName({ ...target, name }) };
}

export type LiveObjects = ReadonlyMap<ManifestTarget, KubeObject | null>;

/**
 * Reads what is there, and how its lists are matched, while `check` goes on: three round trips at once. Throws what
 * `check` throws, after everything has come back.
 */
export async function readWhile(
  check: Promise<void>,
  { session, targets }: { readonly session: ChangeSession; readonly targets: readonly ManifestTarget[] },
): Promise<LiveObjects> {
  const served = targets.filter(({ isComing }) => !isComing);
  const before = readAll(session, targets);
  const lists = Promise.all(served.map(({ target }) => session.lists(target.resource)));
  await Promise.allSettled([check, before, lists]);
  await check;
  return await before;
}

/** Every object as it is, where it can be read; a refusal comes again, and is told, when the object's turn comes. */
async function readAll(
  { io, cluster }: ChangeSession,
  targets: readonly ManifestTarget[],
): Promise<LiveObjects> {
  const found = new Map<ManifestTarget, KubeObject | null>();
  await mapLimited(targets.filter(({ isComing }) => !isComing), async (each) => {
    try {
      found.set(each, await readObject(cluster.client, each.target, { signal: io.signal }));
    } catch (error) {
      if (isCancelled(error) || !(error instanceof OrkaError)) throw error;
    }
  });
  return found;
}
