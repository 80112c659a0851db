/** The key table. Order is the help pane's; a footer hint's order is its importance. */
import type { Binding } from "./keymap.ts";
import { FIRST_KEYS } from "./keys/first_keys.ts";
import { LOG_KEYS } from "./keys/log_keys.ts";
import { OBJECT_KEYS } from "./keys/object_keys.ts";
import { OPERATION_KEYS } from "./keys/operation_keys.ts";
import { OPERATION_PANE_KEYS } from "./keys/operation_pane_keys.ts";
import { PROMPT_KEYS } from "./keys/prompt_keys.ts";
import { LEAVING_KEYS, MOVING_KEYS, SESSION_KEYS } from "./keys/session_keys.ts";
import { TABLE_KEYS } from "./keys/table_keys.ts";
import { COMPARISON_KEYS, TEXT_KEYS } from "./keys/text_keys.ts";

export const BINDINGS = [
  ...FIRST_KEYS,
  ...OPERATION_KEYS,
  ...OPERATION_PANE_KEYS,
  ...LOG_KEYS,
  ...LEAVING_KEYS,
  ...TEXT_KEYS,
  ...COMPARISON_KEYS,
  ...OBJECT_KEYS,
  ...TABLE_KEYS,
  ...MOVING_KEYS,
  ...SESSION_KEYS,
  ...PROMPT_KEYS,
] as const satisfies readonly Binding[];
