import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { join } from "node:path";

const FOLDERS = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/libexec", "/usr/lib"];

export function findProgram(name: string): string | undefined {
  return FOLDERS.map((folder) => join(folder, name)).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false; // not there
    }
  });
}

export type ProgramRun = {
  /** On this machine's clock, in milliseconds since 1970. */
  readonly startedAtMs: number;
  readonly wallMs: number;
  readonly stdout: string;
};

/**
 * Runs a program with the environment that a service manager gives: this shell's may name
 * certificates, which each program would read. Wall time from the request to start until the
 * process has ended.
 *
 * @throws {Error} when it fails
 */
export async function runProgram(
  command: readonly [string, ...string[]],
  input = "",
): Promise<ProgramRun> {
  const [program, ...parameters] = command;
  const startedMs = performance.now();
  const child = spawn(program, parameters, {
    stdio: ["pipe", "pipe", "pipe"],
    env: { PATH: FOLDERS.join(":"), LANG: "C.UTF-8" },
  });
  const output: string[] = [];
  const complaints: string[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => complaints.push(chunk.toString()));
  child.stdin.on("error", () => undefined); // a program that does not read its input
  child.stdin.end(input);
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  const wallMs = performance.now() - startedMs;
  const startedAtMs = performance.timeOrigin + startedMs;
  if (exitCode !== 0)
    throw new Error(
      `${program} ended with ${String(exitCode)}: ${complaints.join("")}${output.join("")}`,
    );
  return { startedAtMs, wallMs, stdout: output.join("") };
}
