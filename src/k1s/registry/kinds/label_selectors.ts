/** Label selectors and labels, as every kind that has them is checked. */
import { labelValue, qualifiedName } from "../metadata_validation.ts";
import { type JsonObject, listOf, mapOf, textOf } from "../object.ts";
import { each, eachText, type Problems } from "./problems.ts";
import { BAD_OPERATOR } from "./rules.ts";

export function checkLabels(problems: Problems, field: string, labels: JsonObject | undefined): void {
  if (labels === undefined) return;
  for (const key of Object.keys(labels).sort()) {
    problems.invalidEach(field, key, qualifiedName(key));
    problems.invalidEach(field, labels[key], labelValue(String(labels[key])));
  }
}

/** A selector of labels; an absent one is good. */
export function checkSelector(problems: Problems, field: string, selector: JsonObject | undefined): void {
  if (selector === undefined) return;
  checkLabels(problems, `${field}.matchLabels`, mapOf(selector, "matchLabels"));
  for (const { item, at } of each(selector, "matchExpressions", field)) {
    checkRequirement(problems, at, item);
  }
}

/** What In, NotIn, Exists and DoesNotExist want of their values. True for a known operator. */
export function checkValues(problems: Problems, at: string, requirement: JsonObject): boolean {
  const count = listOf(requirement, "values").length;
  switch (requirement.operator) {
    case "In":
    case "NotIn":
      if (count === 0) {
        problems.required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'");
      }
      return true;
    case "Exists":
    case "DoesNotExist":
      if (count > 0) {
        const detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
        problems.forbidden(`${at}.values`, detail);
      }
      return true;
    default:
      return false;
  }
}

function checkRequirement(problems: Problems, at: string, requirement: JsonObject): void {
  if (!checkValues(problems, at, requirement)) {
    problems.invalid(`${at}.operator`, textOf(requirement, "operator"), BAD_OPERATOR);
  }
  const key = textOf(requirement, "key");
  problems.invalidEach(`${at}.key`, key, qualifiedName(key));
  for (const { item, at: path } of eachText(requirement, "values", at)) {
    problems.invalidEach(path, item, labelValue(item));
  }
}

/** True for a selector that selects everything. */
export function isEmptySelector(selector: JsonObject | undefined): boolean {
  return Object.keys(mapOf(selector, "matchLabels") ?? {}).length === 0 &&
    listOf(selector, "matchExpressions").length === 0;
}

/** True when the labels are among those that a selector means. */
export function selectorMatches(selector: JsonObject | undefined, labels: JsonObject): boolean {
  const wanted = Object.entries(mapOf(selector, "matchLabels") ?? {});
  if (!wanted.every(([key, value]) => labels[key] === value)) return false;
  for (const { item } of each(selector, "matchExpressions", "")) {
    const value = labels[textOf(item, "key")];
    const has = value !== undefined;
    const named = has && listOf(item, "values").includes(value);
    const matches = item.operator === "In"
      ? named
      : item.operator === "NotIn"
      ? !named
      : item.operator === "Exists"
      ? has
      : !has;
    if (!matches) return false;
  }
  return true;
}
