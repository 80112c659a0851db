/**
 * A patch that cannot be applied. `malformed`: the patch itself is wrong, 400. `unappliable`: it does not fit the
 * object, 422. The message is the text that the real server's patch library gives.
 */
export class PatchError extends Error {
  override readonly name = "PatchError";
  constructor(readonly code: "malformed" | "unappliable", message: string) {
    super(message);
  }
}
