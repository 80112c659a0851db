/** A command of a copy: what it says on stderr, and how it ended. */
import { OrkaError } from "../../base/mod.ts";
import { type ExecSession, isMissingProgram } from "../exec/mod.ts";

/** As much of stderr as is told. */
const SAID_BYTES = 2_000;

export interface RemoteEnd {
  readonly code: number;
  readonly said: string;
}

/** Reads what is left of both outputs, and waits for the end. */
export async function remoteEnd(
  session: ExecSession,
  { hasStdout = false, onSaid }: {
    readonly hasStdout?: boolean;
    /** With what stderr said so far. */
    readonly onSaid?: (text: string) => void;
  } = {},
): Promise<RemoteEnd> {
  const [said] = await Promise.all([
    firstText(session.stderr, onSaid),
    hasStdout ? undefined : session.stdout.pipeTo(new WritableStream()).catch(() => {}),
  ]);
  const { code } = await session.exit;
  return { code, said };
}

async function firstText(
  stream: ReadableStream<Uint8Array>,
  onSaid?: (text: string) => void,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of stream) {
    if (text.length < SAID_BYTES) text += decoder.decode(bytes, { stream: true });
    onSaid?.(text.trim());
  }
  return text.slice(0, SAID_BYTES).trim();
}

/** What a copy fails with when the container's tar did not do its part. */
export function tarFailure({ code, said }: RemoteEnd): OrkaError {
  return new OrkaError("io", said === "" ? `tar ended with code ${code} in the container` : said, {
    hint: `tar ended with code ${code} in the container`,
  });
}

/** A container without tar, in words; anything else as it is. */
export function asCopyError(error: unknown): unknown {
  if (!isMissingProgram(error)) return error;
  return new OrkaError("not-found", "the container has no tar, which copying needs", {
    cause: error,
    hint: "orka debug brings a container with tools of its own into the pod.",
  });
}
