import type { Clock } from "../base/mod.ts";
import type { Engine } from "../engine/protocol.ts";
import type { ContextEntry } from "../engine/host.ts";
import type { ThemeName } from "./term/mod.ts";

/** What a session works on and how it looks. */
export interface SessionOptions {
  /**
   * Opens an engine; `context` undefined: the one that the flags or the kubeconfig name. Called again on a switch and
   * after a failure. Throws OrkaError. `onCrash`: the engine is of no more use; another is opened.
   */
  readonly connect: (
    context: string | undefined,
    options: { readonly onCrash: (error: Error) => void },
  ) => Promise<Engine>;
  /** Every context of the kubeconfig, read anew. Throws OrkaError where it cannot be read. */
  readonly contexts: () => Promise<readonly ContextEntry[]>;
  /** As the person named it; undefined: the current one. */
  readonly context?: string | undefined;
  /** undefined: the context's own; null: all. */
  readonly namespace?: string | null | undefined;
  /** The first kind shown, in any spelling. */
  readonly kind?: string | undefined;
  /** Said at the start, until a key is pressed or it has been shown long enough. */
  readonly notice?: string | undefined;
  /** Flags that lead a command line to the same cluster, where the kubeconfig does not: `--embedded`. */
  readonly clusterFlags?: string | undefined;
  /** True unless changes are allowed. */
  readonly readOnly?: boolean;
  readonly theme?: ThemeName | undefined;
  readonly clock?: Clock;
}

/** What the session needs of the world besides its screen; tests give their own. */
export interface SessionHost {
  /** Puts text on the clipboard. */
  copy(text: string): void;
  /** Shows text in the person's editor; resolves when they are done. */
  edit(text: string, fileName: string): Promise<void>;
  /** Stops the process as ctrl-z does; false where that is impossible. */
  stop(): Promise<boolean>;
}
