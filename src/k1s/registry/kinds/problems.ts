/** What is wrong with an object, collected in the order that the real server finds it in. */
import type { FieldError } from "../../validation/field_error.ts";
import { isObject, type JsonObject, listOf } from "../object.ts";

/** Collects field errors; every method takes the field first, then what is said of it. */
export class Problems {
  readonly list: FieldError[] = [];

  required(field: string, detail = ""): void {
    this.list.push({ type: "required", field, ...(detail === "" ? {} : { detail }) });
  }

  invalid(field: string, value: unknown, detail: string): void {
    this.list.push({ type: "invalid", field, value, detail });
  }

  /** Without showing the value. */
  invalidPlace(field: string, detail: string): void {
    this.list.push({ type: "invalid", field, detail, omitsValue: true });
  }

  /** One error for each message. */
  invalidEach(field: string, value: unknown, details: readonly string[]): void {
    for (const detail of details) this.invalid(field, value, detail);
  }

  forbidden(field: string, detail = ""): void {
    this.list.push({ type: "forbidden", field, ...(detail === "" ? {} : { detail }) });
  }

  duplicate(field: string, value: unknown, detail = ""): void {
    this.list.push({ type: "duplicate", field, value, ...(detail === "" ? {} : { detail }) });
  }

  notFound(field: string, value: unknown, detail = ""): void {
    this.list.push({ type: "notFound", field, value, ...(detail === "" ? {} : { detail }) });
  }

  tooLong(field: string, limitBytes: number): void {
    this.list.push({ type: "tooLong", field, detail: `may not be more than ${limitBytes} bytes` });
  }

  notSupported(field: string, value: unknown, supported: readonly string[]): void {
    const detail = `supported values: ${supported.map((one) => JSON.stringify(one)).join(", ")}`;
    this.list.push({ type: "notSupported", field, value, detail });
  }

  /** An error where a text is none of those that are; absent counts as empty. */
  oneOf(field: string, value: unknown, supported: readonly string[]): void {
    const text = typeof value === "string" ? value : "";
    if (!supported.includes(text)) this.notSupported(field, text, supported);
  }

  /** As oneOf, but a missing value is required. */
  requiredOneOf(field: string, value: unknown, supported: readonly string[]): void {
    if (value === undefined || value === "") this.required(field);
    else this.oneOf(field, value, supported);
  }

  nonNegative(field: string, value: unknown): void {
    if (typeof value === "number" && value < 0) {
      this.invalid(field, value, "must be greater than or equal to 0");
    }
  }

  positive(field: string, value: unknown): void {
    const number = typeof value === "number" ? value : 0;
    if (number <= 0) this.invalid(field, number, "must be greater than zero");
  }
}

/** The objects of a list with their paths. */
export function* each(parent: JsonObject | undefined, field: string, path: string) {
  const list = listOf(parent, field);
  for (let index = 0; index < list.length; index++) {
    const item = list[index]!;
    if (isObject(item)) yield { item, at: `${path}.${field}[${index}]`, index };
  }
}

/** The texts of a list with their paths. */
export function* eachText(parent: JsonObject | undefined, field: string, path: string) {
  const list = listOf(parent, field);
  for (let index = 0; index < list.length; index++) {
    const item = list[index]!;
    if (typeof item === "string") yield { item, at: `${path}.${field}[${index}]`, index };
  }
}

/** The number of a field, 0 for none. */
export function numberOf(object: JsonObject | undefined, field: string): number {
  const value = object?.[field];
  return typeof value === "number" ? value : 0;
}
