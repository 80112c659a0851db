/** `orka diff`: what apply would change. Exits with 0 for nothing, 1 for something, 2 when it could not be told. */
import { diffObjects, jsonPatch, readObject, withoutNoise } from "../../apply/mod.ts";
import { EXIT, isCancelled, OrkaError } from "../../base/mod.ts";
import { jsonText, type KubeObject } from "../../kube/mod.ts";
import { checkManifests, readValidation } from "../apply/check_manifests.ts";
import { type Difference, directoryDiff, shown } from "../apply/diff_texts.ts";
import { externalDiff, runExternalDiff } from "../apply/external_diff.ts";
import { type ManifestTarget, readManifestSet } from "../apply/manifest_targets.ts";
import { checkPruneFlags } from "../apply/prune_flags.ts";
import { changeMaker } from "../apply/way_to_apply.ts";
import { type ChangeSession, openChangeSession } from "../change/change_context.ts";
import { diffText } from "../change/diff_printer.ts";
import { targetName } from "../change/targets.ts";
import { isBrokenPipe, reportFailure } from "../failure.ts";
import { mapLimited } from "../get/one.ts";
import { type CliIo, note, safeLines } from "../io.ts";
import type { Call } from "../parse.ts";

const DIFFERENT = 1;
const FAILED = 2;

export async function command(io: CliIo, call: Call): Promise<number> {
  try {
    return await diff(io, call);
  } catch (error) {
    if (isBrokenPipe(error) || isCancelled(error)) throw error;
    const code = await reportFailure(io, error);
    return code === EXIT.error ? FAILED : code;
  }
}

type Style = "yaml" | "fields" | "json-patch";

async function diff(io: CliIo, { flags, args }: Call): Promise<number> {
  const style = (flags.text("output") || "yaml") as Style;
  if (!["yaml", "fields", "json-patch"].includes(style)) {
    throw new OrkaError("usage", `-o ${style}: diff prints yaml, fields or json-patch`);
  }
  if (args.length > 0) throw new OrkaError("usage", `unexpected argument "${args[0]}": diff takes -f`);
  checkPruneFlags(flags);
  using session = await openChangeSession(io, flags);
  const set = await readManifestSet(session, { verb: "diff" });
  await checkManifests(session, set, readValidation(flags));
  const found = await mapLimited(set.targets, (target) => differenceOf(session, target));
  if (flags.on("prune")) {
    const { prunedObjects } = await import("../apply/prune.ts");
    const doomed = await prunedObjects(session, set.targets);
    found.push(...doomed.map(({ object, ...target }) => ({ target, before: object, after: null })));
  }
  const options = { managedFields: flags.on("show-managed-fields") };
  const differences = found.map((each) => shown(each, options));
  switch (style) {
    case "yaml":
      return await printYaml(io, differences);
    case "fields":
      return await printFields(session, differences);
    case "json-patch":
      return await printPatches(io, differences);
  }
}

async function differenceOf(session: ChangeSession, each: ManifestTarget): Promise<Difference> {
  const { io, cluster } = session;
  const { target, object } = each;
  if (each.isComing) return await untried(session, each);
  const before = await readObject(cluster.client, target, { signal: io.signal });
  try {
    const change = await changeMaker(session)(each, before);
    return { target, before, after: await change.send({ dryRun: true, signal: io.signal }) };
  } catch (error) {
    const isNew = before === null && error instanceof OrkaError && error.code === "not-found";
    if (isNew) return await untried(session, each);
    if (!(error instanceof OrkaError)) throw error;
    const { code, status, reason, causes, hint } = error;
    const where = `${targetName(target)} (${each.source})`;
    throw new OrkaError(code, `${where}: ${error.message}`, { status, reason, causes, hint, cause: error });
  }

  async function untried(session: ChangeSession, each: ManifestTarget): Promise<Difference> {
    const why = "its kind or namespace is not there yet";
    await note(session.io, `${targetName(each.target)}: as the manifest has it: ${why}`);
    return { target, before: null, after: object };
  }
}

async function printYaml(io: CliIo, differences: readonly Difference[]): Promise<number> {
  const program = externalDiff(io.env("KUBECTL_EXTERNAL_DIFF"));
  if (program !== null) return await runExternalDiff(io, program, differences);
  const text = directoryDiff(differences);
  await io.stdout.write(io.stdout.isTerminal ? safeLines(text) : text);
  return text === "" ? EXIT.ok : DIFFERENT;
}

async function printFields(session: ChangeSession, differences: readonly Difference[]): Promise<number> {
  const { io } = session;
  const color = io.stdout.isTerminal && !io.env("NO_COLOR");
  let code: number = EXIT.ok;
  for (const { target, before, after } of differences) {
    const lists = await session.lists(target.resource);
    const changes = diffObjects(clean(before), clean(after), { lists });
    if (changes.length === 0 && before !== null && after !== null) continue;
    code = DIFFERENT;
    const what = before === null ? "would be created" : after === null ? "would be deleted" : "would change";
    await io.stdout.write(`${targetName(target)} ${what}\n`);
    if (before !== null && after !== null) await io.stdout.write(diffText(changes, { color }));
  }
  return code;
}

/** One line an object: `{"object": "configmap/c", "patch": […]}`. */
async function printPatches(io: CliIo, differences: readonly Difference[]): Promise<number> {
  let code: number = EXIT.ok;
  for (const { target, before, after } of differences) {
    const patch = jsonPatch(clean(before) ?? null, clean(after) ?? null);
    if (patch.length === 0) continue;
    code = DIFFERENT;
    const { namespace } = target;
    const object = targetName(target);
    await io.stdout.write(`${jsonText({ object, ...(namespace === "" ? {} : { namespace }), patch })}\n`);
  }
  return code;
}

function clean(object: KubeObject | null): KubeObject | undefined {
  return object === null ? undefined : withoutNoise(object, { status: true });
}
