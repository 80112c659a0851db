/**
 * Custom resource definitions: names, versions, printer columns and conditions. kubectl prints the whole
 * schema, thousands of lines; the schema has views of its own.
 */
import type { CellInput, Page } from "./document.ts";
import { none } from "./document.ts";
import type { Tree } from "./tree.ts";
import { fullTime, head, transitionConditions } from "./values.ts";

export function describeCrd(page: Page, crd: Tree): void {
  const spec = crd.at("spec");
  const names = spec.at("names");
  head(page, crd);
  page.field("CreationTimestamp", fullTime(crd.at("metadata.creationTimestamp").text));
  page.field("Group", spec.at("group").text);
  page.field("Scope", spec.at("scope").text);
  page.heading("Names");
  page.field("Kind", names.at("kind").text, 2);
  page.field("List Kind", names.at("listKind").text, 2);
  page.field("Plural", names.at("plural").text, 2);
  page.field("Singular", names.at("singular").text, 2);
  page.field("Short Names", names.at("shortNames").texts.join(", ") || none(), 2);
  page.field("Categories", names.at("categories").texts.join(", ") || none(), 2);
  page.field("Conversion", spec.at("conversion.strategy").or("None"));
  page.field("Stored Versions", crd.at("status.storedVersions").texts.join(", "));
  versions(page, spec.at("versions").list);
  printerColumns(page, spec.at("versions").list);
  transitionConditions(page, crd.at("status.conditions").list);
}

function versions(page: Page, list: readonly Tree[]): void {
  page.heading("Versions");
  page.table(
    ["Name", "Served", "Storage", "Deprecated", "Subresources"],
    list.map((v): CellInput[] => [
      v.at("name").text,
      String(v.at("served").isTrue),
      String(v.at("storage").isTrue),
      { text: String(v.at("deprecated").isTrue), tone: v.at("deprecated").isTrue ? "warn" : "plain" },
      v.at("subresources").entries.map(([name]) => name).join(", ") || none(),
    ]),
  );
}

/** The columns of the version that is stored. */
function printerColumns(page: Page, list: readonly Tree[]): void {
  const stored = list.find((v) => v.at("storage").isTrue);
  const columns = stored?.at("additionalPrinterColumns").list ?? [];
  if (columns.length === 0) return page.field("Printer Columns", none());
  page.heading("Printer Columns");
  const row = (
    c: Tree,
  ) => [c.at("name").text, c.at("type").text, c.at("priority").or("0"), c.at("jsonPath").text];
  page.table(["Name", "Type", "Priority", "JSON Path"], columns.map(row));
}
