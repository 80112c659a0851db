export { CHANNEL_PROTOCOLS, type TerminalSize } from "./channels.ts";
export { type ExecOptions, type ExecSession, type ExecSpec, openExec } from "./exec.ts";
export { isMissingProgram, type RemoteExit } from "./remote_exit.ts";
export { findShell } from "./find_shell.ts";
