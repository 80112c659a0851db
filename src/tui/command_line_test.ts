import assert from "node:assert/strict";
import { eventsCommand, objectCommand, quoteWord, viewCommand } from "./command_line.ts";
import { KNOWN_KINDS } from "./known_kinds.ts";
import { parseFilter } from "./row_filter.ts";

const kind = (plural: string) => KNOWN_KINDS.find((resource) => resource.plural === plural)!;
const pods = kind("pods");

Deno.test("a view's command line selects what the view selects", () => {
  const view = { resource: pods, namespace: "web" };
  assert.equal(viewCommand(view), "orka get pods -n web");
  assert.equal(viewCommand({ resource: pods, namespace: null }), "orka get pods -A");
  assert.equal(viewCommand({ resource: kind("nodes"), namespace: null }), "orka get nodes");
  assert.equal(
    viewCommand({ ...view, labelSelector: "app=x" }, { wide: true }),
    "orka get pods -n web -l app=x -o wide",
  );
  const filter = (text: string) => ({ filter: parseFilter(text).filter });
  assert.equal(viewCommand(view, filter("a|b")), "orka get pods -n web | grep -Ei 'a|b'");
  assert.equal(viewCommand(view, filter("!a")), "orka get pods -n web | grep -vEi a");
  assert.equal(
    viewCommand({ ...view, labelSelector: "app=x" }, filter("-l env=y")),
    "orka get pods -n web -l app=x,env=y",
  );
  assert.equal(viewCommand(view, filter("restarts>1 api")), "orka search 'k:pods restarts>1 api' -n web");
  assert.equal(
    viewCommand({ ...view, fieldSelector: "spec.nodeName=n1" }, filter("restarts>1")),
    "orka get pods -n web --field-selector spec.nodeName=n1  # of these, as orka search has it: restarts>1",
  );
  assert.equal(
    viewCommand({ ...view, fieldSelector: "spec.nodeName=n1" }, { context: "prod" }),
    "orka get pods -n web --field-selector spec.nodeName=n1 --context prod",
  );
  assert.equal(
    viewCommand(view, { sort: { column: "Age", descending: false } }),
    "orka get pods -n web --sort-by .metadata.creationTimestamp",
  );
  const certificates = { ...pods, group: "cert-manager.io", plural: "certificates" };
  assert.equal(
    viewCommand({ resource: certificates, namespace: "a" }),
    "orka get certificates.cert-manager.io -n a",
  );
});

Deno.test("an object's command line names it", () => {
  const ref = { resource: kind("deployments"), namespace: "web", name: "api" };
  assert.equal(objectCommand("describe", ref), "orka describe deployments/api -n web");
  assert.equal(objectCommand("get -o yaml", ref), "orka get deployments/api -n web -o yaml");
  assert.equal(eventsCommand({ ...ref, resource: pods }), "orka events --for pods/api -n web");
});

Deno.test("words are quoted for a shell where they must be", () => {
  assert.equal(quoteWord("app=x"), "app=x");
  assert.equal(quoteWord("it's $HOME"), `'it'\\''s $HOME'`);
  assert.equal(quoteWord(""), "''");
});
