/**
 * Resource quantities (`250m`, `1.5Gi`, `1e3`), exact to a nano unit as Kubernetes keeps them.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */

export type QuantityFormat = "BinarySI" | "DecimalSI" | "DecimalExponent";

export interface Quantity {
  /** In units of 10^-9; what is smaller is rounded away from zero, as the server does. */
  readonly nano: bigint;
  readonly format: QuantityFormat;
}

const NANO = 1_000_000_000n;
const DECIMAL = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"] as const;
const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"] as const;

/** Parses a quantity, or null when the text is none. Numbers are taken as their decimal text. */
export function parseQuantity(text: string | number): Quantity | null {
  const match = /^([+-]?)(\d+\.?\d*|\.\d+)(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d+))?$/.exec(String(text));
  if (!match) return null;
  const [, sign, digits, suffix = "", exponent] = match;
  const scaled = exponent !== undefined
    ? scale(digits!, 10n, Number(exponent))
    : suffix.endsWith("i")
    ? scale(digits!, 1024n, BINARY.indexOf(suffix as "Ki"))
    : scale(digits!, 10n, (DECIMAL.indexOf(suffix as "m") - 3) * 3);
  if (scaled === null) return null;
  const format = exponent !== undefined ? "DecimalExponent" : suffix.endsWith("i") ? "BinarySI" : "DecimalSI";
  return { nano: sign === "-" ? -scaled : scaled, format };
}

/** digits * base^power in nano units, rounded up; null for powers no quantity has. */
function scale(digits: string, base: bigint, power: number): bigint | null {
  if (Math.abs(power) > 30) return null;
  const [whole = "", fraction = ""] = digits.split(".");
  let numerator = BigInt(whole + fraction) * NANO;
  let denominator = 10n ** BigInt(fraction.length);
  if (power >= 0) numerator *= base ** BigInt(power);
  else denominator *= base ** BigInt(-power);
  return divideUp(numerator, denominator);
}

function divideUp(numerator: bigint, denominator: bigint): bigint {
  return (numerator + denominator - 1n) / denominator;
}

/** Below, equal or above zero; texts that are no quantity sort before all that are. */
export function compareQuantities(a: string | number, b: string | number): number {
  const left = parseQuantity(a)?.nano;
  const right = parseQuantity(b)?.nano;
  if (left === undefined || right === undefined) {
    return Number(left !== undefined) - Number(right !== undefined);
  }
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The sum, in the first one's format (the other's when the first is zero), as Quantity.Add keeps it. */
export function addQuantities(a: Quantity, b: Quantity): Quantity {
  return { nano: a.nano + b.nano, format: a.nano === 0n ? b.format : a.format };
}

/** The value as a double, in whole units. */
export function quantityValue(quantity: Quantity): number {
  return Number(quantity.nano) / 1e9;
}

/** Whole thousandths, rounded up: millicores for a CPU quantity. */
export function milliValue(quantity: Quantity): number {
  const sign = quantity.nano < 0n ? -1n : 1n;
  return Number(sign * divideUp(sign * quantity.nano, 1_000_000n));
}

/** The canonical text, as the API server stores it: the largest suffix that leaves a whole number. */
export function formatQuantity({ nano, format }: Quantity): string {
  if (nano === 0n) return "0";
  const sign = nano < 0n ? "-" : "";
  const abs = nano < 0n ? -nano : nano;
  if (format === "BinarySI" && abs >= 1024n * NANO) return sign + formatBinary(divideUp(abs, NANO));
  return sign + formatDecimal(abs, format === "DecimalExponent");
}

function formatBinary(units: bigint): string {
  let power = 0;
  while (power < BINARY.length - 1 && units % 1024n === 0n) {
    units /= 1024n;
    power++;
  }
  return `${units}${BINARY[power]}`;
}

function formatDecimal(nano: bigint, exponent: boolean): string {
  let power = 0;
  while (power < DECIMAL.length - 1 && nano % 1000n === 0n) {
    nano /= 1000n;
    power++;
  }
  const e = (power - 3) * 3;
  return `${nano}${exponent ? (e === 0 ? "" : `e${e}`) : DECIMAL[power]}`;
}
