import assert from "node:assert/strict";
import { deleteObject, type ObjectTarget, patchObject, pathText, readObject } from "../apply/mod.ts";
import { ManualClock } from "../base/mod.ts";
import { createValidator } from "../schema/mod.ts";
import { type Embedded, openEmbedded } from "../../tests/support/embedded.ts";
import { resource } from "../../tests/support/resources.ts";
import { EditSession, type EditStep, liveSource, manifestSource, performChange } from "./mod.ts";

const DEPLOYMENT = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", labels: { app: "web" } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: "web" } },
    template: {
      metadata: { labels: { app: "web" } },
      spec: { containers: [{ name: "web", image: "web:1" }] },
    },
  },
};
const WEB: ObjectTarget = { resource: resource("Deployment"), namespace: "default", name: "web" };

class Rig implements AsyncDisposable {
  private constructor(readonly cluster: Embedded, readonly session: EditSession) {}

  static async open(targets: readonly ObjectTarget[] = [WEB]): Promise<Rig> {
    const cluster = await openEmbedded();
    await cluster.create(DEPLOYMENT);
    await cluster.create({ ...DEPLOYMENT, metadata: { name: "api" } });
    const objects = await Promise.all(targets.map(async (target) => ({
      target,
      object: (await readObject(cluster.client, target))!,
    })));
    return new Rig(cluster, sessionOf(cluster, liveSource(objects)));
  }

  static async manifest(text: string): Promise<Rig> {
    const cluster = await openEmbedded();
    const target = ({ metadata: { name } }: { metadata: { name: string } }) =>
      Promise.resolve({ ...WEB, name });
    return new Rig(cluster, sessionOf(cluster, manifestSource(text, { target })));
  }

  /** The person replaces one text by another and saves. */
  edit(from: string | RegExp, to: string): Promise<EditStep> {
    const text = this.session.text.replace(from, to);
    assert.notEqual(text, this.session.text, `the text has no ${from}:\n${this.session.text}`);
    return this.session.read(text);
  }

  async perform(step: EditStep): Promise<void> {
    for (const { change } of as(step, "ready").edits) {
      await performChange(change, { client: this.cluster.client, memory: null, user: "jane" });
    }
  }

  others(patch: object, fieldManager = "hpa"): Promise<unknown> {
    return patchObject(this.cluster.client, WEB, { type: "merge", patch, fieldManager });
  }

  async live(name = "web"): Promise<{ replicas: number; image: string }> {
    const object = await readObject(this.cluster.client, { ...WEB, name });
    const { replicas, template } = object!.spec as typeof DEPLOYMENT.spec;
    return { replicas, image: template.spec.containers[0]!.image };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cluster[Symbol.asyncDispose]();
  }
}

function sessionOf({ client }: Embedded, source: ReturnType<typeof liveSource>): EditSession {
  const validator = createValidator({ clock: new ManualClock(), worker: false });
  return new EditSession({ client, source, validator });
}

function as<T extends EditStep["type"]>(step: EditStep, type: T): Extract<EditStep, { type: T }> {
  assert.equal(step.type, type, JSON.stringify(step).slice(0, 2000));
  return step as Extract<EditStep, { type: T }>;
}

const changed = (step: EditStep) =>
  as(step, "ready").edits.map(({ outcome }) => outcome.changes.map(({ path }) => pathText(path)));

