/** What runs in the demo's containers: a shell with a few words of its own. It reads and changes nothing. */
import type { ExecOptions, ProcessExit, ProcessInput, RunningProcess } from "../../k1s/mod.ts";

/** Where it says that it runs. */
export interface DemoContainer {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly image: string;
}

/** Codes of a POSIX shell. */
const [NOT_FOUND, INTERRUPTED] = [127, 130];
const SHELLS = ["sh", "bash", "ash", "/bin/sh", "/bin/bash", "/bin/ash"];
/** A script that goes on as a shell, as the session's does once it has set the terminal's name. */
const BECOMES_SHELL = /\bexec (\S*sh|"\$0")$/;
const FILES: Readonly<Record<string, readonly string[]>> = {
  "/": ["app", "bin", "etc", "proc", "tmp", "var"],
  "/app": ["config.yaml", "server"],
  "/etc": ["hostname", "os-release"],
};

/** Runs a command line to its end; `sh` reads its stdin. */
export function runInDemo(
  place: DemoContainer,
  { command, tty }: Pick<ExecOptions, "command" | "tty">,
  { stdin, sizes }: ProcessInput,
): RunningProcess {
  const output = new TransformStream<Uint8Array, Uint8Array>();
  const shell = new DemoShell(place, { writer: output.writable.getWriter(), tty });
  void shell.follow(sizes);
  const exit = shell.run(command, stdin).then(
    (code): ProcessExit => ({ code }),
    () => ({ code: INTERRUPTED }),
  );
  return { stdout: output.readable, exit: exit.finally(() => shell.end()) };
}

class DemoShell {
  readonly #place: DemoContainer;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #tty: boolean;
  #size = { columns: 80, rows: 24 };
  #status = 0;
  #exited = false;

  constructor(
    place: DemoContainer,
    { writer, tty }: { readonly writer: WritableStreamDefaultWriter<Uint8Array>; readonly tty: boolean },
  ) {
    this.#place = place;
    this.#writer = writer;
    this.#tty = tty;
  }

  async follow(sizes: ProcessInput["sizes"]): Promise<void> {
    try {
      for await (const size of sizes) this.#size = size;
    } catch {
      // the session is over
    }
  }

  async end(): Promise<void> {
    await this.#writer.close().catch(() => {});
  }

  async run(command: readonly string[], stdin: ReadableStream<Uint8Array>): Promise<number> {
    const [program = "", flag, line] = command;
    if (!SHELLS.includes(program)) await this.#call(command, stdin);
    else if (flag === "-c" && !BECOMES_SHELL.test(line ?? "")) await this.#line(line ?? "", stdin);
    else await this.#read(stdin);
    return this.#status;
  }

  /** Reads lines until stdin ends or `exit`; with a terminal it echoes and edits as one does. */
  async #read(stdin: ReadableStream<Uint8Array>): Promise<void> {
    await this.#prompt();
    let line = "";
    const decoder = new TextDecoder();
    for await (const bytes of stdin) {
      for (const key of decoder.decode(bytes, { stream: true })) {
        if (key === "\r" || key === "\n") {
          if (this.#tty) await this.#say("\n");
          await this.#line(line);
          line = "";
          if (this.#exited) return;
          await this.#prompt();
        } else if (!this.#tty) line += key;
        else if (key === "\x04" && line === "") return await this.#say("\n");
        else line = await this.#key(key, line);
      }
    }
    if (line !== "") await this.#line(line);
  }

  async #key(key: string, line: string): Promise<string> {
    if (key === "\x03") {
      await this.#say("^C\n");
      await this.#prompt();
      return "";
    }
    if (key === "\x7f" || key === "\b") {
      if (line !== "") await this.#say("\b \b");
      return line.slice(0, -1);
    }
    if (key < " ") return line;
    await this.#say(key);
    return line + key;
  }

  async #prompt(): Promise<void> {
    if (this.#tty) await this.#say(`${this.#place.pod}:/# `);
  }

  async #line(line: string, stdin?: ReadableStream<Uint8Array>): Promise<void> {
    for (const part of line.split(/;|\n/)) {
      const words = [...part.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((m) => m[1] ?? m[2] ?? m[3]!);
      const [first] = words;
      if (first === undefined) continue;
      // The question that finds a shell, and every other list of alternatives: the first one holds.
      const end = words.indexOf("||");
      await this.#call(end < 0 ? words : words.slice(0, end), stdin);
      if (this.#exited) return;
    }
  }

  async #call(words: readonly string[], stdin?: ReadableStream<Uint8Array>): Promise<void> {
    const [name = "", ...args] = words;
    this.#status = 0;
    switch (name) {
      case "exit":
        this.#exited = true;
        this.#status = Number(args[0] ?? 0) & 0xff;
        return;
      case "cat":
        if (args.length > 0 || stdin === undefined) return await this.#say("# the demo's files are empty\n");
        for await (const bytes of stdin) await this.#writer.write(bytes);
        return;
      case "true":
      case "sleep":
        return;
      case "false":
        this.#status = 1;
        return;
    }
    const said = this.#answer(name, args);
    if (said !== null) return await this.#say(`${said}\n`);
    this.#status = NOT_FOUND;
    await this.#say(`sh: ${name}: not found (the demo knows echo, env, ls, cat, pwd, hostname, id, exit)\n`);
  }

  #answer(name: string, args: readonly string[]): string | null {
    const { namespace, pod, container, image } = this.#place;
    switch (name) {
      case "echo":
        return args.join(" ").replaceAll("$?", String(this.#status));
      case "env":
        return [`HOSTNAME=${pod}`, `POD_NAMESPACE=${namespace}`, `CONTAINER=${container}`, `IMAGE=${image}`]
          .concat("KUBERNETES_SERVICE_HOST=10.96.0.1", "PATH=/bin", "HOME=/root").join("\n");
      case "ls":
        return (FILES[args.find((word) => !word.startsWith("-")) ?? "/"] ?? []).join("\n");
      case "command":
        return "sh";
      case "pwd":
        return "/";
      case "hostname":
        return pod;
      case "id":
      case "whoami":
        return name === "id" ? "uid=0(root) gid=0(root)" : "root";
      case "stty":
        return `${this.#size.rows} ${this.#size.columns}`;
    }
    return null;
  }

  async #say(text: string): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(this.#tty ? text.replaceAll("\n", "\r\n") : text));
  }
}
