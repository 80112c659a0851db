import assert from "node:assert/strict";
import { OrkaError } from "../base/mod.ts";
import { parseCommandLine } from "./parse.ts";
import { VERBS } from "./verbs.ts";

/** The command line split at spaces, as `VERB [args] {flags}`. */
function parsed(line: string) {
  const { verb, flags, args } = parseCommandLine(line.split(" ").filter((word) => word !== ""), VERBS);
  return { verb: verb?.name ?? null, flags, args };
}

function problem(line: string): OrkaError {
  try {
    parsed(line);
  } catch (error) {
    if (error instanceof OrkaError) return error;
    throw error;
  }
  throw new Error(`${line} was taken`);
}

Deno.test("every spelling of a flag's value is the same", () => {
  for (
    const line of [
      "get pods -o yaml",
      "get pods -oyaml",
      "get pods -o=yaml",
      "get pods --output yaml",
      "get pods --output=yaml",
      "-o yaml get pods",
      "-oyaml get pods",
      "--output yaml get pods",
      "get -o yaml pods",
      "get -A -o yaml -w=false pods",
    ]
  ) {
    const { verb, flags, args } = parsed(line);
    assert.deepEqual([verb, flags.text("output"), args], ["get", "yaml", ["pods"]], line);
  }
});

Deno.test("a value may begin with a dash or be empty", () => {
  assert.equal(parsed("get pods -l -x").flags.text("selector"), "-x");
  assert.equal(parsed("get pods --selector=").flags.text("selector"), "");
  assert.deepEqual(parsed("get -f - -R").flags.list("filename"), ["-"]);
});

Deno.test("switches: in a row, with a value, before a value", () => {
  const { flags } = parsed("get pods -Aw --show-labels=true --no-headers=0 -Rlapp=x");
  assert.deepEqual(
    ["all-namespaces", "watch", "show-labels", "no-headers", "recursive"].map((name) => flags.on(name)),
    [true, true, true, false, true],
  );
  assert.equal(flags.text("selector"), "app=x");
  assert.equal(parsed("get pods").flags.on("show-kind", true), true);
  assert.equal(parsed("get pods --show-kind=false").flags.on("show-kind", true), false);
});

Deno.test("lists add up, single values are replaced by the last", () => {
  const { flags } = parsed("get pods -L a,b --label-columns c -o json -o yaml --as-group x --as-group=y");
  assert.deepEqual(flags.list("label-columns"), ["a", "b", "c"]);
  assert.equal(flags.text("output"), "yaml");
  assert.deepEqual(flags.list("as-group"), ["x", "y"]);
});

Deno.test("-- ends the flags, before the verb and after", () => {
  assert.deepEqual(parsed("get pods -- -w --x").args, ["pods", "-w", "--x"]);
  assert.equal(parsed("-n x -- get pods").verb, "get");
});

Deno.test("no verb: the session's flags", () => {
  const { verb, flags } = parsed("-n shop --context=prod -A");
  assert.deepEqual([verb, flags.text("namespace"), flags.on("all-namespaces")], [null, "shop", true]);
  assert.equal(parsed("--ns shop").flags.text("namespace"), "shop");
});

Deno.test("-v takes its level joined, apart or by =", () => {
  for (const line of ["get po -v6", "get po -v 6", "get po -v=6", "get po --v=6"]) {
    assert.equal(parsed(line).flags.count("v"), 6, line);
  }
});

Deno.test("mistakes are usage errors that name the near miss", () => {
  const cases: [string, RegExp, RegExp][] = [
    ["gte pods", /unknown command "gte"/, /"get"/],
    ["get pods --outptu=x", /unknown flag: --outptu/, /--output/],
    ["get pods -x", /unknown shorthand flag: 'x' in -x/, /orka get --help/],
    ["get pods -o", /flag needs an argument: -o/, /orka get --help/],
    ["get pods --chunk-size=many", /invalid argument "many" for "--chunk-size"/, /orka get --help/],
    ["get pods --watch=maybe", /expected true or false/, /orka get --help/],
    ["stats -w", /unknown shorthand flag: 'w'/, /orka stats --help/],
    ["ops get pods", /get is no operation/, /orka get/],
    ["ops frob", /unknown command "frob"/, /orka help/],
    ["expose deploy web", /unknown command "expose"/, /orka create service/],
    ["config view", /unknown command "config"/, /--context/],
    ["get pods -watch-only", /unknown shorthand flag: 'a' in -watch-only/, /--watch-only/],
  ];
  for (const [line, message, hint] of cases) {
    const error = problem(line);
    assert.equal(error.code, "usage", line);
    assert.match(error.message, message);
    assert.match(error.hint ?? "", hint);
  }
});

Deno.test("--json is -o json wherever json is", () => {
  for (
    const line of [
      "get pods",
      "delete pod x",
      "apply -f x",
      "scale deploy/x",
      "history x",
      "events",
      "version",
    ]
  ) {
    assert.equal(parsed(`${line} --json`).flags.text("output"), "json", line);
  }
  assert.equal(problem("exec x --json").code, "usage");
});

Deno.test("asking for a flag that the verb does not declare is a bug, not undefined", () => {
  assert.throws(() => parsed("stats").flags.text("selector"), /not declared/);
});
