/** A person's own manifest as an edit: it is server-side applied as it is, its comments and order stay in the text. */
import { type ObjectTarget, readObject, withoutNoise } from "../apply/mod.ts";
import { OrkaError } from "../base/mod.ts";
import type { KubeObject } from "../kube/mod.ts";
import type { TextDocument } from "../schema/mod.ts";
import type { EditRequest } from "./edit_request.ts";
import type { EditSource } from "./edit_source.ts";
import type { Remark } from "./edit_text.ts";

export interface ManifestOptions {
  /** Which object of the cluster it is about. Throws OrkaError for a kind that is not served. */
  readonly target: (object: KubeObject) => Promise<ObjectTarget>;
}

export function manifestSource(text: string, { target }: ManifestOptions): EditSource {
  return {
    text,
    sendsUnchanged: true,
    async resource(value) {
      if (notAnObject(value) !== null) return null;
      const found = await served(value as KubeObject, target);
      return found instanceof OrkaError ? null : found.resource;
    },
    async understand(documents, { client, signal }) {
      const requests: EditRequest[] = [];
      const remarks: Remark[] = [];
      for (const { value, line } of documents.flatMap(itemsOf)) {
        const why = notAnObject(value);
        if (why !== null) {
          remarks.push({ line, message: why });
          continue;
        }
        const object = value as KubeObject;
        const at = await served(object, target);
        if (at instanceof OrkaError) {
          remarks.push({ line, message: at.message });
          continue;
        }
        const before = await readObject(client, at, { signal });
        const configuration = configurationOf(object, at);
        requests.push({ target: at, before, plan: { type: "apply", configuration }, force: false });
      }
      return { requests, remarks };
    },
  };
}

/** Where the object belongs, or why its kind is none. */
async function served(
  object: KubeObject,
  target: ManifestOptions["target"],
): Promise<ObjectTarget | OrkaError> {
  try {
    return await target(object);
  } catch (error) {
    if (error instanceof OrkaError && error.code === "unknown-kind") return error;
    throw error;
  }
}

/** The items of a List are as good as documents. */
function itemsOf({ value, line }: TextDocument): Pick<TextDocument, "value" | "line">[] {
  const { kind, items } = (value ?? {}) as { kind?: unknown; items?: unknown };
  const isList = typeof kind === "string" && kind.endsWith("List") && Array.isArray(items);
  return isList ? items.map((item: unknown) => ({ value: item, line })) : [{ value, line }];
}

function notAnObject(value: unknown): string | null {
  const { apiVersion, kind, metadata } = (value ?? {}) as Partial<KubeObject>;
  if (typeof apiVersion !== "string" || typeof kind !== "string") return "apiVersion and kind must be set";
  return typeof metadata?.name === "string" && metadata.name !== "" ? null : "metadata.name must be set";
}

/** What only the server sets is nobody's to apply; a status is, at its own address alone. */
function configurationOf(object: KubeObject, { namespace, subresource }: ObjectTarget): KubeObject {
  const clean = withoutNoise(object, { status: subresource === "status" });
  return namespace === "" ? clean : { ...clean, metadata: { ...clean.metadata, namespace } };
}
