/** Volumes of pods: one source each, and what each source needs. */
import { dnsLabel, subdomain } from "../metadata_validation.ts";
import { isObject, type JsonObject, listOf, mapOf, textOf } from "../object.ts";
import { quantityOf } from "./container_resources.ts";
import { checkFieldSelector, checkResourceSelector } from "./downward_api.ts";
import { checkClaimSpec, checkTemplateMeta } from "./persistent_volume_claim.ts";
import { each, numberOf, type Problems } from "./problems.ts";
import { descendingPath, FILE_MODE, localPath, MAX_MODE, noBacksteps } from "./rules.ts";

type CheckSource = (problems: Problems, at: string, source: JsonObject) => void;

function needs(...fields: readonly string[]): CheckSource {
  return (problems, at, source) => {
    for (const field of fields) if (textOf(source, field) === "") problems.required(`${at}.${field}`);
  };
}

function checkMode(problems: Problems, field: string, mode: unknown): void {
  if (typeof mode === "number" && (mode < 0 || mode > MAX_MODE)) problems.invalid(field, mode, FILE_MODE);
}

function checkKeyToPath(problems: Problems, at: string, item: JsonObject): void {
  needs("key", "path")(problems, at, item);
  const path = textOf(item, "path");
  problems.invalidEach(`${at}.path`, path, localPath(path));
  checkMode(problems, `${at}.mode`, item.mode);
}

function keyed(nameField: string): CheckSource {
  return (problems, at, source) => {
    needs(nameField)(problems, at, source);
    checkMode(problems, `${at}.defaultMode`, source.defaultMode);
    for (const { item, at: path } of each(source, "items", at)) checkKeyToPath(problems, path, item);
  };
}

const HOST_PATH_TYPES = [
  "",
  "BlockDevice",
  "CharDevice",
  "Directory",
  "DirectoryOrCreate",
  "File",
  "FileOrCreate",
  "Socket",
];

const checkHostPath: CheckSource = (problems, at, source) => {
  const path = textOf(source, "path");
  if (path === "") return problems.required(`${at}.path`);
  problems.invalidEach(`${at}.path`, path, noBacksteps(path));
  problems.oneOf(`${at}.type`, source.type, HOST_PATH_TYPES);
};

const checkNfs: CheckSource = (problems, at, source) => {
  needs("server", "path")(problems, at, source);
  const path = textOf(source, "path");
  if (!path.startsWith("/")) problems.invalid(`${at}.path`, path, "must be an absolute path");
};

/** One file of a downward API volume. */
function checkDownwardFile(problems: Problems, at: string, file: JsonObject): void {
  const path = textOf(file, "path");
  if (path === "") problems.required(`${at}.path`);
  problems.invalidEach(`${at}.path`, path, localPath(path));
  const [field, resource] = [mapOf(file, "fieldRef"), mapOf(file, "resourceFieldRef")];
  if (field) {
    checkFieldSelector(problems, `${at}.fieldRef`, [field, "volume"]);
    if (resource) {
      problems.invalid(at, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously");
    }
  } else if (resource) checkResourceSelector(problems, `${at}.resourceFieldRef`, [resource, "volume"]);
  else problems.required(at, "one of fieldRef and resourceFieldRef is required");
  checkMode(problems, `${at}.mode`, file.mode);
}

const DUPLICATE_PATH = "conflicting duplicate paths";

/** Projected volumes: several sources whose files must not meet. */
class Projection {
  readonly #paths = new Set<string>();

  constructor(readonly problems: Problems, readonly at: string) {}

  check(source: JsonObject, at: string): void {
    let count = 0;
    for (const kind of ["secret", "configMap"]) {
      const keyed = mapOf(source, kind);
      if (keyed) count++, this.#keyed(keyed, `${at}.${kind}`);
    }
    const downward = mapOf(source, "downwardAPI");
    if (downward) count++, this.#downward(downward, `${at}.downwardAPI`);
    const token = mapOf(source, "serviceAccountToken");
    if (token) count++, this.#token(token, `${at}.serviceAccountToken`);
    if (mapOf(source, "clusterTrustBundle") || mapOf(source, "podCertificate")) count++;
    if (count > 1) this.problems.forbidden(at, "may not specify more than 1 volume type per source");
  }

  #claim(path: string, owner: string): void {
    if (path === "") return;
    if (this.#paths.has(path)) this.problems.invalid(this.at, owner, DUPLICATE_PATH);
    this.#paths.add(path);
  }

  #keyed(source: JsonObject, at: string): void {
    const name = textOf(source, "name");
    if (name === "") this.problems.required(`${at}.name`);
    for (const { item, at: path } of each(source, "items", at)) {
      checkKeyToPath(this.problems, path, item);
      this.#claim(textOf(item, "path"), name);
    }
  }

  #downward(source: JsonObject, at: string): void {
    for (const { item } of each(source, "items", at)) {
      checkDownwardFile(this.problems, at, item);
      this.#claim(textOf(item, "path"), textOf(item, "path"));
    }
  }

  #token(source: JsonObject, at: string): void {
    const seconds = numberOf(source, "expirationSeconds");
    if (seconds < 600) {
      const detail = "may not specify a duration less than 10 minutes";
      this.problems.invalid(`${at}.expirationSeconds`, seconds, detail);
    }
    if (seconds > 2 ** 32) {
      const detail = "may not specify a duration larger than 2^32 seconds";
      this.problems.invalid(`${at}.expirationSeconds`, seconds, detail);
    }
    const path = textOf(source, "path");
    if (path === "") this.problems.required(`${this.at}.path`);
    else this.problems.invalidEach(`${this.at}.path`, path, localPath(path));
  }
}

