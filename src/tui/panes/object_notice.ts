/** What is wrong with an object's feed, or that the object is gone, in a line over its text. */
import type { Frame } from "../pane.ts";
import type { Canvas } from "../term/mod.ts";
import { feedNotice } from "./feed_notice.ts";
import { drawBar, drawMessage, type Message, messageHeight } from "./message.ts";
import type { ObjectFeed } from "./object_feed.ts";
import { objectText } from "./object_jumps.ts";

/** Draws it, and returns the part of the canvas that is left. */
export function drawObjectNotice(canvas: Canvas, feed: ObjectFeed, frame: Frame): Canvas {
  const message = messageOf(feed, frame);
  if (message === null) return canvas;
  if (feed.object === null) {
    drawMessage(canvas, message);
    return canvas.sub(0, 0, 0, 0);
  }
  const height = Math.min(messageHeight(message.lines, canvas.w), Math.max(0, canvas.h - 3));
  drawBar(canvas.sub(0, 0, canvas.w, height), message);
  return canvas.sub(0, height, canvas.w, canvas.h - height);
}

function messageOf(feed: ObjectFeed, frame: Frame): Message | null {
  const { ref, status, deleted, object } = feed;
  if (deleted && object !== null) {
    return { tone: "warn", lines: [`${objectText(ref)} was deleted: this is how it was last seen`] };
  }
  if (status?.error?.code === "not-found") {
    return { tone: "warn", lines: [`${objectText(ref)} does not exist`] };
  }
  const notice = feedNotice(status, { resource: ref.resource, object: objectText(ref) }, frame);
  if (notice !== null) return notice;
  return object === null ? { tone: "info", lines: [`Reading ${objectText(ref)} …`] } : null;
}
