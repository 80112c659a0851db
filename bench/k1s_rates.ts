/** Operations a second by verb: the same objects and requests whatever server and connection they go to. */
import { type Api, configMap, must, rate } from "./k1s_api.ts";

export interface VerbRate {
  readonly verb: string;
  readonly perSecond: number;
}

const APPLY = "application/apply-patch+yaml";
const MERGE = "application/merge-patch+json";

/** `count` of each verb in turn by so many workers, in a namespace of its own that goes afterwards. */
export async function verbRates(
  api: Api,
  { count, workers, namespace }: { count: number; workers: number; namespace: string },
): Promise<VerbRate[]> {
  await must(api, "POST", "/api/v1/namespaces", {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: namespace },
  });
  const collection = `/api/v1/namespaces/${namespace}/configmaps`;
  const at = (i: number) => `${collection}/c${i}`;
  const versions: string[] = [];
  const keep = (i: number, text: string) => {
    versions[i] = /"resourceVersion":"(\d+)"/.exec(text)![1]!;
  };
  const verbs: Record<string, (i: number) => Promise<unknown>> = {
    create: async (i) => keep(i, await must(api, "POST", collection, configMap(`c${i}`))),
    get: (i) => must(api, "GET", at(i)),
    update: async (i) => {
      const object = configMap(`c${i}`, "y".repeat(600));
      (object.metadata as Record<string, unknown>).resourceVersion = versions[i];
      await must(api, "PUT", at(i), object);
    },
    patch: (i) => must(api, "PATCH", at(i), { data: { step: "1" } }, MERGE),
    apply: (i) => {
      const object = { ...configMap(`c${i}`), data: { other: "z" } };
      return must(api, "PATCH", `${at(i)}?fieldManager=bench-apply`, object, APPLY);
    },
    delete: (i) => must(api, "DELETE", at(i)),
  };
  const rates: VerbRate[] = [];
  for (const [verb, one] of Object.entries(verbs)) {
    rates.push({ verb, perSecond: await rate(count, workers, one) });
  }
  await must(api, "DELETE", `/api/v1/namespaces/${namespace}`);
  return rates;
}