function checkCsiDriver(problems: Problems, field: string, driver: string): void {
  if (driver === "") return problems.required(field);
  if (driver.length > 63) problems.tooLong(field, 63);
  problems.invalidEach(field, driver, subdomain(driver.toLowerCase(), false));
}

/** In the order that sources are looked at in. */
const SOURCES: readonly (readonly [string, CheckSource])[] = [
  ["emptyDir", (problems, at, source) => {
    if ((quantityOf(source.sizeLimit) ?? 0) < 0) {
      problems.forbidden(`${at}.sizeLimit`, "SizeLimit field must be a valid resource quantity");
    }
  }],
  ["hostPath", checkHostPath],
  ["gitRepo", needs("repository")],
  ["gcePersistentDisk", needs("pdName")],
  ["awsElasticBlockStore", needs("volumeID")],
  ["secret", keyed("secretName")],
  ["nfs", checkNfs],
  ["iscsi", needs("targetPortal", "iqn")],
  ["glusterfs", needs("endpoints", "path")],
  ["flocker", () => {}],
  ["persistentVolumeClaim", needs("claimName")],
  ["rbd", needs("image")],
  ["cinder", needs("volumeID")],
  ["cephfs", () => {}],
  ["quobyte", needs("registry", "volume")],
  ["downwardAPI", (problems, at, source) => {
    checkMode(problems, `${at}.defaultMode`, source.defaultMode);
    for (const { item } of each(source, "items", at)) checkDownwardFile(problems, at, item);
  }],
  ["fc", () => {}],
  ["flexVolume", needs("driver")],
  ["configMap", keyed("name")],
  ["azureFile", needs("secretName", "shareName")],
  ["vsphereVolume", needs("volumePath")],
  ["photonPersistentDisk", needs("pdID")],
  ["portworxVolume", needs("volumeID")],
  ["azureDisk", needs("diskName", "diskURI")],
  ["storageos", () => {}],
  ["projected", (problems, at, source) => {
    checkMode(problems, `${at}.defaultMode`, source.defaultMode);
    const projection = new Projection(problems, at);
    for (const { item, at: path } of each(source, "sources", at)) projection.check(item, path);
  }],
  ["scaleIO", needs("gateway", "system", "volumeName")],
  ["csi", (problems, at, source) => {
    checkCsiDriver(problems, `${at}.driver`, textOf(source, "driver"));
    const secret = mapOf(source, "nodePublishSecretRef");
    if (secret && textOf(secret, "name") === "") problems.required(`${at}.nodePublishSecretRef.name`);
  }],
  ["ephemeral", (problems, at, source) => {
    const claim = mapOf(source, "volumeClaimTemplate");
    const path = `${at}.volumeClaimTemplate`;
    if (claim === undefined) return problems.required(path);
    checkTemplateMeta(problems, path, claim);
    checkClaimSpec(problems, `${path}.spec`, mapOf(claim, "spec"));
  }],
  ["image", (problems, at, source) => {
    if (textOf(source, "reference") === "") problems.required(`${at}.reference`);
  }],
];
const CHECKS = new Map(SOURCES);
const ORDER = new Map(SOURCES.map(([kind], index) => [kind, index]));

/** True for the fields of a volume that say where its bytes are. */
export function isVolumeSource(field: string): boolean {
  return CHECKS.has(field);
}

/** Checks one source of a volume, by its field. */
export function checkVolumeSource(
  problems: Problems,
  at: string,
  [field, source]: readonly [string, JsonObject],
): void {
  CHECKS.get(field)?.(problems, at, source);
}

