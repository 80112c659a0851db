/**
 * Seeds the TLS library's random numbers on another thread. It gathers that seed by measuring the processor's
 * jitter, some 24 ms of computing at the process's first need, which would be the main thread's first TLS
 * handshake. Started when a command begins, it is over by the time that the command's code and the kubeconfig
 * are read. A key is what WebCrypto makes off the main thread; it is thrown away.
 */
export function seedRandom(): void {
  crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]).catch(() => {});
}
