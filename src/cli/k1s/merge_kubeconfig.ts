/** Adds a kubeconfig's entries to the person's own file, with everything else in that file as it was. */
import { OrkaError } from "../../base/mod.ts";
import { replaceFile } from "./store_directory.ts";

/** Lists of named entries in a kubeconfig. */
const LISTS = ["clusters", "users", "contexts"] as const;

/** The file that kubectl writes to: the first of KUBECONFIG's, else ~/.kube/config. */
export function personalKubeconfig(env: (name: string) => string | undefined): string {
  const listed = (env("KUBECONFIG") ?? "").split(Deno.build.os === "windows" ? ";" : ":").find((file) =>
    file !== ""
  );
  return listed ?? `${env("HOME") || env("USERPROFILE") || "."}/.kube/config`;
}

/**
 * Puts the entries of `text` into `file`: those of the same names are replaced, comments stay. Its context becomes the
 * current one. Throws `kubeconfig` when the file is no kubeconfig.
 */
export async function mergeKubeconfig(text: string, file: string): Promise<void> {
  const { isMap, parse, parseDocument } = await import("yaml");
  const added = parse(text) as Record<string, unknown>;
  const before = await readIfThere(file);
  if (before === null || before.trim() === "") return await writeFile(file, text);
  const document = parseDocument(before);
  if (document.errors.length > 0 || !isMap(document.contents)) {
    throw new OrkaError(
      "kubeconfig",
      `${file} is no kubeconfig: ${document.errors[0]?.message ?? "no mapping"}`,
    );
  }
  for (const list of LISTS) {
    const kept = (document.toJS()[list] ?? []) as { name?: string }[];
    if (!document.hasIn([list]) || kept.length === 0) document.set(list, document.createNode([]));
    for (const entry of added[list] as { name: string }[]) {
      const at = kept.findIndex(({ name }) => name === entry.name);
      document.setIn([list, at < 0 ? document.toJS()[list].length : at], document.createNode(entry));
    }
  }
  document.set("current-context", added["current-context"]);
  await writeFile(file, document.toString({ lineWidth: 0 }));
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function writeFile(file: string, text: string): Promise<void> {
  const slash = file.lastIndexOf("/");
  if (slash > 0) await Deno.mkdir(file.slice(0, slash), { recursive: true, mode: 0o700 });
  await replaceFile(await Deno.realPath(file).catch(() => file), text);
}
