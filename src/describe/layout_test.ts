import assert from "node:assert/strict";
import { Page } from "./document.ts";
import { layout, renderText } from "./layout.ts";

function text(write: (page: Page) => void): string {
  const page = new Page();
  write(page);
  return renderText(page.description);
}

Deno.test("neighbouring lines share their columns, a line of one cell ends them", () => {
  const out = text((page) => {
    page.field("Name", "web");
    page.field("Namespace", "default");
    page.heading("Containers");
    page.field("Image", "nginx", 4);
    page.field("Ports", ["80", "443"], 4);
    page.field("Long label here", "", 4);
  });
  assert.equal(
    out,
    [
      "Name:       web",
      "Namespace:  default",
      "Containers:",
      "    Image:            nginx",
      "    Ports:            80",
      "                      443",
      "    Long label here:  ",
      "",
    ].join("\n"),
  );
});

Deno.test("tables have a rule; empty columns keep their gap", () => {
  const out = text((page) => page.table(["A", "", "Long"], [["1", "", "2"], ["333", "", "4"]]));
  assert.equal(out, "  A      Long\n  -      ----\n  1      2\n  333    4\n");
});

Deno.test("a value of several lines goes on below, and ends the columns", () => {
  const out = text((page) => {
    page.field("Message", "one\ntwo");
    page.field("X", "y");
  });
  assert.equal(out, "Message:  one\ntwo\nX:  y\n");
});

Deno.test("places count code points, and cells know where they stand", () => {
  const page = new Page();
  page.field("ü😀", "v");
  page.field("abc", { text: "w", tone: "bad" }, 2);
  const [first, second] = layout(page.description);
  assert.equal(renderText(page.description), "ü😀:     v\n  abc:  w\n");
  assert.deepEqual(second!.cells.map((c) => c.at), [2, 8]);
  assert.equal(first!.cells[1]!.at, 8);
  assert.equal(second!.cells[1]!.tone, "bad");
});

Deno.test("an absent list reads <none>, dimmed", () => {
  const page = new Page();
  page.field("Labels", []);
  assert.deepEqual(page.description.lines[0]!.cells[1], { text: "<none>", tone: "dim" });
});
