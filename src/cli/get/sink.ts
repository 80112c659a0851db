import type { Client } from "../../client/mod.ts";
import { type Output, safeLines } from "../io.ts";
import { wrapClient } from "../wrapped_client.ts";

/**
 * Text from callbacks that cannot wait. A list's callbacks are synchronous; what slows a list down to the speed
 * of its reader is that the next page is only asked for once the text of the pages before is out.
 */
export class Sink {
  #last: Promise<void> = Promise.resolve();

  constructor(private readonly output: Output) {}

  /** Takes whole objects' text: on a terminal, whatever the terminal would act on is replaced. */
  push(text: string): void {
    if (text === "") return;
    this.#last = this.output.write(this.output.isTerminal ? safeLines(text) : text);
    this.#last.catch(() => {}); // the failure is seen by `drained`
  }

  /** As `push`, and shown at once. */
  show(text: string): void {
    if (text === "") return;
    this.push(text);
    this.flush();
  }

  /** Shows what was pushed so far. */
  flush(): void {
    this.#last = this.output.flush();
    this.#last.catch(() => {});
  }

  /** Resolves when the reader keeps up; rejects with what writing met. */
  async drained(): Promise<void> {
    await this.#last;
  }

  /** The same client, whose requests wait for this sink. */
  paced(client: Client): Client {
    return wrapClient(client, async (path, options) => {
      await this.drained();
      return await client.request(path, options);
    });
  }
}
