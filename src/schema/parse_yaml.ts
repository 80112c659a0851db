/** Reading YAML for those who may never need to: the library comes with the first text. */
import type { YamlText } from "./yaml_text.ts";

/** Every document of a text as kubectl reads it; what is wrong with one is in it, nothing is thrown. */
export async function parseYaml(text: string): Promise<YamlText> {
  const { readYaml } = await import("./yaml_text.ts");
  return readYaml(text);
}
