import assert from "node:assert/strict";
import { logLine, sourceOf } from "../../../../tests/support/log_lines.ts";
import { resource } from "../../../../tests/support/resources.ts";
import type { LogMark } from "../../../ops/mod.ts";
import { filterFlags, parseLogFilter } from "./log_filter.ts";
import { requestCommand } from "./log_request.ts";
import { LogFormat, sourceToken } from "./log_format.ts";

const WEB = sourceOf("web-0");
const STAMP = "2026-08-01T10:00:00.005Z";
const line = (text: string) => logLine(text, { stamp: STAMP });

Deno.test("a line of one source is as it came, escapes harmless and colours left out", () => {
  const format = new LogFormat();
  format.learn(WEB);
  assert.equal(format.text(line("GET /")), "GET /");
  assert.equal(format.text(line("\x1b[31mred\x1b[0m \x1b]0;title\x07\x07done\tx")), "red ␇done       x");
  format.look = { ...format.look, timestamps: true };
  assert.equal(format.text(line("GET /")), "2026-08-01T10:00:00.005Z GET /");
});

Deno.test("lines of several sources name theirs, as wide and in a colour of its own", () => {
  const format = new LogFormat();
  for (const one of [WEB, sourceOf("database-0")]) format.learn(one);
  assert.equal(format.text(line("hi")), "web-0      │ hi");
  format.learn(sourceOf("web-0", "proxy"));
  assert.equal(format.text(line("hi")), "web-0/main  │ hi");
  assert.equal(format.segments(line("hi"))[0]!.token, sourceToken(WEB));
});

Deno.test("structured lines in columns: level, message, then the rest, or the fields that were picked", () => {
  const format = new LogFormat();
  format.look = { timestamps: false, columns: true, fields: [] };
  const json = line('{"time":"x","level":"warn","msg":"slow","ms":1200,"user":"bob"}');
  assert.equal(format.text(json), "WARN  slow  ms=1200  user=bob");
  assert.equal(format.segments(json)[0]!.token, "warn");
  assert.equal(format.text(line("level=info msg=fast ms=3")), "INFO  fast  ms=3");
  assert.equal(format.text(line("plain words")), "plain words");
  format.look = { ...format.look, fields: ["user", "level", "msg"] };
  assert.equal(format.text(json), "bob  warn  slow");
  assert.equal(format.text(line('{"level":"error","msg":"gone"}')), "     error  gone");
});

Deno.test("what happened between lines is said in its place", () => {
  const format = new LogFormat();
  format.learn(WEB);
  const mark: LogMark = {
    type: "mark",
    kind: "dropped",
    source: WEB,
    ms: 0,
    text: "nobody read them",
    count: 12,
  };
  assert.equal(format.text(mark), "── main 12 lines lost here: nobody read them ──");
  assert.equal(format.segments(mark)[0]!.token, "error");
});

Deno.test("a filter takes expressions, levels and fields; marks always pass", () => {
  const passes = (filter: string, text: string) => parseLogFilter(filter).passes!(line(text));
  assert.ok(passes("get", "GET /") && !passes("GET", "get /"));
  assert.ok(!passes("!get", "GET /") && passes("!get", "POST /"));
  assert.ok(passes("level>=warn", "level=error a=b") && !passes("level>=warn", "level=info a=b"));
  assert.ok(!passes("level>=warn", "no level at all"));
  assert.ok(passes("user=bob", '{"user":"bob"}') && !passes("user=bob", '{"user":"bobby"}'));
  assert.ok(passes("user!=bob", "user=eve a=b") && !passes("user!=bob", "user=bob a=b"));
  assert.notEqual(parseLogFilter("(").problem, "");
  assert.notEqual(parseLogFilter("level>=nonsense").problem, "");
  assert.equal(parseLogFilter(" ").passes, null);
  assert.ok(parseLogFilter("x").passes!({ type: "note", text: "a mark" }));
});

Deno.test("a filter has its flag on the command line, and what is no filter has none", () => {
  for (
    const [typed, flag] of [
      ["level>=warn", "--where=level>=warn"],
      ["user!=bob", "--where=user!=bob"],
      ["slow reply", "--include=(?i)slow reply"],
      ["!GET", "--exclude=GET"],
    ] as const
  ) assert.deepEqual(filterFlags(typed), [flag]);
  for (const typed of ["", "!", "[", "level>=nothing"]) assert.deepEqual(filterFlags(typed), [], typed);
  const objects = [{ resource: resource("Pod"), namespace: "shop", name: "web-0" }];
  const start = { name: "tail", tailLines: 5, follow: true };
  assert.equal(
    requestCommand({ objects, containers: "default", previous: false }, {
      start,
      timestamps: false,
      filter: "slow  reply",
      context: "",
    }),
    "orka logs pods/web-0 -n shop --tail=5 -f '--include=(?i)slow  reply'",
  );
});
