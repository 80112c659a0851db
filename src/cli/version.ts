/** This program's version: the one of deno.json, checked by a test. */
export const VERSION = "0.1.0";
