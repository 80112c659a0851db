/** Whether the reader of this process's stdout has gone, which a process that writes nothing is not told. */

/** The C library's name by system; where there is none, a closed pipe is noticed by the next write. */
const LIBRARIES: Partial<Record<typeof Deno.build.os, string>> = {
  linux: "libc.so.6",
  darwin: "libSystem.B.dylib",
};
const STDOUT = 1;
/** Of poll(2), which reports both unasked: an error, as of a pipe that nobody reads, and a hang-up. */
const POLLERR = 0x8;
const POLLHUP = 0x10;

/** Asks the system on each call, and does not wait; some microseconds. It says false where it can't be told. */
export function unreadStdout(): () => boolean {
  const library = LIBRARIES[Deno.build.os];
  let poll: ((descriptor: Uint8Array<ArrayBuffer>) => number) | null = null;
  return () => {
    try {
      poll ??= library === undefined ? () => 0 : openPoll(library);
      const asked = new Uint8Array(8); // struct pollfd: int fd, short events, short revents
      const view = new DataView(asked.buffer);
      view.setInt32(0, STDOUT, true);
      return poll(asked) > 0 && (view.getInt16(6, true) & (POLLERR | POLLHUP)) !== 0;
    } catch {
      poll = () => 0; // no such library, or no leave to load it
      return false;
    }
  };
}

function openPoll(library: string): (descriptor: Uint8Array<ArrayBuffer>) => number {
  const { symbols } = Deno.dlopen(library, {
    poll: { parameters: ["buffer", "u64", "i32"], result: "i32" },
  });
  return (descriptor) => symbols.poll(descriptor, 1n, 0);
}
