/** Validation returns a list of these; an empty list is a valid object. */

/** One thing wrong with one field, in apimachinery's words: `Invalid value: "x": must be …`. */
export interface FieldError {
  readonly type: keyof typeof FIELD_ERRORS;
  readonly field: string;
  readonly value?: unknown;
  readonly detail?: string;
  /** The message leaves out the value, whatever it is. */
  readonly omitsValue?: true;
}

/** Reason of the cause, and how the message begins. */
const FIELD_ERRORS = {
  notFound: ["FieldValueNotFound", "Not found"],
  required: ["FieldValueRequired", "Required value"],
  duplicate: ["FieldValueDuplicate", "Duplicate value"],
  invalid: ["FieldValueInvalid", "Invalid value"],
  notSupported: ["FieldValueNotSupported", "Unsupported value"],
  forbidden: ["FieldValueForbidden", "Forbidden"],
  tooLong: ["FieldValueTooLong", "Too long"],
  tooMany: ["FieldValueTooMany", "Too many"],
  internal: ["InternalError", "Internal error"],
  typeInvalid: ["FieldValueTypeInvalid", "Invalid value"],
} as const;

/** The reason of a Status cause. */
export function fieldReason({ type }: FieldError): string {
  return FIELD_ERRORS[type][0];
}

/** Error types whose message leaves the value out. */
const WITHOUT_VALUE = new Set<FieldError["type"]>(["required", "forbidden", "tooLong", "internal"]);

/** The error without its field: `Invalid value: "x": must be a number`. */
export function fieldMessage({ type, value, detail = "", omitsValue }: FieldError): string {
  const title = FIELD_ERRORS[type][1];
  const shown = omitsValue || WITHOUT_VALUE.has(type) ? title : `${title}: ${goValue(value)}`;
  return detail === "" ? shown : `${shown}: ${detail}`;
}

/** A value as field errors print it: strings quoted, the rest as JSON. */
function goValue(value: unknown): string {
  if (value === undefined || value === null) return "null";
  return typeof value === "number" || typeof value === "boolean" ? String(value) : JSON.stringify(value);
}
