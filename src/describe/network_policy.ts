/** Network policies: who may reach the selected pods, and whom they may reach. */
import { formatObjectSelector, type ObjectSelector } from "../kube/mod.ts";
import type { Page } from "./document.ts";
import type { Tree } from "./tree.ts";
import { labelsAndAnnotations } from "./values.ts";

export function describeNetworkPolicy(page: Page, policy: Tree): void {
  const spec = policy.at("spec");
  page.field("Name", policy.at("metadata.name").text);
  page.field("Namespace", policy.at("metadata.namespace").text);
  page.field("Created on", goTime(policy.at("metadata.creationTimestamp").text));
  labelsAndAnnotations(page, policy);
  page.heading("Spec");
  const pods = selectorText(spec.at("podSelector"));
  const everything = "<none> (Allowing the specific traffic to all pods in this namespace)";
  page.text(`PodSelector:     ${pods === "<none>" ? everything : pods}`, 2);
  const types = spec.at("policyTypes").texts;
  direction(page, spec.at("ingress"), { word: "ingress", peers: "from", enabled: types.includes("Ingress") });
  direction(page, spec.at("egress"), { word: "egress", peers: "to", enabled: types.includes("Egress") });
  page.text(`Policy Types: ${types.join(", ") || "<none>"}`, 2);
}

/** Go's default text of a time. */
function goTime(timestamp: string): string {
  return timestamp.replace("T", " ").replace("Z", " +0000 UTC");
}

function selectorText(selector: Tree): string {
  return formatObjectSelector(selector.value as ObjectSelector | undefined);
}

interface Direction {
  readonly word: "ingress" | "egress";
  readonly peers: "from" | "to";
  readonly enabled: boolean;
}

function direction(page: Page, list: Tree, { word, peers, enabled }: Direction): void {
  if (!enabled) return page.text(`Not affecting ${word} traffic`, 2);
  page.text(`Allowing ${word} traffic:`, 2);
  const rules = list.list;
  if (rules.length === 0) return page.text(`<none> (Selected pods are isolated for ${word} connectivity)`, 4);
  rules.forEach((rule, i) => {
    ports(page, rule.at("ports").list);
    const whole = peers === "from"
      ? "From: <any> (traffic not restricted by source)"
      : "To: <any> (traffic not restricted by destination)";
    const listed = rule.at(peers).list;
    if (listed.length === 0) page.text(whole, 4);
    for (const peer of listed) describePeer(page, peer, peers === "from" ? "From:" : "To:");
    if (i < rules.length - 1) page.text("----------", 4);
  });
}

function ports(page: Page, list: readonly Tree[]): void {
  if (list.length === 0) return page.text("To Port: <any> (traffic allowed to all ports)", 4);
  for (const port of list) {
    const protocol = port.at("protocol").or("TCP");
    const end = port.at("endPort");
    const number = port.at("port").or("<nil>");
    page.text(
      end.exists ? `To Port Range: ${number}-${end.text}/${protocol}` : `To Port: ${number}/${protocol}`,
      4,
    );
  }
}

function describePeer(page: Page, peer: Tree, label: string): void {
  page.text(label, 4);
  const namespaces = peer.at("namespaceSelector");
  const pods = peer.at("podSelector");
  const block = peer.at("ipBlock");
  if (namespaces.exists) page.text(`NamespaceSelector: ${selectorText(namespaces)}`, 6);
  if (pods.exists) page.text(`PodSelector: ${selectorText(pods)}`, 6);
  if (!block.exists) return;
  page.text("IPBlock:", 6);
  page.text(`CIDR: ${block.at("cidr").text}`, 8);
  page.text(`Except: ${block.at("except").texts.join(", ")}`, 8);
}
