/** What is copied, and what is told meanwhile. */
import type { Clock } from "../../base/mod.ts";

export interface CopyPlace {
  readonly namespace: string;
  readonly pod: string;
  readonly container?: string | undefined;
}

export interface CopyOptions {
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
  /** Bytes of content so far, and of all of them where that is known. */
  readonly onProgress?: ((copied: number, total: number | null) => void) | undefined;
  /** What was left out, and why. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

export interface CopyResult {
  readonly files: number;
  readonly bytes: number;
}
