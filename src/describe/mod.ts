/**
 * Describing: an object in, a document out. Text for the command line (`renderText`, as near to kubectl
 * describe as is sensible), placed lines for a pane (`layout`), with tones for colour and targets to jump to.
 *
 * Not here: drawing, escaping of control characters, and any I/O of its own. Related objects (events, pods
 * of a node, replica sets of a deployment) come through the `read` that the caller passes; a read that fails
 * becomes a line that says so, never an error. Secrets are described by size alone.
 *
 * Flow: describe -> describer of the kind (one file a family), else generic -> events -> Description ->
 * layout -> text or cells.
 */
import type { KubeObject } from "../kube/mod.ts";
import { Context, type DescribeOptions } from "./context.ts";
import { type Description, Page } from "./document.ts";
import { describePodTemplate } from "./pod_template.ts";
import { describerOf } from "./registry.ts";
import { describeEvents } from "./events.ts";
import { Tree } from "./tree.ts";

export type { DescribeOptions } from "./context.ts";
export type { Cell, Description, Line, LineKind, ObjectTarget, Tone } from "./document.ts";
export { layout, type PlacedCell, type PlacedLine, renderText } from "./layout.ts";

/** Describes one object; related reads go through `options.read`. Throws only what `read` throws when cancelled. */
export async function describe(object: KubeObject, options: DescribeOptions): Promise<Description> {
  const page = new Page();
  const tree = new Tree(object);
  const context = new Context(object, options);
  const { describer, events } = describerOf(options.resource);
  await describer(page, tree, context);
  if (options.showEvents && events) await describeEvents(page, tree, context);
  return page.description;
}

/** A pod template by itself, as a workload's description shows it. */
export function describePodTemplateOf(template: object, namespace: string): Description {
  const page = new Page();
  describePodTemplate(page, new Tree(template), namespace);
  return page.description;
}
