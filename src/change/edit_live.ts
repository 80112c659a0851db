/** Objects of the cluster as an editor's text, and that text as requests. */
import {
  LAST_APPLIED,
  type MergeConflict,
  type ObjectTarget,
  pathText,
  planEdit,
  readObject,
  threeWayMerge,
  withoutNoise,
} from "../apply/mod.ts";
import { apiVersion, type KubeObject, writeYaml } from "../kube/mod.ts";
import type { TextDocument } from "../schema/mod.ts";
import type { EditRequest } from "./edit_request.ts";
import type { EditSource, SourceContext, Understood } from "./edit_source.ts";
import { objectsText, type Remark, type TextFormat } from "./edit_text.ts";

/** An object as the edit began from it. */
export interface LiveObject {
  readonly target: ObjectTarget;
  readonly object: KubeObject;
}

/**
 * 1. Every document has to be one of the objects; an object whose document was taken out is left alone.
 * 2. What the cluster did since the edit began is merged in: silently where it is about other fields, else the text is
 *    to be looked at again, with the person's values in it and the cluster's above it.
 */
export function liveSource(
  objects: readonly LiveObject[],
  { format = "yaml" }: { readonly format?: TextFormat | undefined } = {},
): EditSource {
  const bases = [...objects];
  return {
    text: objectsText(objects.map(shown), format),
    sendsUnchanged: false,
    resource: (value) => Promise.resolve(bases.find((base) => isOf(base, value))?.target.resource ?? null),
    async understand(documents, context) {
      const { found, remarks } = matched(bases, documents);
      if (remarks.length > 0) return { requests: [], remarks };
      const edits: Edited[] = [];
      for (const { at, value } of found) {
        const edited = await upToDate(bases[at]!, { value, context });
        if (edited === null) return { requests: [], remarks: [], gone: bases[at]!.target };
        edits.push(edited);
      }
      const understood = await requestsOf(edits, { format, context });
      // Only a text that was made anew is of the new version: what an older one doesn't show was not taken out of it.
      if (understood.text !== undefined) found.forEach(({ at }, index) => bases[at] = edits[index]!.base);
      return understood;
    },
  };
}

function shown({ object, target }: LiveObject): KubeObject {
  return withoutNoise(object, { status: isStatus(target) });
}

function isStatus({ subresource }: ObjectTarget): boolean {
  return subresource === "status";
}

interface Found {
  /** Which of the objects. */
  readonly at: number;
  readonly value: KubeObject;
}

function matched(
  bases: readonly LiveObject[],
  documents: readonly TextDocument[],
): { readonly found: readonly Found[]; readonly remarks: readonly Remark[] } {
  const found: Found[] = [];
  const remarks: Remark[] = [];
  for (const { value, line } of documents) {
    const at = bases.findIndex((base) => isOf(base, value));
    const isSecond = found.some((each) => each.at === at);
    if (at >= 0 && !isSecond) found.push({ at, value: value as KubeObject });
    else if (isSecond) remarks.push({ line, message: `${nameOf(bases[at]!)} is in the text twice` });
    else remarks.push({ line, message: otherObject(bases) });
  }
  return { found, remarks };
}

function isOf({ target: { resource, name, namespace } }: LiveObject, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { kind, apiVersion: version, metadata } = value as Partial<KubeObject>;
  return kind === resource.kind && version === apiVersion(resource) && metadata?.name === name &&
    (metadata.namespace ?? namespace) === namespace;
}

function nameOf({ target: { resource, name } }: LiveObject): string {
  return `${resource.kind} "${name}"`;
}

function otherObject(bases: readonly LiveObject[]): string {
  const names = bases.slice(0, 3).map(nameOf).join(", ") + (bases.length > 3 ? ", …" : "");
  return `this is not ${names}: apiVersion, kind, name and namespace can't be edited`;
}

interface Edited {
  readonly base: LiveObject;
  /** As the person wants it, whole. */
  readonly object: KubeObject;
  readonly conflicts: readonly MergeConflict[];
}

/** The edit on the object's version of now; null where it is gone, or another one has its name. */
async function upToDate(
  base: LiveObject,
  { value, context }: { readonly value: KubeObject; readonly context: SourceContext },
): Promise<Edited | null> {
  const { target, object } = base;
  const live = await readObject(context.client, target, { signal: context.signal });
  if (live === null || live.metadata.uid !== object.metadata.uid) return null;
  const mine = restored(object, value);
  if (live.metadata.resourceVersion === object.metadata.resourceVersion) {
    return { base, object: mine, conflicts: [] };
  }
  const lists = await context.lists(target.resource);
  const status = isStatus(target);
  const [from, edited, theirs] = [object, mine, live].map((each) => withoutNoise(each, { status }));
  const { merged, conflicts } = threeWayMerge({ base: from, mine: edited, theirs }, { lists });
  return { base: { target, object: live }, object: restored(live, merged as KubeObject), conflicts };
}

/** The text's object with what the text never showed: without it, its absence would be a removal. */
function restored(base: KubeObject, text: KubeObject): KubeObject {
  const hidden = base.metadata;
  const note = hidden.annotations?.[LAST_APPLIED];
  const annotations = note === undefined || text.metadata.annotations?.[LAST_APPLIED] !== undefined
    ? text.metadata.annotations
    : { ...text.metadata.annotations, [LAST_APPLIED]: note };
  const { managedFields, resourceVersion, generation, uid, creationTimestamp } = hidden;
  const server = { managedFields, resourceVersion, generation, uid, creationTimestamp };
  const metadata: Record<string, unknown> = {
    ...text.metadata,
    ...(hidden.namespace === undefined ? {} : { namespace: hidden.namespace }),
    ...(annotations === undefined ? {} : { annotations }),
    ...server,
  };
  for (const key of Object.keys(server)) if (metadata[key] === undefined) delete metadata[key];
  const status = text.status === undefined && base.status !== undefined ? { status: base.status } : {};
  return { ...text, ...status, metadata } as unknown as KubeObject;
}

async function requestsOf(
  edits: readonly Edited[],
  { format, context }: { readonly format: TextFormat; readonly context: SourceContext },
): Promise<Understood> {
  if (edits.some(({ conflicts }) => conflicts.length > 0)) {
    const text = objectsText(edits.map(({ base, object }) => shown({ ...base, object })), format);
    return { requests: [], remarks: edits.flatMap(conflictRemarks), text };
  }
  const requests: EditRequest[] = [];
  for (const { base: { target, object: live }, object } of edits) {
    const { fieldManager: manager } = context;
    const lists = await context.lists(target.resource);
    const plan = planEdit(live, object, { lists, manager, subresource: target.subresource });
    if (plan.type !== "none") requests.push({ target, before: live, plan, force: false });
  }
  return { requests, remarks: [] };
}

function conflictRemarks({ base, conflicts }: Edited): Remark[] {
  if (conflicts.length === 0) return [];
  return [
    { message: `${nameOf(base)} was changed meanwhile. Your values are kept below; the cluster's are:` },
    ...conflicts.map(({ path, base: was, theirs }) => ({
      message: `conflict: ${pathText(path)} is ${valueText(theirs)} now (it was ${valueText(was)})`,
    })),
  ];
}

function valueText(value: unknown): string {
  if (value === undefined) return "absent";
  const text = writeYaml(value).trimEnd();
  return text.includes("\n") ? `\n${text}` : text;
}
