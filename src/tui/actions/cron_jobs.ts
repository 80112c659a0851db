/** CronJobs: run one now, suspend it, resume it. */
import { runChange } from "../change/change_form.ts";
import type { PaneHost, TargetObject } from "../pane.ts";
import { readObject } from "../panes/object_jumps.ts";
import { namesOf, objectsText, opsCommand } from "./ops_command.ts";
import { changesOf, clientOf } from "./workloads.ts";

type Objects = readonly TargetObject[];

/** A label's value holds at most 63 characters, a Job's name is one of its pods'. */
const MAX_NAME = 63;

export async function trigger(host: PaneHost, objects: Objects): Promise<void> {
  const ops = await host.ops();
  const names = new Map(objects.map(({ name }) => [name, jobName(name)]));
  const [only] = objects;
  const isOne = objects.length === 1;
  const nameOf = (name: string, values: Readonly<Record<string, string>>) =>
    isOne ? values["job"] ?? "" : names.get(name)!;
  await runChange(host, {
    title: `Run ${objectsText(objects)} now`,
    lines: namesOf(objects),
    fields: isOne
      ? [{ type: "text", id: "job", label: "job", value: names.get(only!.name)!, check: checkName }]
      : [],
    changes: (values) =>
      Promise.all(objects.map((object) => {
        return ops.planTrigger(clientOf(host), object, {
          name: nameOf(object.name, values),
          random: Math.random,
        });
      })),
    command: (values) =>
      opsCommand(host, "trigger", { objects, flags: isOne ? [`--name=${values["job"]}`] : [] }),
    label: "Run",
    done: "made",
  });
}

function checkName(text: string): string {
  return /^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$/.test(text)
    ? ""
    : "Lower case letters, digits and dashes, 63 at most";
}

function jobName(cronJob: string): string {
  const suffix = `-manual-${Math.random().toString(36).slice(2, 7).padEnd(5, "0")}`;
  return cronJob.slice(0, MAX_NAME - suffix.length) + suffix;
}

/** Suspends; where all of them are suspended already, resumes. */
export async function suspend(host: PaneHost, objects: Objects): Promise<void> {
  const ops = await host.ops();
  const states = await Promise.all(objects.map((object) => isSuspended(host, object)));
  const on = states.some((isOff) => !isOff);
  const verb = on ? "suspend" : "resume";
  await runChange(host, {
    title: `${on ? "Suspend" : "Resume"} ${objectsText(objects)}`,
    lines: namesOf(objects),
    changes: async () =>
      changesOf(await Promise.all(objects.map((object) => ops.planSuspend(clientOf(host), object, { on })))),
    command: () => opsCommand(host, verb, { objects }),
    label: on ? "Suspend" : "Resume",
    done: on ? "suspended" : "resumed",
  });
}

async function isSuspended(host: PaneHost, object: TargetObject): Promise<boolean> {
  const live = await readObject(host.engine, object);
  return (live?.["spec"] as { suspend?: boolean } | undefined)?.suspend === true;
}
