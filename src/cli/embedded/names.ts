/** Names that are needed before the embedded cluster is loaded. */

/** Context, cluster and user of an embedded cluster are called so. */
export const EMBEDDED = "embedded";

/** Where the session and verbs begin on the demo. */
export const DEMO_NAMESPACE = "shop";