function checkSource(problems: Problems, at: string, [volume, podName]: [JsonObject, string]): void {
  const given = Object.keys(volume).filter((kind) => CHECKS.has(kind) && isObject(volume[kind]));
  if (given.length > 1) given.sort((a, b) => ORDER.get(a)! - ORDER.get(b)!);
  for (const [index, kind] of given.entries()) {
    const path = `${at}.${kind}`;
    if (index > 0) problems.forbidden(path, "may not specify more than 1 volume type");
    else CHECKS.get(kind)!(problems, path, volume[kind] as JsonObject);
  }
  const name = textOf(volume, "name");
  if (given[0] === "ephemeral" && podName !== "" && name !== "") {
    const claim = `${podName}-${name}`;
    for (const problem of subdomain(claim, false)) {
      problems.invalid(`${at}.name`, name, `PVC name ${JSON.stringify(claim)}: ${problem}`);
    }
  }
  if (given.length === 0) problems.required(at, "must specify a volume type");
}

/** Checks volumes; the good ones by name, for mounts to refer to. */
export function checkVolumes(
  problems: Problems,
  path: string,
  { spec, podName }: { spec: JsonObject; podName: string },
): Map<string, JsonObject> {
  const good = new Map<string, JsonObject>();
  const made = new Set(
    podName === ""
      ? []
      : listOf(spec, "volumes").filter(isObject).filter((volume) => mapOf(volume, "ephemeral")).map((
        volume,
      ) => `${podName}-${textOf(volume, "name")}`),
  );
  for (const { item: volume, at } of each(spec, "volumes", path)) {
    const before = problems.list.length;
    checkSource(problems, at, [volume, podName]);
    const name = textOf(volume, "name");
    if (name === "") problems.required(`${at}.name`);
    else problems.invalidEach(`${at}.name`, name, dnsLabel(name, false));
    if (good.has(name)) problems.duplicate(`${at}.name`, name);
    if (problems.list.length === before) good.set(name, volume);
    const claim = textOf(mapOf(volume, "persistentVolumeClaim"), "claimName");
    if (made.has(claim)) {
      const detail = "must not reference a PVC that gets created for an ephemeral volume";
      problems.invalid(`${at}.persistentVolumeClaim.claimName`, claim, detail);
    }
  }
  return good;
}

const PROPAGATIONS = ["Bidirectional", "HostToContainer", "None"];

/** A container's mounts; `volumes` are those that are good. */
export function checkMounts(
  problems: Problems,
  path: string,
  [container, volumes]: [JsonObject, ReadonlyMap<string, JsonObject>],
): void {
  const taken = new Set<string>();
  const all = `${path}.volumeMounts`;
  for (const { item: mount, at } of each(container, "volumeMounts", path)) {
    const [name, mountPath] = [textOf(mount, "name"), textOf(mount, "mountPath")];
    if (name === "") problems.required(`${at}.name`);
    if (!volumes.has(name)) problems.notFound(`${at}.name`, name);
    if (mountPath === "") problems.required(`${at}.mountPath`);
    if (taken.has(mountPath)) problems.invalid(`${at}.mountPath`, mountPath, "must be unique");
    taken.add(mountPath);
    const [subPath, expression] = [textOf(mount, "subPath"), textOf(mount, "subPathExpr")];
    problems.invalidEach(`${all}.subPath`, subPath, descendingPath(subPath));
    if (expression !== "") {
      if (subPath !== "") {
        const detail = "subPathExpr and subPath are mutually exclusive";
        problems.invalid(`${at}.subPathExpr`, expression, detail);
      }
      problems.invalidEach(`${all}.subPathExpr`, expression, descendingPath(expression));
    }
    if (mount.mountPropagation !== undefined) {
      problems.oneOf(`${all}.mountPropagation`, mount.mountPropagation, PROPAGATIONS);
      const privileged = mapOf(container, "securityContext")?.privileged === true;
      if (mount.mountPropagation === "Bidirectional" && !privileged) {
        const detail = "Bidirectional mount propagation is available only to privileged containers";
        problems.forbidden(`${all}.mountPropagation`, detail);
      }
    }
  }
  checkDevices(problems, path, [container, volumes]);
}

function checkDevices(
  problems: Problems,
  path: string,
  [container, volumes]: [JsonObject, ReadonlyMap<string, JsonObject>],
): void {
  const names = new Set<string>();
  for (const { item: device, at } of each(container, "volumeDevices", path)) {
    const name = textOf(device, "name");
    const volume = volumes.get(name);
    if (name === "") problems.required(`${at}.name`);
    if (names.has(name)) problems.invalid(`${at}.name`, name, "must be unique");
    if (volume && !mapOf(volume, "persistentVolumeClaim") && !mapOf(volume, "ephemeral")) {
      const detail = "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode";
      problems.invalid(`${at}.name`, name, detail);
    }
    if (!volume) problems.notFound(`${at}.name`, name);
    if (textOf(device, "devicePath") === "") problems.required(`${at}.devicePath`);
    names.add(name);
  }
}
