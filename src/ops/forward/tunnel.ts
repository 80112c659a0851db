/**
 * A pod's ports over message sockets: what one local connection is carried by.
 *
 * `SPDY/3.1+portforward.k8s.io` carries many in one socket and ends each direction by itself
 * (https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/4006-transition-spdy-to-websockets);
 * `v5` and `v4.channel.k8s.io` carry one connection each, and `v4` can't tell the end of one direction alone.
 */
export const FORWARD_PROTOCOLS = [
  "SPDY/3.1+portforward.k8s.io",
  "v5.channel.k8s.io",
  "v4.channel.k8s.io",
] as const;

/**
 * A connection to a port of a pod.
 *
 * 1. `receive` is called by one reader at a time, and lends what it gives until the next call; null: the pod sends nothing
 *    more. It throws OrkaError when the pod refused the port (`unreachable`) or the tunnel was lost.
 * 2. `send` resolves when the system took the bytes: a sender that awaits it holds a bounded amount.
 * 3. `end` says that nothing more is sent; `close` ends both directions at once.
 */
export interface PortStream {
  receive(): Promise<Uint8Array<ArrayBuffer> | null>;
  send(bytes: Uint8Array): Promise<void>;
  end(): Promise<void>;
  close(): void;
}
