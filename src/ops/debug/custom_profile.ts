/** `--custom`: a part of a container's spec that is laid over what a debug profile makes. No I/O. */
import { OrkaError } from "../../base/mod.ts";
import { nearMiss } from "../../kube/mod.ts";

/** Some fields of a container. */
export type ContainerPart = Readonly<Record<string, unknown>>;

/** What the command line says alone, as in kubectl. */
const FIXED = ["name", "command", "image", "lifecycle", "volumeDevices"];
/** Lists whose items are told apart by a field; any other list is one value. */
const KEYS: Readonly<Record<string, string>> = {
  env: "name",
  volumeMounts: "mountPath",
  ports: "containerPort",
};
const FREE = [
  ...Object.keys(KEYS),
  ...["args", "envFrom", "imagePullPolicy", "livenessProbe", "readinessProbe", "resizePolicy", "resources"],
  ...["restartPolicy", "restartPolicyRules", "securityContext", "startupProbe", "stdin", "stdinOnce"],
  ...["terminationMessagePath", "terminationMessagePolicy", "tty", "workingDir"],
];

/** Throws OrkaError `invalid` for what is no part of a container, `usage` for a field that it may not set. */
export function parseContainerPart(value: unknown, source: string): ContainerPart {
  if (!isMap(value)) throw noPart(source, "it is no map of fields");
  for (const [field, content] of Object.entries(value)) {
    if (FIXED.includes(field)) {
      throw new OrkaError(
        "usage",
        "name, command, image, lifecycle and volume devices are not modifiable via custom profile",
        { hint: `${source} sets ${field}.` },
      );
    }
    if (!FREE.includes(field)) {
      const near = nearMiss(field, FREE);
      throw noPart(source, `a container has no field "${field}"`, near && `Did you mean "${near}"?`);
    }
    const key = KEYS[field];
    const isList = Array.isArray(content) &&
      content.every((item) => isMap(item) && item[key ?? ""] !== undefined);
    if (key !== undefined && !isList) throw noPart(source, `${field} is a list of items with a ${key}`);
  }
  return value;
}

function noPart(source: string, why: string, hint?: string): OrkaError {
  return new OrkaError("invalid", `${source} does not contain a valid container spec: ${why}`, { hint });
}

/** The container with the part laid over it, as a strategic merge patch does. */
export function customized<C extends ContainerPart>(container: C, part: ContainerPart | undefined): C {
  if (part === undefined) return container;
  const merged: Record<string, unknown> = mergedMap(container, part);
  for (const [field, key] of Object.entries(KEYS)) {
    const [own, laid] = [container[field], part[field]] as (readonly ContainerPart[] | undefined)[];
    if (laid !== undefined) merged[field] = mergedItems(own ?? [], laid, key);
  }
  return merged as C;
}

function mergedMap(map: ContainerPart, part: ContainerPart): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...map };
  for (const [key, value] of Object.entries(part)) {
    const own = map[key];
    if (value === null) delete merged[key];
    else merged[key] = isMap(value) && isMap(own) ? mergedMap(own, value) : value;
  }
  return merged;
}

/** In the part's order; what only the container has stands before what came behind it there. */
function mergedItems(
  own: readonly ContainerPart[],
  laid: readonly ContainerPart[],
  key: string,
): readonly ContainerPart[] {
  const placeOf = (item: ContainerPart) => own.findIndex((each) => each[key] === item[key]);
  const others = own.filter((item) => !laid.some((each) => each[key] === item[key]));
  const merged: ContainerPart[] = [];
  for (const item of laid) {
    const place = placeOf(item);
    while (place >= 0 && others.length > 0 && placeOf(others[0]!) < place) merged.push(others.shift()!);
    merged.push(place < 0 ? item : mergedMap(own[place]!, item));
  }
  return [...merged, ...others];
}

function isMap(value: unknown): value is ContainerPart {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
