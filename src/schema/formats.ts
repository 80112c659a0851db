/** The formats that an API server checks, as ajv takes them; others pass. */

const RFC3339 =
  /^\d{4}-(0\d|1[0-2])-([0-2]\d|3[01])[Tt]([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;
const QUANTITY = /^[+-]?(\d+(\.\d*)?|\.\d+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?$/;
const IPV4 = /^((25[0-5]|2[0-4]\d|1?\d?\d)(\.|$)){4}$/;

const text = (test: RegExp | ((value: string) => boolean)) => ({ type: "string", validate: test }) as const;
const whole = (bits: 32 | 64) =>
  ({
    type: "number",
    validate: (value: number) => Number.isInteger(value) && Math.abs(value) <= 2 ** (bits - 1),
  }) as const;

export const FORMATS = {
  "date-time": text(RFC3339),
  date: text(/^\d{4}-(0\d|1[0-2])-([0-2]\d|3[01])$/),
  byte: text(/^[A-Za-z0-9+/\s]*={0,2}\s*$/),
  uuid: text(/^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i),
  ipv4: text(IPV4),
  quantity: text(QUANTITY),
  int32: whole(32),
  int64: whole(64),
} as const;
