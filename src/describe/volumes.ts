/** Volumes of pods and persistent volumes, by their source. One table says what each source shows. */
import { jsonText } from "../kube/mod.ts";
import type { CellInput, Page } from "./document.ts";
import { none } from "./document.ts";
import type { Tree } from "./tree.ts";
import { link, pairs, shorten } from "./values.ts";

interface Source {
  readonly type: string;
  /** Label and field; `!` after a field: false when absent, `?`: `<none>` when absent. */
  readonly fields: readonly (readonly [label: string, field: string])[];
}

const CSI = "CSI (a Container Storage Interface (CSI) volume source)";

/** Sources that are only fields. */
const SOURCES: Readonly<Record<string, Source>> = {
  hostPath: {
    type: "HostPath (bare host directory volume)",
    fields: [["Path", "path"], ["HostPathType", "type?"]],
  },
  gcePersistentDisk: {
    type: "GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)",
    fields: [["PDName", "pdName"], ["FSType", "fsType"], ["Partition", "partition"], [
      "ReadOnly",
      "readOnly!",
    ]],
  },
  awsElasticBlockStore: {
    type: "AWSElasticBlockStore (a Persistent Disk resource in AWS)",
    fields: [["VolumeID", "volumeID"], ["FSType", "fsType"], ["Partition", "partition"], [
      "ReadOnly",
      "readOnly!",
    ]],
  },
  secret: {
    type: "Secret (a volume populated by a Secret)",
    fields: [["SecretName", "secretName"], ["Optional", "optional!"]],
  },
  configMap: {
    type: "ConfigMap (a volume populated by a ConfigMap)",
    fields: [["Name", "name"], ["Optional", "optional!"]],
  },
  nfs: {
    type: "NFS (an NFS mount that lasts the lifetime of a pod)",
    fields: [["Server", "server"], ["Path", "path"], ["ReadOnly", "readOnly!"]],
  },
  persistentVolumeClaim: {
    type: "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)",
    fields: [["ClaimName", "claimName"], ["ReadOnly", "readOnly!"]],
  },
  azureFile: {
    type: "AzureFile (an Azure File Service mount on the host and bind mount to the pod)",
    fields: [["SecretName", "secretName"], ["ShareName", "shareName"], ["ReadOnly", "readOnly!"]],
  },
  azureDisk: {
    type: "AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)",
    fields: [
      ["DiskName", "diskName"],
      ["DiskURI", "diskURI"],
      ["Kind", "kind"],
      ["FSType", "fsType"],
      ["CachingMode", "cachingMode"],
      ["ReadOnly", "readOnly!"],
    ],
  },
  vsphereVolume: {
    type: "vSphereVolume (a Persistent Disk resource in vSphere)",
    fields: [["VolumePath", "volumePath"], ["FSType", "fsType"], ["StoragePolicyName", "storagePolicyName"]],
  },
  fc: {
    type: "FC (a Fibre Channel disk)",
    fields: [["TargetWWNs", "targetWWNs"], ["LUN", "lun?"], ["FSType", "fsType"], ["ReadOnly", "readOnly!"]],
  },
  local: {
    type: "LocalVolume (a persistent volume backed by local storage on a node)",
    fields: [["Path", "path"]],
  },
  image: {
    type: "Image (a container image or OCI artifact)",
    fields: [["Reference", "reference"], ["PullPolicy", "pullPolicy"]],
  },
};

/** Where a volume's name leads: the field that names the other object, and its kind. */
const LINKS: Readonly<Record<string, readonly [field: string, kind: string]>> = {
  secret: ["secretName", "Secret"],
  configMap: ["name", "ConfigMap"],
  persistentVolumeClaim: ["claimName", "PersistentVolumeClaim"],
};

export interface VolumesOptions {
  readonly indent: number;
  readonly namespace: string;
}

/** The `Volumes` section of a pod (indent 0) or a template (indent 2). */
export function describeVolumes(page: Page, volumes: readonly Tree[], options: VolumesOptions): void {
  if (volumes.length === 0) return page.field("Volumes", none(), options.indent);
  page.heading("Volumes", options.indent);
  for (const volume of volumes) {
    page.heading(volume.at("name").text, options.indent === 0 ? 2 : 3);
    const source = volume.entries.find(([field]) => field !== "name");
    if (source) describeSource(page, source[0], source[1], options.namespace);
    else page.text("<unknown>", 2);
  }
}

