import { type ChildProcess, spawn } from "node:child_process";

const OUTPUT_MAX_BYTES = 64 * 1024;

export type ProgramResult = {
  /**
   * cryptsetup(8): 0 success, 1 wrong parameters, 2 no permission (bad key), 3 out of memory, 4
   * wrong device, 5 exists or busy.
   */
  readonly exitCode: number;
  readonly stdout: string;
  /** Last line of its error output. cryptsetup never quotes the key there. */
  readonly complaint: string;
};

export type RunningProgram = {
  /** Writes its standard input (a key, or a token) and waits for its end. */
  finish(input: Uint8Array | string): Promise<ProgramResult>;
  /** Ends it if it is still running. */
  kill(): void;
};

/**
 * Starts a program of the system. cryptsetup reads its libraries and the volume's header and then
 * waits for its input: `--key-file=-` keeps keys off the command line, where every user of the
 * machine could read them.
 *
 * cryptsetup itself and not a binding: npm has no maintained binding to libcryptsetup, and a native
 * one would have to be built for each appliance.
 *
 * @param timeoutMs - after which it is killed; without a limit a drive may take hours
 * @throws {Error} from `finish`, of a program that cannot be started: nobody may read that as an
 * answer of it
 */
export function startProgram(
  program: string,
  parameters: readonly string[],
  timeoutMs?: number,
): RunningProgram {
  let child: ChildProcess;
  try {
    child = spawn(program, parameters, {
      stdio: ["pipe", "pipe", "pipe"],
      env: { LC_ALL: "C", PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    });
  } catch (error) {
    // Out of memory, or parameters that are too long: some failures are thrown, others are events.
    return { finish: () => Promise.reject(error), kill: () => undefined };
  }
  let late: string | undefined;
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          late = `it did not end within ${String(timeoutMs)} ms`;
          child.kill("SIGKILL");
          // A process that it has started may keep them open for as long as it likes.
          for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
        }, timeoutMs);
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const ended = new Promise<ProgramResult>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode) => {
      const complaint = late ?? stderr().trim().split("\n").at(-1) ?? "";
      resolve({ exitCode: exitCode ?? 1, stdout: stdout(), complaint });
    });
  }).finally(() => {
    clearTimeout(timer);
  });
  ended.catch(() => undefined); // The caller of finish reports it.
  child.stdin?.on("error", () => undefined); // It ended before its input; its exit code says why.
  return {
    async finish(input) {
      child.stdin?.end(input);
      return ended;
    },
    kill() {
      if (child.exitCode === null) child.kill("SIGKILL");
    },
  };
}

/** @param stream - missing where the process could not be started for want of file descriptors */
function collect(stream: NodeJS.ReadableStream | null): () => string {
  const chunks: Buffer[] = [];
  let length = 0;
  stream?.on("data", (chunk: Buffer) => {
    if (length >= OUTPUT_MAX_BYTES) return;
    length += chunk.byteLength;
    chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString("utf8").slice(0, OUTPUT_MAX_BYTES);
}
