/** kubectl's client-side apply of one object: a three-way patch with the annotation that keeps what was applied. */
import { createObject, deleteObject, LAST_APPLIED, patchObject, readObject } from "../../apply/mod.ts";
import { OrkaError } from "../../base/mod.ts";
import type { Change, SendOptions } from "../../change/mod.ts";
import { groupResource, type KubeObject, type Resource } from "../../kube/mod.ts";
import type { ChangeSession } from "../change/change_context.ts";
import { targetName } from "../change/targets.ts";
import { note } from "../io.ts";
import type { Validation } from "./check_manifests.ts";
import { clientSidePatch } from "./client_patch.ts";
import { deletion, timeoutMs } from "./deletion_flags.ts";
import { lastAppliedOf, withLastApplied } from "./last_applied_note.ts";
import type { ManifestTarget } from "./manifest_targets.ts";
import { loadPatchSchema, type PatchNode } from "./patch_schema.ts";

export interface ClientSideOptions {
  readonly fieldManager: string;
  readonly validation: Validation;
  readonly before?: KubeObject | null | undefined;
}

/** Conflicts that are met by reading the object anew, as kubectl's. */
const TRIES = 5;

export function clientSideChange(
  session: ChangeSession,
  { object, target }: ManifestTarget,
  { fieldManager, validation, before }: ClientSideOptions,
): Change {
  const request = new ClientSide(session, { object, target, fieldManager, validation });
  return { verb: "apply", target, fieldManager, before, send: (how) => request.send(before, how) };
}

interface ClientSideRequest {
  readonly object: KubeObject;
  readonly target: ManifestTarget["target"];
  readonly fieldManager: string;
  readonly validation: Validation;
}

class ClientSide {
  readonly #modified: KubeObject;

  constructor(private readonly session: ChangeSession, private readonly request: ClientSideRequest) {
    this.#modified = withLastApplied(request.object);
  }

  async send(before: KubeObject | null | undefined, how: SendOptions): Promise<KubeObject> {
    const { target } = this.request;
    const { client } = this.session.cluster;
    let live = before === undefined ? await readObject(client, target, how) : before;
    for (let tries = 1;; tries++) {
      if (live === null) return await this.#create(how);
      try {
        return await this.#patch(live, how);
      } catch (error) {
        if (!(error instanceof OrkaError)) throw error;
        const isRefused = error.code === "conflict" || error.code === "invalid";
        if (error.code !== "conflict" || tries === TRIES) {
          if (!isRefused || !this.session.flags.given("force") || !this.session.flags.on("force")) {
            throw error;
          }
          return await this.#anew(live, how);
        }
        live = await readObject(client, target, how);
      }
    }
  }

  async #create({ dryRun, signal }: SendOptions): Promise<KubeObject> {
    const { target, fieldManager, validation: fieldValidation } = this.request;
    const options = { object: this.#modified, dryRun, signal, fieldManager, fieldValidation };
    return await createObject(this.session.cluster.client, target, options);
  }

  async #patch(live: KubeObject, { dryRun, signal }: SendOptions): Promise<KubeObject> {
    const { target, fieldManager, validation: fieldValidation } = this.request;
    const original = lastAppliedOf(live);
    if (original === null && !dryRun) await this.#warnOfMissingNote();
    const schema = await patchSchemaOf(this.session, target.resource);
    const versions = { original: original ?? undefined, modified: this.#modified, current: live };
    const patch = clientSidePatch(versions, schema);
    if (Object.keys(patch).length === 0) return live;
    const type = schema === null ? "merge" as const : "strategic" as const;
    const options = { type, patch, dryRun, signal, fieldManager, fieldValidation };
    return await patchObject(this.session.cluster.client, target, options);
  }

  async #warnOfMissingNote(): Promise<void> {
    const { target: { resource, name } } = this.request;
    await note(
      this.session.io,
      `Warning: resource ${
        groupResource(resource)
      }/${name} is missing the ${LAST_APPLIED} annotation which ` +
        "client-side apply needs to see what was taken out of the manifest; it is set now.",
    );
  }

  /** `--force`: what can't be patched is deleted and made anew. */
  async #anew(live: KubeObject, how: SendOptions): Promise<KubeObject> {
    const { target } = this.request;
    const { client } = this.session.cluster;
    await deleteObject(client, target, { ...deletion(this.session.flags), uid: live.metadata.uid, ...how });
    if (how.dryRun) return this.#modified;
    const { waitUntilGone } = await import("../change/wait_gone.ts");
    await waitUntilGone(this.session, [{ ...target, object: live }], {
      timeoutMs: timeoutMs(this.session.flags),
    });
    try {
      return await this.#create(how);
    } catch (error) {
      // what it was is in the audit as a deletion would be; here the name is told, so that nothing is lost silently
      await note(this.session.io, `${targetName(target)} was deleted and could not be made anew`);
      throw error;
    }
  }
}

const known = new WeakMap<ChangeSession, Map<string, Promise<PatchNode | null>>>();

/** Asked once for each kind of a call. */
function patchSchemaOf(session: ChangeSession, resource: Resource): Promise<PatchNode | null> {
  const kinds = known.get(session) ?? new Map<string, Promise<PatchNode | null>>();
  known.set(session, kinds);
  const key = `${resource.group}/${resource.version}/${resource.kind}`;
  const asked = kinds.get(key) ?? loadPatchSchema(session, resource);
  kinds.set(key, asked);
  return asked;
}