/** One volume source's lines; kinds that the table lacks are shown by their fields. */
export function describeSource(page: Page, field: string, source: Tree, namespace: string): void {
  if (field === "emptyDir") return emptyDir(page, source);
  if (field === "projected") return projected(page, source, namespace);
  if (field === "downwardAPI") return downwardApi(page, source);
  if (field === "ephemeral") return ephemeral(page, source);
  if (field === "csi") return csi(page, source);
  const known = SOURCES[field];
  if (!known) {
    page.field("Type", field, 4);
    for (const [name, value] of source.entries) page.field(name, value.or(jsonText(value.value)), 4);
    return;
  }
  page.field("Type", known.type, 4);
  for (const [label, spec] of known.fields) {
    page.field(label, sourceValue(source, spec, LINKS[field], namespace), 4);
  }
}

function sourceValue(
  source: Tree,
  spec: string,
  leads: readonly [string, string] | undefined,
  namespace: string,
): CellInput {
  const name = spec.replace(/[!?]$/, "");
  const value = source.at(name);
  if (spec.endsWith("!")) return String(value.isTrue);
  if (spec.endsWith("?") && value.text === "") return value.exists ? "" : none();
  if (leads?.[0] === name) return link(value.text, { kind: leads[1], namespace });
  return Array.isArray(value.value) ? value.texts.join(", ") : value.text;
}

function emptyDir(page: Page, source: Tree): void {
  page.field("Type", "EmptyDir (a temporary directory that shares a pod's lifetime)", 4);
  page.field("Medium", source.at("medium").text, 4);
  page.field("SizeLimit", source.at("sizeLimit").or("<unset>"), 4);
}

function projected(page: Page, volume: Tree, namespace: string): void {
  page.field("Type", "Projected (a volume that contains injected data from multiple sources)", 4);
  for (const source of volume.at("sources").list) {
    const secret = source.at("secret");
    const config = source.at("configMap");
    const token = source.at("serviceAccountToken");
    if (secret.exists) {
      page.field("SecretName", link(secret.at("name").text, { kind: "Secret", namespace }), 4);
      page.field("Optional", String(secret.at("optional").isTrue), 4);
    } else if (source.at("downwardAPI").exists) page.field("DownwardAPI", "true", 4);
    else if (config.exists) {
      page.field("ConfigMapName", link(config.at("name").text, { kind: "ConfigMap", namespace }), 4);
      page.field("Optional", String(config.at("optional").isTrue), 4);
    } else if (token.exists) page.field("TokenExpirationSeconds", token.at("expirationSeconds").number, 4);
  }
}

function downwardApi(page: Page, volume: Tree): void {
  page.field("Type", "DownwardAPI (a volume populated by information about the pod)", 4);
  page.heading("Items", 4);
  for (const item of volume.at("items").list) {
    const from = item.at("fieldRef.fieldPath").or(item.at("resourceFieldRef.resource").text);
    page.text(`${from} -> ${item.at("path").text}`, 6);
  }
}

function ephemeral(page: Page, volume: Tree): void {
  const type =
    "EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)";
  page.field("Type", type, 4);
  const claim = volume.at("volumeClaimTemplate");
  if (!claim.exists) return;
  page.field("StorageClass", claim.at("spec.storageClassName").text, 4);
  page.field("Volume", claim.at("spec.volumeName").text, 4);
  nested(page, "Labels", pairs(claim.at("metadata.labels")), "    <none>");
  nested(page, "Annotations", pairs(claim.at("metadata.annotations")), "    <none>");
  page.field("Capacity", "", 4);
  page.field("Access Modes", "", 4);
  const mode = claim.at("spec.volumeMode").text;
  if (mode !== "") page.field("VolumeMode", mode, 4);
}

function csi(page: Page, source: Tree): void {
  page.field("Type", CSI, 4);
  page.field("Driver", source.at("driver").text, 4);
  page.field("FSType", source.at("fsType").text, 4);
  if (source.at("volumeHandle").exists) page.field("VolumeHandle", source.at("volumeHandle").text, 4);
  page.field("ReadOnly", String(source.at("readOnly").isTrue), 4);
  nested(
    page,
    "VolumeAttributes",
    pairs(source.at("volumeAttributes")).map((line) => shorten(line, 140)),
    "<none>",
  );
}

/** kubectl writes the indent of a nested list before every piece of a line, the values too. */
function nested(page: Page, label: string, lines: readonly string[], absent: string): void {
  const values = lines.length === 0 ? [none(absent)] : lines.map((line) => `    ${line}`);
  values.forEach((value, i) =>
    page.line(i === 0 ? "field" : "more", [i === 0 ? `${label}:` : "    ", value], 4)
  );
}
