/** Stored objects as answers: whole, as a Table, as metadata alone; one or a list. */
import { type JsonObject, jsonText, metaOf, stampedText, type Written } from "../registry/mod.ts";
import type { StoredObject } from "../storage/mod.ts";
import { answer, type AnswerOptions, answerParts, answerText } from "./answer.ts";
import type { Exchange } from "./exchange.ts";
import { includeObject, partialOf, rowOf, tableOf } from "./table.ts";

/** One stored object. */
export function presentStored(
  exchange: Exchange,
  stored: StoredObject,
  options: AnswerOptions = {},
): Response {
  const { form, request, resource, store } = exchange;
  if (form.as === "object" && !resource.converted) {
    return answerText(request, stampedText(stored), { ...options, form });
  }
  return presentObject(exchange, store.served(stored), options);
}

/** An object as it was written, with what its kind warns of. */
export function presentWritten(exchange: Exchange, { stored, created }: Written): Response {
  const { info, resource, store, warnings } = exchange;
  const warningsOf = info.subresource === "" ? resource.strategy.warnings : undefined;
  for (const warning of warningsOf?.(store.served(stored)) ?? []) warnings.add(warning);
  return presentStored(exchange, stored, { status: created ? 201 : 200 });
}

/** One object in the served version. */
function presentObject(exchange: Exchange, object: JsonObject, options: AnswerOptions = {}): Response {
  const { form, request, resource } = exchange;
  const written = { ...options, form };
  if (form.as === "object") return answer(request, object, written);
  if (form.as === "partial") return answer(request, partialOf(object, form.metaVersion), written);
  const { resourceVersion } = metaOf(object);
  const metadata: JsonObject = resourceVersion === undefined ? {} : { resourceVersion };
  return answer(request, tableOf(resource, { objects: [object], metadata }, tableOptions(exchange)), written);
}

export interface ListPage {
  readonly items: readonly StoredObject[];
  readonly revision: number;
  readonly continue?: string | undefined;
  readonly remaining?: number | undefined;
}

/** Lists longer than this are sent in parts. */
const WHOLE_ITEMS = 1_000;

function* listParts(
  exchange: Exchange,
  { items }: ListPage,
  metadata: JsonObject,
): Generator<string, void, undefined> {
  yield listHead(exchange, metadata);
  const { form, store, resource } = exchange;
  const options = tableOptions(exchange);
  const textOf = (item: StoredObject) => {
    if (form.as === "object") return itemText(exchange, item);
    const object = store.served(item);
    return jsonText(
      form.as === "table" ? rowOf(resource, object, options) : partialOf(object, form.metaVersion),
    );
  };
  for (const [index, item] of items.entries()) yield index === 0 ? textOf(item) : `,${textOf(item)}`;
  yield "]}";
}

/** A list's text up to its first item. */
function listHead(exchange: Exchange, metadata: JsonObject): string {
  const { form, resource, apiVersion } = exchange;
  const empty = form.as === "table"
    ? tableOf(resource, { objects: [], metadata }, tableOptions(exchange))
    : form.as === "partial"
    ? {
      kind: "PartialObjectMetadataList",
      apiVersion: `meta.k8s.io/${form.metaVersion}`,
      metadata,
      items: [],
    }
    : { kind: resource.listKind, apiVersion, metadata, items: [] };
  return jsonText(empty).slice(0, -"]}".length);
}

/** A list or a page of one. */
export function presentList(exchange: Exchange, page: ListPage): Response {
  const { form, request, store, resource, apiVersion } = exchange;
  const metadata: JsonObject = {
    resourceVersion: String(page.revision),
    ...continueOf(exchange, page),
    ...(page.remaining === undefined ? {} : { remainingItemCount: page.remaining }),
  };
  if (page.items.length > WHOLE_ITEMS) {
    const streamed = answerParts(request, listParts(exchange, page, metadata), { form });
    if (streamed) return streamed;
  }
  if (form.as === "object") {
    const kind = resource.listKind;
    const head = `{"kind":${JSON.stringify(kind)},"apiVersion":${JSON.stringify(apiVersion)},"metadata":`;
    const items = page.items.map((item) => itemText(exchange, item)).join(",");
    return answerText(request, `${head}${jsonText(metadata)},"items":[${items}]}`, { form });
  }
  const objects = page.items.map((item) => store.served(item));
  if (form.as === "table") {
    return answer(request, tableOf(resource, { objects, metadata }, tableOptions(exchange)), { form });
  }
  const list = {
    kind: "PartialObjectMetadataList",
    apiVersion: `meta.k8s.io/${form.metaVersion}`,
    metadata,
    // Go's nil slice
    items: objects.length === 0 ? null : objects.map((object) => partialOf(object, form.metaVersion)),
  };
  return answer(request, list, { form });
}

/** Lists of custom kinds always carry a token, be it empty. */
function continueOf({ form, resource }: Exchange, page: ListPage): JsonObject {
  if (page.continue !== undefined) return { continue: page.continue };
  return resource.served.custom && form.as === "object" ? { continue: "" } : {};
}

export function tableOptions({ form, query, server }: Exchange) {
  return {
    metaVersion: form.metaVersion,
    includeObject: includeObject(query.get("includeObject")),
    nowMs: server.clock.now(),
  };
}

/** Items of built-in kinds leave kind and apiVersion to the list; custom ones repeat them. */
function itemText({ resource, store }: Exchange, stored: StoredObject): string {
  if (!resource.converted) {
    const { kind, apiVersion } = resource.stored;
    const head = `{"kind":${JSON.stringify(kind)},"apiVersion":${JSON.stringify(apiVersion)},`;
    return `{${stampedText(stored).slice(head.length)}`;
  }
  const object = store.served(stored);
  if (resource.served.custom) return jsonText(object);
  const { kind: _kind, apiVersion: _apiVersion, ...rest } = object;
  return jsonText(rest);
}
