import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

export type Ending = {
  readonly exitCode: number | null;
  readonly printed: string;
  readonly complaint: string;
};

/** Runs a program to its end. @throws {Error} when it cannot be started */
export async function runCommand(
  program: string,
  parameters: readonly string[],
  input = "",
): Promise<Ending> {
  const child = spawn(program, parameters, { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.on("error", () => undefined); // a program that reads no input has closed it
  child.stdin.end(input);
  const [printed, complaint] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"), // rejects if the program cannot be started
  ]);
  return { exitCode: child.exitCode, printed, complaint };
}
