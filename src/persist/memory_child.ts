/**
 * A process of its own on a memory, for the tests of several processes: `memory_child.ts DIRECTORY NAME COUNT`.
 * Writes COUNT snapshots of one shared object, entries and preferences (0: without end, to be killed), and a line
 * `ID` for each entry after it was kept.
 */
import { systemClock } from "../base/mod.ts";
import { openMemory } from "./mod.ts";

const [directory, name, count] = Deno.args as [string, string, string];
const encoder = new TextEncoder();
const say = (line: string) => Deno.stdout.writeSync(encoder.encode(`${line}\n`));

const memory = await openMemory({ directory, clock: systemClock, warn: (message) => say(`warn ${message}`) });
const ref = {
  cluster: "https://one",
  apiVersion: "v1",
  kind: "ConfigMap",
  namespace: "ns",
  name: "shared",
  uid: "u1",
};
say("ready");
for (let i = 0; i < Number(count) || count === "0"; i++) {
  const object = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "shared", namespace: "ns", uid: "u1", resourceVersion: String(i) },
    data: { writer: name, text: "x".repeat(i % 500) },
  };
  memory.snapshots.add({ ref, object, verb: "apply" });
  memory.prefs.set(`last.${name}`, String(i));
  const id = memory.audit.add({
    ref,
    verb: "apply",
    user: name,
    fieldManager: "orka",
    changes: [{ path: "data.writer", after: name }],
    before: null,
    after: object,
    inverse: { verb: "delete" },
  });
  if (id !== null) say(String(id));
}
memory.close();
