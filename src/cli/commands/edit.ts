/** `orka edit`: an object, or a manifest, in the person's editor, and from there to the cluster. */
import { type ObjectTarget, readObject } from "../../apply/mod.ts";
import { EXIT, maxEditAgeMs, OrkaError, readKnobs } from "../../base/mod.ts";
import {
  EditSession,
  type EditSource,
  type LiveObject,
  liveSource,
  manifestSource,
  type TextFormat,
  withoutRemarks,
} from "../../change/mod.ts";
import type { KubeObject } from "../../kube/mod.ts";
import { createValidator } from "../../schema/mod.ts";
import { readValidation } from "../apply/check_manifests.ts";
import { resourceOf } from "../apply/manifest_targets.ts";
import { type ChangeSession, openChangeSession } from "../change/change_context.ts";
import { readDryRun } from "../change/run_changes.ts";
import { type LiveTarget, liveTargets, targetName } from "../change/targets.ts";
import { type RunEditOptions, runWithEditor, runWithoutEditor } from "../edit/run_edit.ts";
import { note } from "../io.ts";
import { refuseKustomize } from "../manifests.ts";
import type { Call, FlagValues } from "../parse.ts";
import type { Command } from "../verbs.ts";

export const command: Command = async (io, call) => {
  checkFlags(call);
  const { flags } = call;
  using session = await openChangeSession(io, flags);
  const [file] = flags.list("filename");
  return file === undefined ? await editLive(session, call) : await editManifest(session, file);
};

function checkFlags({ flags, args }: Call): void {
  refuseKustomize(flags, "edit");
  const files = flags.list("filename");
  const complain = (message: string, hint?: string) => new OrkaError("usage", message, { hint });
  if (files.length > 1) throw complain("edit takes one file", "orka apply -f takes several");
  if (files.length > 0 && args.length > 0) {
    throw complain("edit takes a file or an object's name, not both");
  }
  if (files.length === 0 && args.length === 0) {
    throw complain("edit needs an object or a file", "For example: orka edit deploy/web");
  }
  if (flags.on("apply") && readDryRun(flags.text("dry-run")) !== "none") {
    throw complain("--apply and --dry-run contradict each other");
  }
  if (files.length === 0 && flags.on("apply")) {
    throw complain("--apply is for -f", "orka edit deploy/web --write");
  }
}

async function editLive(session: ChangeSession, { args }: Call): Promise<number> {
  const { io, flags } = session;
  const format = editFormat(flags);
  const found = await liveTargets(session, { args });
  if (found.length === 0) {
    await note(io, "No resources found");
    return EXIT.ok;
  }
  const objects = await Promise.all(found.map((each) => liveObject(session, each)));
  const name = found.length === 1 ? targetName(found[0]!).replace("/", "-") : `${found.length}-objects`;
  return await runWithEditor(session, {
    ...runOptions(session, liveSource(objects, { format })),
    fileName: `${name}.${format}`,
  });
}

/** As the edit's own address has it: that of the status is another one. */
async function liveObject(
  { io, cluster, flags }: ChangeSession,
  { resource, namespace, name, object }: LiveTarget,
): Promise<LiveObject> {
  const subresource = flags.text("subresource");
  const target = { resource, namespace, name, ...(subresource === undefined ? {} : { subresource }) };
  if (subresource === undefined) return { target, object };
  const part = await readObject(cluster.client, target, { signal: io.signal });
  if (part !== null) return { target, object: part };
  throw new OrkaError("not-found", `${targetName(target)} has no ${subresource}`);
}

async function editManifest(session: ChangeSession, file: string): Promise<number> {
  const { io, flags } = session;
  const text = file === "-" ? await io.readStdin() : await io.readFile(file);
  const source = manifestSource(text, { target: (object) => manifestTarget(session, object) });
  const options = runOptions(session, source);
  if (flags.on("apply") || options.dryRun !== "none") {
    return await runWithoutEditor(session, { ...options, source: file === "-" ? "STDIN" : file });
  }
  if (file === "-") throw new OrkaError("usage", "-f - needs --dry-run or --apply: no editor can have stdin");
  return await runWithEditor(session, {
    ...options,
    fileName: file.split("/").at(-1)!,
    onSent: (sent) => save(file, sent),
  });
}

async function manifestTarget({ cluster, flags }: ChangeSession, object: KubeObject): Promise<ObjectTarget> {
  const { kind, apiVersion, metadata: { name, namespace } } = object;
  const subresource = flags.text("subresource");
  const resource = await cluster.resolve((resources) => {
    const found = resourceOf(object, resources);
    if (found !== undefined) return found;
    throw new OrkaError("unknown-kind", `no matches for kind "${kind}" in version "${apiVersion}"`);
  });
  return {
    resource,
    name,
    namespace: resource.namespaced ? namespace ?? cluster.namespace : "",
    ...(subresource === undefined ? {} : { subresource }),
  };
}

function runOptions(session: ChangeSession, source: EditSource): RunEditOptions {
  const { io, cluster: { client }, flags, memory } = session;
  const validator = readValidation(flags) === "Strict"
    ? createValidator({ clock: io.clock, worker: false })
    : null;
  const fieldManager = flags.text("field-manager");
  const maxAgeMs = maxEditAgeMs(readKnobs(io.env));
  return {
    edit: new EditSession({
      client,
      source,
      validator,
      schemas: memory.schemas,
      fieldManager,
      freshness: maxAgeMs === null ? undefined : { clock: io.clock, maxAgeMs },
      signal: io.signal,
    }),
    dryRun: readDryRun(flags.text("dry-run")),
  };
}

/** The manifest becomes what was sent of it. */
async function save(file: string, text: string): Promise<void> {
  try {
    await Deno.writeTextFile(file, withoutRemarks(text));
  } catch (error) {
    const said = error instanceof Error ? error.message.replace(/ \(os error \d+\)/, "") : String(error);
    throw new OrkaError("io", `the edit was sent, but ${file} can't be written: ${said}`, { cause: error });
  }
}

function editFormat(flags: FlagValues): TextFormat {
  const text = flags.text("output") ?? "yaml";
  if (text === "yaml" || text === "json") return text;
  throw new OrkaError("usage", `-o ${text} is nothing to edit; yaml and json are`);
}
