/** `set env --list`: what is set, as kubectl lists it. */
import { EXIT } from "../../base/mod.ts";
import { chosenContainers } from "../../ops/mod.ts";
import type { ChangeSession } from "../change/change_context.ts";
import { type LiveTarget, targetName } from "../change/targets.ts";
import { escapeControls } from "../print/table.ts";
import { containersOf } from "./setting.ts";

interface EnvSource {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: unknown;
}

/** A line for each variable, or with `-o json` one for each container; the exit code. */
export async function printEnv(session: ChangeSession, targets: readonly LiveTarget[]): Promise<number> {
  const { io, flags } = session;
  const isJson = flags.text("output") === "json";
  for (const target of targets) {
    for (
      const { name, env = [] } of chosenContainers(target.object, { target, containers: containersOf(flags) })
    ) {
      if (isJson) {
        await io.stdout.write(`${JSON.stringify({ object: targetName(target), container: name, env })}\n`);
        continue;
      }
      await io.stdout.write(`# ${target.resource.kind} ${target.name}, container ${name}\n`);
      for (const each of env) await io.stdout.write(`${escapeControls(envLine(each))}\n`);
    }
  }
  return EXIT.ok;
}

/** As kubectl lists what comes from elsewhere. */
function envLine({ name, value = "", valueFrom }: EnvSource): string {
  const from = valueFrom as
    | Readonly<Record<string, Readonly<Record<string, string>> | undefined>>
    | undefined;
  if (from === undefined || from === null) return `${name}=${value}`;
  const { configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef } = from;
  if (configMapKeyRef) return `# ${name} from configmap ${configMapKeyRef.name}, key ${configMapKeyRef.key}`;
  if (secretKeyRef) return `# ${name} from secret ${secretKeyRef.name}, key ${secretKeyRef.key}`;
  if (fieldRef) return `# ${name} from field path ${fieldRef.fieldPath}`;
  if (resourceFieldRef) {
    const of = resourceFieldRef.containerName ? `, container ${resourceFieldRef.containerName}` : "";
    return `# ${name} from resource field ref${of}, resource ${resourceFieldRef.resource}`;
  }
  return `# ${name} invalid valueFrom`;
}
