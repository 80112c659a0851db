/** What Go's JSON reader says first of a text that is no object; null for one that is. */
export function parseProblem(text: string): string | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const start = /^[ \t\r\n]*/.exec(text)![0].length;
    const first = text[start];
    if (first === undefined) return "unexpected end of JSON input";
    if ('{["-0123456789tfn'.includes(first)) return "unexpected end of JSON input";
    return `invalid character ${quoted(first)} looking for beginning of value`;
  }
  if (value === null || typeof value === "object" && !Array.isArray(value)) return null;
  const type = Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
  return `json: cannot unmarshal ${type} into Go value of type map[string]interface {}`;
}

/** A byte as Go shows it in messages. */
function quoted(char: string): string {
  if (char === "'") return "'\\''";
  const code = char.charCodeAt(0);
  if (code < 0x20 || code === 0x7f) return `'\\x${code.toString(16).padStart(2, "0")}'`;
  return code >= 0x80 && code < 0xa0 ? `'\\u00${code.toString(16)}'` : `'${char}'`;
}
