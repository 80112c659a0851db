/** A page's own metadata (meta.k8s.io/v1 ListMeta) and a Table's columns. */
import { OrkaError } from "../base/mod.ts";
import type { TableColumn } from "../kube/mod.ts";

export interface PageHead {
  readonly resourceVersion: string;
  /** Empty on the last page. */
  readonly continueToken: string;
  readonly remaining: number | null;
  /** null when the document is no Table, or a watch frame after the first. */
  readonly columns: readonly TableColumn[] | null;
}

/** Reads a list's document, its items left out; null while the metadata has not come. Throws `protocol`. */
export function readPageHead(document: unknown): PageHead | null {
  const list = record(document);
  if (list === null) throw new OrkaError("protocol", "the server's answer is no list");
  const metadata = record(list["metadata"]);
  if (metadata === null) return null;
  const remaining = metadata["remainingItemCount"];
  return {
    resourceVersion: text(metadata["resourceVersion"]),
    continueToken: text(metadata["continue"]),
    remaining: typeof remaining === "number" ? remaining : null,
    columns: readColumns(list["columnDefinitions"]),
  };
}

/** Throws `protocol` unless the document is a list or a Table: a gateway's 200 must not read as an empty list. */
export function requireList(document: unknown): void {
  const list = record(document);
  const isList = list !== null && list["kind"] !== "Status" && record(list["metadata"]) !== null &&
    ("items" in list || "rows" in list); // Go writes an empty one as null
  if (!isList) throw new OrkaError("protocol", "the server's answer is no list");
}

function readColumns(definitions: unknown): readonly TableColumn[] | null {
  if (!Array.isArray(definitions)) return null;
  return definitions.map((definition) => {
    const column = record(definition) ?? {};
    const priority = column["priority"];
    return {
      name: text(column["name"]),
      type: text(column["type"]),
      format: text(column["format"]),
      description: text(column["description"]),
      priority: typeof priority === "number" ? priority : 0,
    };
  });
}

function record(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Record<string, unknown>
    : null;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
