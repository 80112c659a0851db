/** Config maps, secrets (sizes, never values), service accounts. */
import type { Page } from "./document.ts";
import { none } from "./document.ts";
import type { Tree } from "./tree.ts";
import { head, link } from "./values.ts";

export function describeConfigMap(page: Page, config: Tree): void {
  head(page, config);
  page.blank();
  page.text("Data");
  page.text("====");
  for (const [key, value] of config.at("data").entries) {
    page.text(`${key}:`);
    page.text("----");
    for (const line of value.text.split("\n")) page.text(line);
    page.blank();
  }
  page.blank();
  page.text("BinaryData");
  page.text("====");
  for (const [key, value] of config.at("binaryData").entries) {
    page.text(`${key}: ${decodedBytes(value.text)} bytes`);
  }
  page.blank();
}

/** Even a service account's token is shown by its size, where kubectl prints it. */
export function describeSecret(page: Page, secret: Tree): void {
  head(page, secret);
  page.blank();
  page.field("Type", secret.at("type").text);
  page.blank();
  page.text("Data");
  page.text("====");
  for (const [key, value] of secret.at("data").entries) page.field(key, `${decodedBytes(value.text)} bytes`);
}

/** Bytes that a base64 text stands for. */
function decodedBytes(base64: string): number {
  const text = base64.replace(/[\r\n]/g, "");
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  return Math.floor(text.length * 3 / 4) - padding;
}

export function describeServiceAccount(page: Page, account: Tree): void {
  const namespace = account.at("metadata.namespace").text;
  head(page, account);
  const secrets = account.at("imagePullSecrets").list.map((s) => s.at("name").text);
  if (secrets.length === 0) return page.line("field", ["Image pull secrets:", none()], 0);
  secrets.forEach((name, i) => {
    const label = i === 0 ? "Image pull secrets:" : " ".repeat("Image pull secrets:".length);
    page.line(i === 0 ? "field" : "more", [label, link(name, { kind: "Secret", namespace })], 0);
  });
}
