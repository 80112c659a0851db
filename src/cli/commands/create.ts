/** `orka create`: objects of manifests, or of flags as kubectl's generators make them; what is there is refused. */
import { createObject, FIELD_MANAGER } from "../../apply/mod.ts";
import { EXIT, OrkaError } from "../../base/mod.ts";
import type { Change } from "../../change/mod.ts";
import { apiVersion, type KubeObject } from "../../kube/mod.ts";
import { checkManifests, readValidation } from "../apply/check_manifests.ts";
import { donePrinter } from "../apply/done_printer.ts";
import { withLastApplied } from "../apply/last_applied_note.ts";
import {
  type ManifestSet,
  manifestSet,
  type ManifestTarget,
  readManifestSet,
} from "../apply/manifest_targets.ts";
import { type ApplyWay, runApply } from "../apply/run_apply.ts";
import { type ChangeSession, openChangeSession } from "../change/change_context.ts";
import { readDryRun } from "../change/run_changes.ts";
import { targetName } from "../change/targets.ts";
import type { CliIo } from "../io.ts";
import { parseManifestText } from "../manifests.ts";
import { GLOBAL_FLAGS } from "../flags.ts";
import { SUBJECT_USER } from "../flags_create.ts";
import type { Call, FlagValues } from "../parse.ts";

export async function command(io: CliIo, { flags, args }: Call): Promise<number> {
  if (args[0] === "token") {
    const { createToken } = await import("../create/token.ts");
    return await createToken(io, { flags, args: args.slice(1) });
  }
  if (flags.given("raw")) throw new OrkaError("usage", "--raw is not there");
  const isManifest = flags.list("filename").length > 0 || flags.given("kustomize");
  if (isManifest && args.length > 0) {
    throw new OrkaError("usage", `unexpected argument "${args[0]}": -f names what to create`);
  }
  if (!isManifest && args.length === 0) {
    throw new OrkaError("usage", "must specify -f, or a kind and a name", {
      hint:
        "orka create -f web.yaml, orka create deployment web --image=nginx; orka create --help lists the kinds.",
    });
  }
  if (flags.on("edit")) checkEdit(flags, { isManifest, args });
  if (!args[0]?.endsWith("binding")) meanKubeconfigUser(flags);
  using session = await openChangeSession(io, flags);
  if (!isManifest) return await create(session, [await generated(session, args)]);
  const set = await readManifestSet(session, MANIFESTS);
  return flags.on("edit") ? await createEdited(session, set) : await createChecked(session, set);
}

const MANIFESTS = { verb: "create", allowGenerated: true } as const;

/** Throws OrkaError `usage`. */
function checkEdit(
  flags: FlagValues,
  { isManifest, args }: { readonly isManifest: boolean; readonly args: readonly string[] },
): void {
  if (!isManifest) {
    throw new OrkaError("usage", "--edit is for -f", {
      hint: `orka create ${
        args.join(" ")
      } --dry-run=client -o yaml > f.yaml makes a file, orka create -f f.yaml --edit opens it.`,
    });
  }
  if (flags.list("filename").includes("-")) {
    throw new OrkaError("usage", "-f - and --edit contradict each other: no editor can have stdin");
  }
}

/** `--user` names a subject for bindings alone. */
function meanKubeconfigUser(flags: FlagValues): void {
  const user = flags.list(SUBJECT_USER).at(-1);
  const spec = GLOBAL_FLAGS.find(({ name }) => name === "user");
  if (user !== undefined && spec !== undefined) flags.add(spec, user);
}

async function createChecked(session: ChangeSession, set: ManifestSet): Promise<number> {
  await checkManifests(session, set, readValidation(session.flags));
  return await create(session, set.targets);
}

/** What comes back from the editor is created; the files stay as they are. */
async function createEdited(session: ChangeSession, { manifests }: ManifestSet): Promise<number> {
  const { editText } = await import("../edit/edit_text.ts");
  const text = manifests.map((manifest) => manifest.text.replace(/\n*$/, "\n")).join("---\n");
  const [first, ...more] = manifests;
  const fileName = more.length === 0 ? first!.source.split("/").at(-1)! : `${manifests.length}-files.yaml`;
  return await editText(session.io, {
    text,
    fileName,
    use: async (edited) => {
      const manifest = await parseManifestText(edited, { ...MANIFESTS, source: "the edited text" });
      return await createChecked(session, await manifestSet(session, [manifest]));
    },
  });
}

async function create(session: ChangeSession, targets: readonly ManifestTarget[]): Promise<number> {
  const dryRun = readDryRun(session.flags.text("dry-run"));
  const way: ApplyWay = {
    creates: true,
    isDryRun: dryRun !== "none",
    printer: await donePrinter(session, { dryRun, asList: false }),
    done: "created",
    change: (target) => creation(session, target),
  };
  if (dryRun !== "client") return (await runApply(session, targets, way)).code;
  for (const { object, target } of targets) {
    const after = configured(session, object);
    await way.printer.done({ name: targetName(target), done: "created" }, {
      before: null,
      after,
      changes: [],
    });
  }
  await way.printer.end();
  return EXIT.ok;
}

function creation(session: ChangeSession, { object, target }: ManifestTarget): Change {
  const { client } = session.cluster;
  const fieldManager = session.flags.text("field-manager") || FIELD_MANAGER;
  const options = {
    object: configured(session, object),
    fieldManager,
    fieldValidation: readValidation(session.flags),
  };
  return {
    verb: "create",
    target,
    fieldManager,
    before: null,
    send: (how) => createObject(client, target, { ...options, ...how }),
  };
}

function configured({ flags }: ChangeSession, object: KubeObject): KubeObject {
  return flags.on("save-config") ? withLastApplied(object) : object;
}

/** The object of `create KIND NAME`. It names its namespace only where -n did, as kubectl's. */
async function generated(session: ChangeSession, args: readonly string[]): Promise<ManifestTarget> {
  const { io, flags, cluster } = session;
  const { readGeneratorCall } = await import("../create/generators.ts");
  const { generator: { resource, make }, name, command } = readGeneratorCall(args);
  const fields = await make({ io, name, command, flags, cluster });
  const isPlaced = resource.namespaced && flags.text("namespace");
  const object: KubeObject = {
    apiVersion: apiVersion(resource),
    kind: resource.kind,
    ...fields,
    metadata: { name, ...fields.metadata, ...(isPlaced ? { namespace: cluster.namespace } : {}) },
  };
  const namespace = resource.namespaced ? cluster.namespace : "";
  const target = { resource, namespace, name: object.metadata.name };
  return { source: "the command line", object, target, isComing: false };
}
