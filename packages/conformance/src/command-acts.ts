import type { Act } from "./broker/broker-world.ts";
import { runCommand } from "./command-agent.ts";
import { NotOffered } from "./result.ts";

/** The exit code of a test that was skipped, for automake and Meson. */
const NOT_OFFERED = 77;

/**
 * Acts by a command of the shell: `COMMAND ACT ORDER`, with the approval's id or the challenge as
 * standard input. `carry` prints the signed answer. The exit code 77 says that the act is not
 * offered.
 */
export function commandActs(command: string): Act {
  return async (act, order, given = "") => {
    const shell = ["-c", `${command} "$@"`, "acts", act, order];
    const { exitCode, printed, complaint } = await runCommand("sh", shell, given);
    if (exitCode === NOT_OFFERED) throw new NotOffered(act);
    if (exitCode !== 0) throw new Error(`${act} failed: ${printed}${complaint}`);
    return printed.trim();
  };
}
