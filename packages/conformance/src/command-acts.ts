import type { Act } from "./broker/broker-world.ts";
import { runCommand } from "./run-command.ts";

/**
 * Acts by a command of the shell: `COMMAND ACT ORDER`, with the approval's id or the challenge as
 * standard input. `carry` prints the signed answer.
 */
export function commandActs(command: string): Act {
  return async (act, order, given = "") => {
    const shell = ["-c", `${command} "$@"`, "acts", act, order];
    const { exitCode, printed, complaint } = await runCommand("sh", shell, given);
    if (exitCode !== 0) throw new Error(`${act} failed: ${printed}${complaint}`);
    return printed.trim();
  };
}
