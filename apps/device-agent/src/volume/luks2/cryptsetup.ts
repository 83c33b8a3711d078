import { spawn } from "node:child_process";

const OUTPUT_MAX_BYTES = 64 * 1024;

export type CryptsetupResult = {
  /**
   * cryptsetup(8): 0 success, 1 wrong parameters, 2 no permission (bad key), 3 out of memory, 4
   * wrong device, 5 exists or busy.
   */
  readonly exitCode: number;
  readonly stdout: string;
  /** Last line of cryptsetup's error output. It never quotes the key. */
  readonly complaint: string;
};

export type RunningCryptsetup = {
  /** Writes its standard input (a key, or a token) and waits for its end. */
  finish(input: Uint8Array | string): Promise<CryptsetupResult>;
  /** Ends it if it is still running. */
  kill(): void;
};

/**
 * Starts cryptsetup, which reads its libraries and the volume's header and then waits for its
 * input: `--key-file=-` keeps keys off the command line, where every user of the machine could read
 * them.
 *
 * The program itself and not a binding: npm has no maintained binding to libcryptsetup, and a
 * native one would have to be built for each appliance.
 */
export function startCryptsetup(program: string, parameters: readonly string[]): RunningCryptsetup {
  const child = spawn(program, parameters, {
    stdio: ["pipe", "pipe", "pipe"],
    env: { LC_ALL: "C", PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
  });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const ended = new Promise<CryptsetupResult>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode) => {
      const complaint = stderr().trim().split("\n").at(-1) ?? "";
      resolve({ exitCode: exitCode ?? 1, stdout: stdout(), complaint });
    });
  });
  ended.catch(() => undefined); // The caller of finish reports it.
  child.stdin.on("error", () => undefined); // It ended before its input; its exit code says why.
  return {
    async finish(input) {
      child.stdin.end(input);
      return ended;
    },
    kill() {
      if (child.exitCode === null) child.kill("SIGKILL");
    },
  };
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  let length = 0;
  stream.on("data", (chunk: Buffer) => {
    if (length >= OUTPUT_MAX_BYTES) return;
    length += chunk.byteLength;
    chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString("utf8").slice(0, OUTPUT_MAX_BYTES);
}
