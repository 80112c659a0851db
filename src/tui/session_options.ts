import type { Clock } from "../base/mod.ts";
import type { EditFreshness } from "../change/mod.ts";
import type { Engine } from "../engine/protocol.ts";
import type { ContextEntry } from "../engine/host.ts";
import type { Memory } from "../persist/mod.ts";
import type { OpsDoor } from "./actions/ops_door.ts";
import type { PassThrough, ThemeName } from "./term/mod.ts";

/** What the person's flags, environment and config file say of changes in one context. */
export interface WriteRule {
  /** Changes are allowed. */
  readonly write: boolean;
  /** Before anything destructive a name has to be typed. */
  readonly protected: boolean;
}

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
  /** What may be changed in a context before the person says more; nothing unless given. */
  readonly writeRule?: ((context: string) => Promise<WriteRule>) | undefined;
  /** Where changes are remembered, opened when one is first made or asked for; in this session alone unless given. */
  readonly memory?: ((server: string, warn: (message: string) => void) => Promise<Memory>) | undefined;
  /** How old an edit may be when it is sent; any age unless given. */
  readonly freshness?: EditFreshness | undefined;
  /** The operations; the program's own unless given. */
  readonly ops?: (() => Promise<OpsDoor>) | undefined;
  readonly theme?: ThemeName | undefined;
  readonly clock?: Clock;
}

/** What the session needs of the world besides its screen; tests give their own. */
export interface SessionHost {
  /** Puts text on the clipboard. */
  copy(text: string): void;
  /** Shows text in the person's editor; resolves when they are done. */
  edit(text: string, fileName: string): Promise<void>;
  /**
   * Lends the person's editor a file that they may change; resolves when they are done. Throws OrkaError `io` when the
   * editor can't be run or ends badly; the file stays where it is.
   */
  editFile(path: string): Promise<void>;
  /** Writes a file, for the person alone, and answers its path. Throws OrkaError `io`. */
  save(text: string, fileName: string): Promise<string>;
  /** Stops the process as ctrl-z does; false where that is impossible. */
  stop(): Promise<boolean>;
  /** Lends the terminal to `run`; everything is painted again after it. */
  lend<T>(run: () => Promise<T>): Promise<T>;
  /** Hands keys and screen to a remote program as they are; absent where there is no real terminal. */
  readonly passThrough?: PassThrough;
}