Deno.test("the text is the object without the server's own fields", async () => {
  await using rig = await Rig.open();
  const { text } = rig.session;
  assert.match(text, /^#\| .*\n(#\|.*\n)*apiVersion: apps\/v1\n/);
  assert.doesNotMatch(text, /managedFields|resourceVersion|uid:|creationTimestamp|^status/m);
});

Deno.test("an edit is tried on the server, and sent when the caller says so", async () => {
  await using rig = await Rig.open();
  const step = await rig.edit("replicas: 2", "replicas: 3 # more");
  assert.deepEqual(changed(step), [["spec.replicas"]]);
  assert.equal((await rig.live()).replicas, 2);
  await rig.perform(step);
  assert.equal((await rig.live()).replicas, 3);
});

Deno.test("a text without a change, or without anything, does nothing", async () => {
  await using rig = await Rig.open();
  const { session } = rig;
  as(await session.read(session.text), "unchanged");
  as(await session.read(""), "unchanged");
  as(await session.read("# only this\n"), "unchanged");
  as(await rig.edit("replicas: 2", "replicas:   2 # the same"), "unchanged");
});

Deno.test("faults come back above the text, with their lines in it", async () => {
  await using rig = await Rig.open();
  const original = rig.session.text;
  for (
    const [from, to, reason] of [
      ["replicas: 2", "replica: 2", /spec\.replica: unknown field.*did you mean "replicas"/],
      ["replicas: 2", "replicas: two", /spec\.replicas: /],
      ["replicas: 2", "replicas: [2", /line \d+, column \d+: /],
      ["name: web\n", "name: other\n", /not Deployment "web".*can't be edited/],
    ] as const
  ) {
    const { text, reasons } = as(await rig.session.read(original.replace(from, to)), "again");
    assert.match(reasons.join("\n"), reason);
    assert.ok(text.includes(to), "what was typed is kept");
    const [, line] = /^#\| line (\d+), .*replica/m.exec(text) ?? [];
    if (line !== undefined) assert.match(text.split("\n")[Number(line) - 1]!, /replica/);
  }
});

Deno.test("what the server refuses comes back with its words", async () => {
  await using rig = await Rig.open();
  const { reasons } = as(
    await rig.edit("matchLabels:\n      app: web", "matchLabels:\n      app: x"),
    "again",
  );
  assert.match(reasons.join("\n"), /spec\.selector|selector/);
});

Deno.test("other people's changes of other fields are merged in", async () => {
  await using rig = await Rig.open();
  const { text } = rig.session;
  await rig.others({ metadata: { labels: { team: "a" } } });
  const step = await rig.session.read(text.replace("web:1", "web:2"));
  assert.deepEqual(changed(step), [["spec.template.spec.containers[name=web].image"]]);
});

Deno.test("the same field changed on both sides is shown, and the person's value kept in the text", async () => {
  await using rig = await Rig.open();
  const { text } = rig.session;
  await rig.others({ spec: { replicas: 7 } });
  const again = as(await rig.session.read(text.replace("replicas: 2", "replicas: 3")), "again");
  assert.match(again.text, /^#\| conflict: spec.replicas is 7 now \(it was 2\)$/m);
  assert.match(again.text, /^ {2}replicas: 3$/m);
});

async function conflicting(rig: Rig): Promise<Extract<EditStep, { type: "conflict" }>> {
  await rig.others({ spec: { replicas: 7 } });
  const { text } = rig.session;
  as(await rig.session.read(text.replace("replicas: 2", "replicas: 3")), "again");
  const both = text.replace("replicas: 2", "replicas: 3").replace("web:1", "web:2");
  return as(await rig.session.read(both), "conflict");
}

Deno.test("fields that others own can be taken over", async () => {
  await using rig = await Rig.open();
  const { conflicts } = await conflicting(rig);
  assert.deepEqual(conflicts.map(({ field, manager }) => [field, manager]), [[".spec.replicas", "hpa"]]);
  await rig.perform(await rig.session.takeOver());
  assert.deepEqual(await rig.live(), { replicas: 3, image: "web:2" });
});

Deno.test("fields that others own can be left to them", async () => {
  await using rig = await Rig.open();
  await conflicting(rig);
  await rig.perform(await rig.session.dropFields());
  assert.deepEqual(await rig.live(), { replicas: 7, image: "web:2" });
});

Deno.test("what is taken over is the version that was looked at", async () => {
  await using rig = await Rig.open();
  await conflicting(rig);
  const step = as(await rig.session.takeOver(), "ready");
  await rig.others({ spec: { replicas: 8 } });
  const error = await rig.perform(step).then(() => assert.fail("it went through"), (error) => error);
  assert.equal(error.code, "conflict");
  assert.equal((await rig.live()).replicas, 8);
  const { reasons } = as(await rig.session.failed(error, step.edits[0]!), "again");
  assert.match(reasons.join("\n"), /spec\.replicas is 8 now/);
});

Deno.test("what the text does not show is not taken out", async () => {
  await using rig = await Rig.open();
  const note = "kubectl.kubernetes.io/last-applied-configuration";
  await rig.others({ metadata: { annotations: { [note]: "{}" } } }, "kubectl");
  const object = (await readObject(rig.cluster.client, WEB))!;
  const session = sessionOf(rig.cluster, liveSource([{ target: WEB, object }]));
  assert.doesNotMatch(session.text, /last-applied/);
  await rig.perform(await session.read(session.text.replace("replicas: 2", "replicas: 3")));
  assert.equal((await readObject(rig.cluster.client, WEB))!.metadata.annotations?.[note], "{}");
});

Deno.test("a second edit of the status keeps what the first one set", async () => {
  await using rig = await Rig.open();
  const target = { ...WEB, subresource: "status" };
  for (
    const [from, to] of [["status: {}", "status:\n  replicas: 2"], [/$/, "  readyReplicas: 1\n"]] as const
  ) {
    const object = (await readObject(rig.cluster.client, target))!;
    const session = sessionOf(rig.cluster, liveSource([{ target, object }]));
    await rig.perform(await session.read(session.text.replace(from, to)));
  }
  const { status } = (await readObject(rig.cluster.client, WEB))!;
  assert.deepEqual(status, { replicas: 2, readyReplicas: 1 });
});

Deno.test("what others add is kept, however often the text is read", async () => {
  await using rig = await Rig.open();
  const text = rig.session.text.replace("replicas: 2", "replicas: 3");
  for (const label of ["a", "b", "c"]) {
    await rig.others({ metadata: { labels: { [label]: "theirs" } } });
    assert.deepEqual(changed(await rig.session.read(text)), [["spec.replicas"]]);
  }
});

Deno.test("an object that changes faster than it is read is given up on", async () => {
  await using rig = await Rig.open();
  const { client } = rig.cluster;
  let beat = 0;
  const busy = {
    ...client,
    target: client.target,
    async json(...[path, options]: Parameters<typeof client.json>) {
      if (options?.method === "PATCH") {
        await rig.others({ metadata: { annotations: { beat: String(beat++) } } });
      }
      return await client.json(path, options);
    },
  };
  const object = (await readObject(client, WEB))!;
  const session = new EditSession({
    client: busy,
    source: liveSource([{ target: WEB, object }]),
    validator: null,
  });
  // Taking out a label goes by the version, which is never the one that was read.
  const work = session.read(session.text.replace("  labels:\n    app: web\n  name", "  name"));
  await assert.rejects(work, { code: "conflict" });
  assert.equal(beat, 3);
});

Deno.test("an edit that was looked at too long is checked, and planned anew on what changed", async () => {
  await using rig = await Rig.open();
  const { client } = rig.cluster;
  const clock = new ManualClock();
  let stale = 0;
  const object = (await readObject(client, WEB))!;
  const session = new EditSession({
    client,
    source: liveSource([{ target: WEB, object }]),
    validator: null,
    freshness: { clock, maxAgeMs: 60_000, onStale: () => stale++ },
  });
  as(await session.read(session.text.replace("replicas: 2", "replicas: 3")), "ready");
  await rig.others({ metadata: { annotations: { beat: "1" } } });
  assert.equal(await session.refreshed(), null, "young enough");
  await clock.advance(61_000);
  const anew = await session.refreshed();
  assert.deepEqual(changed(anew!), [["spec.replicas"]]);
  assert.equal(as(anew!, "ready").edits[0]!.outcome.before!.metadata.annotations?.["beat"], "1");
  assert.equal(await session.refreshed(), null, "what was planned just now");
  await clock.advance(61_000);
  assert.equal(await session.refreshed(), null, "old, and as it was");
  assert.equal(stale, 1);
  await clock.advance(61_000);
  await rig.others({ spec: { replicas: 9 } });
  const conflict = as((await session.refreshed())!, "again");
  assert.match(conflict.reasons.join(), /spec\.replicas is 9 now/);
  await clock.advance(61_000);
  await deleteObject(client, WEB);
  as((await session.refreshed())!, "gone");
});

Deno.test("an object that was deleted, or made anew, is gone", async () => {
  await using rig = await Rig.open();
  const { text } = rig.session;
  await deleteObject(rig.cluster.client, WEB);
  as(await rig.session.read(text.replace("replicas: 2", "replicas: 3")), "gone");
  await rig.cluster.create(DEPLOYMENT);
  as(await rig.session.read(text.replace("replicas: 2", "replicas: 4")), "gone");
});

Deno.test("several objects are edited in one text; one that is taken out of it is left alone", async () => {
  await using rig = await Rig.open([WEB, { ...WEB, name: "api" }]);
  const { text } = rig.session;
  const step = await rig.session.read(text.replaceAll("replicas: 2", "replicas: 5"));
  assert.deepEqual(changed(step), [["spec.replicas"], ["spec.replicas"]]);
  const [first] = text.split("---\n");
  await rig.perform(await rig.session.read(first!.replace("replicas: 2", "replicas: 4")));
  assert.deepEqual([(await rig.live()).replicas, (await rig.live("api")).replicas], [4, 2]);
  const twice = await rig.session.read(`${first!.replace("replicas: 2", "replicas: 6")}---\n${first}`);
  assert.match(as(twice, "again").reasons.join(), /twice/);
});

Deno.test("a refusal in earnest leads back to the text", async () => {
  await using rig = await Rig.open();
  const step = as(await rig.edit("replicas: 2", "replicas: 3"), "ready");
  await rig.others({ spec: { replicas: 9 } });
  const [edit] = step.edits;
  const error = await rig.perform(step).then(() => assert.fail(), (error) => error);
  const next = await rig.session.failed(error, edit!);
  assert.ok(next.type === "conflict" || next.type === "again", next.type);
});

Deno.test("a manifest is applied as it is, made or changed", async () => {
  await using rig = await Rig.manifest(`# mine\n${JSON.stringify(DEPLOYMENT)}\n`);
  assert.match(rig.session.text, /^# mine$/m);
  const step = as(await rig.session.read(rig.session.text), "ready");
  assert.equal(step.edits[0]!.outcome.before, null);
  await rig.perform(step);
  assert.equal((await rig.live()).replicas, 2);
  assert.deepEqual(changed(await rig.edit('"replicas":2', '"replicas":1')), [["spec.replicas"]]);
});
