/**
 * Where Deno keeps what it downloaded. Programs that tests start in an environment of their own get it named:
 * without it a changed HOME or XDG_CACHE_HOME would have them fetch every package again.
 */
export const DENO_DIR = Deno.env.get("DENO_DIR") ??
  `${Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME") ?? ""}/.cache`}/deno`;
