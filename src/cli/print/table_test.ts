import assert from "node:assert/strict";
import type { TableColumn } from "../../kube/mod.ts";
import { cellText, formatLabels, type TableOptions, TablePrinter } from "./table.ts";

const column = (name: string, priority = 0): TableColumn => ({
  name,
  type: "string",
  format: name === "Name" ? "name" : "",
  description: "",
  priority,
});
const COLUMNS = [column("Name"), column("State"), column("Extra", 1)];

function printer(options: Partial<TableOptions> = {}): TablePrinter {
  return new TablePrinter({
    wide: false,
    noHeaders: false,
    withNamespace: false,
    kindPrefix: "",
    labelColumns: [],
    showLabels: false,
    forTerminal: false,
    ...options,
  });
}

const row = (...cells: unknown[]) => ({ cells, metadata: { name: String(cells[0]), namespace: "ns" } });

Deno.test("cells as Go prints them: nothing for null, cut at a line break", () => {
  assert.deepEqual([null, undefined, 3, true, "a", "a\nb", "a\rb\n", { x: 1 }].map(cellText), [
    ...["", "", "3", "true", "a", "a...", "a...", '{"x":1}'],
  ]);
  assert.equal(formatLabels({ b: "2", a: "" }), "a=,b=2");
  assert.equal(formatLabels(undefined), "<none>");
});

Deno.test("priority columns show in wide only; cells beyond the columns never", () => {
  const rows = [row("a", "up", "x", "beyond"), row("b")];
  assert.equal(printer().block(COLUMNS, rows), "NAME   STATE\na      up\nb      \n");
  assert.equal(
    printer({ wide: true }).block(COLUMNS, rows),
    "NAME   STATE   EXTRA\na      up      x\nb              \n",
  );
});

Deno.test("headers come with the first rows, and again when the columns change", () => {
  const table = printer({ withNamespace: true });
  assert.equal(table.block(COLUMNS, []), "");
  assert.match(table.block(COLUMNS, [row("a", "up")]), /^NAMESPACE {3}NAME {3}STATE\n/);
  assert.doesNotMatch(table.block(COLUMNS, [row("b", "up")]), /NAME/);
  assert.match(
    table.block([column("Name"), column("Other")], [row("c", "x")]),
    /^NAMESPACE {3}NAME {3}OTHER\n/,
  );
});

Deno.test("escapes are shown, not sent", () => {
  assert.match(printer({ noHeaders: true }).block(COLUMNS, [row("a", "\x1b[31mred")]), /\^\[\[31mred\n$/);
  const shown = printer({ forTerminal: true }).block([column("Na\x1bme")], [row("\x1b]0;x\x07")]);
  // deno-lint-ignore no-control-regex -- they are what must not be there
  assert.doesNotMatch(shown, /[\x00-\x09\x0b-\x1f]/);
});

Deno.test("the event column has room for the longest type", () => {
  const table = printer({ withEvent: true });
  assert.equal(
    table.block(COLUMNS, [row("a", "up")], "ADDED"),
    "EVENT      NAME   STATE\nADDED      a      up\n",
  );
  assert.equal(table.block(COLUMNS, [row("a", "up")], "MODIFIED"), "MODIFIED   a      up\n");
});
