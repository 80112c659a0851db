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
