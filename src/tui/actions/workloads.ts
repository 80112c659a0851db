/** Scale, restart, set the image, roll back: what workloads take, with the server's dry run before the question. */
import { OrkaError } from "../../base/mod.ts";
import type { Change } from "../../change/mod.ts";
import type { Client } from "../../engine/protocol.ts";
import { groupResource, type KubeObject } from "../../kube/mod.ts";
import { runChange } from "../change/change_form.ts";
import type { PaneHost, TargetObject } from "../pane.ts";
import { readObject } from "../panes/object_jumps.ts";
import { followRollout } from "./follow_rollout.ts";
import { namesOf, objectsText, opsCommand } from "./ops_command.ts";

type Objects = readonly TargetObject[];

/** Throws OrkaError `unreachable` without a connection. */
export function clientOf(host: PaneHost): Client {
  if (host.engine === null) throw new OrkaError("unreachable", "there is no connection");
  return host.engine.client;
}

export async function scale(host: PaneHost, objects: Objects): Promise<void> {
  const ops = await host.ops();
  const now = objects.length === 1 ? await replicasOf(host, objects[0]!) : "";
  const replicas = (values: Readonly<Record<string, string>>) => Number(values["replicas"]);
  await runChange(host, {
    title: `Scale ${objectsText(objects)}`,
    lines: namesOf(objects),
    fields: [{
      type: "text",
      id: "replicas",
      label: now === "" ? "replicas" : `replicas (now ${now})`,
      value: now,
      check: (text) => /^\d{1,6}$/.test(text) ? "" : "How many? A whole number",
    }],
    changes: (values) =>
      Promise.all(objects.map((object) => {
        return ops.planScale(clientOf(host), object, { replicas: replicas(values) });
      })),
    command: (values) => opsCommand(host, "scale", { objects, flags: [`--replicas=${replicas(values)}`] }),
    label: "Scale",
    done: "scaled",
  });
}

async function replicasOf(host: PaneHost, object: TargetObject): Promise<string> {
  const live = await readObject(host.engine, object);
  const replicas = (live?.["spec"] as { replicas?: number } | undefined)?.replicas;
  return replicas === undefined ? "" : String(replicas);
}

export async function restart(host: PaneHost, objects: Objects): Promise<void> {
  const ops = await host.ops();
  const result = await runChange(host, {
    title: `Restart ${objectsText(objects)}`,
    lines: [...namesOf(objects), "Every pod is made anew, the way each rolls out."],
    changes: () => {
      const nowMs = host.clock.now();
      return Promise.all(objects.map((object) => ops.planRestart(clientOf(host), object, { nowMs })));
    },
    command: () => opsCommand(host, "rollout restart", { objects }),
    label: "Restart",
    done: "restarting",
  });
  if (result.isAgreed) followRollout(host, ops, { objects, failures: result.failures });
}

interface Container {
  readonly name: string;
  readonly image?: string;
}

export async function setImage(host: PaneHost, objects: Objects): Promise<void> {
  const ops = await host.ops();
  const [object] = objects;
  const live = object === undefined ? null : await readObject(host.engine, object);
  if (object === undefined || live === null) return host.notify("No connection", "warn");
  const only = [object];
  const containers = containersOf(live);
  const chosen = (values: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      containers.filter(({ name, image }) => values[name] !== image).map((
        { name },
      ) => [name, values[name] ?? ""]),
    );
  const result = await runChange(host, {
    title: `Set the image of ${objectsText(only)}`,
    fields: containers.map(({ name, image = "" }) => ({
      type: "text",
      id: name,
      label: name,
      value: image,
      check: (text) => /^\S+$/.test(text) ? "" : "An image, as registry/name:tag",
    })),
    changes: async (values) => {
      const images = chosen(values);
      if (Object.keys(images).length === 0) return [];
      return changesOf([await ops.planSetImage(clientOf(host), object, { images })]);
    },
    command: (values) => {
      const words = Object.entries(chosen(values)).map(([name, image]) => `${name}=${image}`);
      return words.length === 0 ? "" : opsCommand(host, "set image", { objects: only, flags: words });
    },
    label: "Set",
    done: "has the new image",
  });
  if (result.done.length > 0) followRollout(host, ops, { objects: only, failures: result.failures });
}

export function changesOf(planned: readonly (Change | null)[]): readonly Change[] {
  return planned.filter((change) => change !== null);
}

function containersOf(live: KubeObject): readonly Container[] {
  const spec = (live["spec"] ?? {}) as Readonly<Record<string, unknown>>;
  const template = spec["template"] as { readonly spec?: object } | undefined;
  const pod = (template?.spec ?? spec) as Readonly<Partial<Record<string, readonly Container[]>>>;
  return [...pod["containers"] ?? [], ...pod["initContainers"] ?? []];
}

export async function rollBack(host: PaneHost, objects: Objects): Promise<void> {
  const ops = await host.ops();
  const [object] = objects;
  const live = object === undefined ? null : await readObject(host.engine, object);
  if (object === undefined || live === null) return host.notify("No connection", "warn");
  const revisions = await ops.readRevisions(clientOf(host), object, { object: live });
  if (revisions.length < 2) {
    return host.notify(`${groupResource(object.resource)}/${object.name} has no earlier revision`, "info");
  }
  const only = [object];
  const options = revisions.slice(0, -1).toReversed().map(({ number, changeCause, template }) => {
    const images = (template?.spec?.containers ?? []).map(({ image = "" }) => image).join(" ");
    return [String(number), images, changeCause].filter((part) => part !== "").join("  ");
  });
  const revision = (values: Readonly<Record<string, string>>) => parseInt(values["revision"] ?? "", 10);
  const result = await runChange(host, {
    title: `Roll back ${objectsText(only)}`,
    lines: [`It is at revision ${revisions.at(-1)!.number}.`],
    fields: [{ type: "choice", id: "revision", label: "back to", options }],
    changes: async (values) => {
      const toRevision = revision(values);
      return changesOf([(await ops.planRolloutUndo(clientOf(host), object, { toRevision })).change]);
    },
    command: (values) => {
      return opsCommand(host, "rollout undo", {
        objects: only,
        flags: [`--to-revision=${revision(values)}`],
      });
    },
    label: "Roll back",
    done: "rolling back",
  });
  if (result.done.length > 0) followRollout(host, ops, { objects: only, failures: result.failures });
}
