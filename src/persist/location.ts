/** Where Orka's own state is kept. https://specifications.freedesktop.org/basedir-spec/latest/ */

export type Env = (name: string) => string | undefined;

/** The file's name inside the directory. */
export const FILE_NAME = "orka.db";

/** ORKA_STATE_DIR, else $XDG_STATE_HOME/orka, else ~/.local/state/orka; null without a home. */
export function stateDirectory(env: Env): string | null {
  const own = env("ORKA_STATE_DIR");
  if (own) return own;
  const state = env("XDG_STATE_HOME");
  // the specification: a relative path in it is to be ignored
  if (state?.startsWith("/")) return `${state}/orka`;
  const home = env("HOME") || env("USERPROFILE");
  return home ? `${home}/.local/state/orka` : null;
}

/** The server's URL without user info, query and trailing slash: a cluster's name in the file. */
export function clusterKey(server: string): string {
  const url = URL.parse(server);
  if (url === null) return server;
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, "")}`;
}
