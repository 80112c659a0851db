/** Certificates and keys: from an option's file, from `X-data`, or from the file that `X` names. */
import { OrkaError } from "../base/mod.ts";
import { textField } from "./config_file.ts";
import { type Entry, resolvePath } from "./kubeconfig.ts";

export interface PemSource {
  readonly entry: Entry | undefined;
  /** The field: `certificate-authority`, `client-certificate`, `client-key`. */
  readonly what: string;
  /** A file that an option names; relative to where the program runs. */
  readonly override: string | undefined;
}

/** The PEM text, or null where none is configured. Throws `kubeconfig`. */
export async function readPem({ entry, what, override }: PemSource): Promise<string | null> {
  if (override) return await readFile(override, what);
  const data = textField(entry?.fields, `${what}-data`);
  if (data !== "") return decode(data, { what, file: entry!.file });
  const path = textField(entry?.fields, what);
  return path === "" ? null : await readFile(resolvePath(path, entry!.dir), what);
}

async function readFile(path: string, what: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound ? "no such file or directory" : String(cause);
    throw new OrkaError("kubeconfig", `unable to read ${what} ${path}: ${why}`, { cause });
  }
}

function decode(data: string, { what, file }: { what: string; file: string }): string {
  try {
    return atob(data.replace(/\s+/g, ""));
  } catch (cause) {
    throw new OrkaError("kubeconfig", `error loading config file "${file}": ${what}-data is not base64`, {
      cause,
    });
  }
}
