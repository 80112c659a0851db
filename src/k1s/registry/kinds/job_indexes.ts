/** Lists of job indexes as text: `0-3,7`. */

function interval(text: string, completions: number): readonly [number, number] | string {
  const limits = text.split("-");
  if (limits.length > 2) {
    return `the fragment ${
      JSON.stringify(text)
    } violates the requirement that an index interval can have at most two parts separated by '-'`;
  }
  const numbers: number[] = [];
  for (const limit of limits) {
    if (!/^[+]?\d+$/.test(limit)) {
      return `cannot convert string to integer for index: ${JSON.stringify(limit)}`;
    }
    if (Number(limit) >= completions) return `too large index: ${JSON.stringify(limit)}`;
    numbers.push(Number(limit));
  }
  const [first = 0, last = first] = numbers;
  if (numbers.length > 1 && first >= last) {
    return `non-increasing order, previous: ${first}, current: ${last}`;
  }
  return [first, last];
}

/** How many indexes a list names, or what is wrong with it. */
export function indexCount(list: string, completions: number): number | string {
  if (list === "") return 0;
  let total = 0;
  let last = -1;
  for (const part of list.split(",")) {
    const read = interval(part, completions);
    if (typeof read === "string") return read;
    const [from, to] = read;
    if (last >= from) return `non-increasing order, previous: ${last}, current: ${from}`;
    total += to - from + 1;
    last = to;
  }
  return total;
}
