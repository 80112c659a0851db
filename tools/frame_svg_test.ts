import assert from "node:assert/strict";
import { VirtualTerminal } from "../tests/support/vt.ts";

Deno.test("a frame's text, colours and backgrounds become SVG, markup escaped", () => {
  using terminal = new VirtualTerminal(20, 2);
  terminal.feed(
    "\x1b[1;38;2;255;0;0mred\x1b[0m <&> 世x\r\n\x1b[48;2;0;0;128m on blue \x1b[0m  \x1b[7minv\x1b[0m",
  );
  const svg = terminal.svg({ title: 'a "title"' });
  const texts = [...svg.matchAll(/<text [^>]*textLength="([\d.]+)"[^>]*>([^<]*)</g)].map((
    [, w, t],
  ) => [t, w]);
  assert.deepEqual(texts, [
    ["red", "25.2"],
    ["&lt;&amp;&gt;", "25.2"],
    ["世", "16.8"],
    ["x", "8.4"],
    ["on\u00a0blue", "58.8"],
    ["inv", "25.2"],
  ]);
  assert.match(svg, /fill="#ff0000" font-weight="bold">red</);
  assert.match(svg, /<rect x="14" y="58" width="75.6" height="18" fill="#000080"\/>/);
  assert.match(svg, /<rect x="106.4" y="58" width="25.2" height="18" fill="#d5dee8"\/>/);
  assert.match(svg, /aria-label="a &quot;title&quot;"/);
  assert.ok(!svg.includes("\x1b"));
});
