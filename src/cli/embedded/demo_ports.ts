/** What listens on the ports of the demo's pods: a page that says where it comes from. */
import type { PortConnection } from "../../k1s/mod.ts";

/** Answers the first request that comes, and closes. */
export function demoPort(pod: string, port: number): PortConnection {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const answer = writable.getWriter();
  let asked = "";
  return {
    readable,
    writable: new WritableStream({
      async write(bytes) {
        asked += new TextDecoder().decode(bytes);
        if (!asked.includes("\r\n\r\n")) return;
        asked = "";
        await answer.write(page(`Hello from port ${port} of pod ${pod}, in Orka's demo.\n`)).catch(() => {});
        await answer.close().catch(() => {});
      },
      close: () => answer.close().catch(() => {}),
      abort: () => answer.abort().catch(() => {}),
    }),
  };
}

function page(text: string): Uint8Array {
  const head = [
    "HTTP/1.1 200 OK",
    "Content-Type: text/plain",
    `Content-Length: ${text.length}`,
    "Connection: close",
  ];
  return new TextEncoder().encode(`${head.join("\r\n")}\r\n\r\n${text}`);
}
