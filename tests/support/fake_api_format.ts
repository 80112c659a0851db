/** The forms in which the fake API server shows objects: themselves, Table rows, metadata alone. */
import { apiVersion, type KubeObject } from "../../src/kube/mod.ts";
import type { FakeKind } from "./fake_api_kinds.ts";

/** One stored object: its JSON, or text that is no object a server should send. */
export interface Stored {
  readonly object: KubeObject;
  /** Sent instead of the object's JSON, byte for byte. */
  readonly raw: string | null;
}

export type Form =
  | { readonly as: "object" }
  | { readonly as: "Table"; readonly include: string }
  | { readonly as: "PartialObjectMetadata" };

/** What the Accept header and the query ask for; null: 406. `tables` false stands for a server without them. */
export function formOf(request: Request, query: URLSearchParams, tables: boolean): Form | null {
  const accepts = (request.headers.get("accept") ?? "*/*").split(",").map((part) => part.trim());
  for (const accept of accepts) {
    const as = /;as=(\w+)/.exec(accept)?.[1]?.replace(/List$/, "");
    if (as === "Table" && tables) return { as, include: query.get("includeObject") ?? "Metadata" };
    if (as === "PartialObjectMetadata") return { as };
    if (as === undefined && /^(application\/json|application\/\*|\*\/\*)/.test(accept)) {
      return { as: "object" };
    }
  }
  return null;
}

/** One object's JSON in a list (`inList` leaves out kind and apiVersion, as servers do for kinds they have types for). */
export function objectJson(kind: FakeKind, stored: Stored, inList: boolean): string {
  if (stored.raw !== null) return stored.raw;
  if (!inList || kind.custom) return JSON.stringify(stored.object);
  const { kind: _kind, apiVersion: _version, ...rest } = stored.object;
  return JSON.stringify(rest);
}

export function metadataJson({ object, raw }: Stored): string {
  if (raw !== null) return raw;
  const { metadata } = object;
  return JSON.stringify({ kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata });
}

export function rowJson(kind: FakeKind, stored: Stored, options: { include: string; nowMs: number }): string {
  const cells = kind.columns.map((c) =>
    stored.raw === null ? c.cell(stored.object, options.nowMs) : "<broken>"
  );
  let object = "null";
  if (options.include === "Object") object = objectJson(kind, stored, false);
  else if (options.include !== "None") object = metadataJson(stored);
  return `{"cells":${JSON.stringify(cells)},"object":${object}}`;
}

export interface ListMeta {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** A whole list in the form asked for. */
export function listJson(
  kind: FakeKind,
  page: readonly Stored[],
  options: { form: Form; meta: ListMeta; nowMs: number },
): string {
  const { form, meta, nowMs } = options;
  const metadata = JSON.stringify(meta);
  if (form.as === "Table") {
    const rows = page.map((s) => rowJson(kind, s, { include: form.include, nowMs })).join(",");
    return `${tableHead(kind, metadata, true)}[${rows}]}\n`;
  }
  if (form.as === "PartialObjectMetadata") {
    const items = page.map(metadataJson).join(",");
    return `{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1","metadata":${metadata},"items":[${items}]}\n`;
  }
  const items = page.map((s) => objectJson(kind, s, true)).join(",");
  const version = JSON.stringify(apiVersion(kind.resource));
  const list = JSON.stringify(`${kind.resource.kind}List`);
  return kind.custom
    ? `{"apiVersion":${version},"items":[${items}],"kind":${list},"metadata":${metadata}}\n`
    : `{"kind":${list},"apiVersion":${version},"metadata":${metadata},"items":[${items}]}\n`;
}

function tableHead(kind: FakeKind, metadata: string, columns: boolean): string {
  const definitions = kind.columns.map(({ cell: _cell, ...definition }) => definition);
  const shown = columns ? JSON.stringify(definitions) : "null";
  return `{"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":${metadata},"columnDefinitions":${shown},"rows":`;
}

/** A watch frame's object in the form asked for; a Table shows its columns in a watch's first frame only. */
export function frameJson(
  kind: FakeKind,
  stored: Stored,
  options: { form: Form; nowMs: number; first: boolean },
): string {
  const { form, nowMs, first } = options;
  if (form.as === "object") return objectJson(kind, stored, false);
  if (form.as === "PartialObjectMetadata") return metadataJson(stored);
  const { resourceVersion } = stored.object.metadata;
  const row = rowJson(kind, stored, { include: form.include, nowMs });
  return `${tableHead(kind, JSON.stringify({ resourceVersion }), first)}[${row}]}`;
}
