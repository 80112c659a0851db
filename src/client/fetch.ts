/**
 * The one seam to a server: a socket's transport, the embedded cluster and a test's server all have this
 * shape. The URL's origin is ignored by in-process servers.
 */
export type Fetch = (request: Request) => Promise<Response>;
