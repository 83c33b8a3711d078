import { spawnSync } from "node:child_process";

/** @throws {Error} with what the program said when it does not end with 0 */
export function runTool(program: string, parameters: readonly string[], cwd?: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, parameters, {
    encoding: "utf8",
    maxBuffer: 64 << 20,
    cwd,
  });
  if (status === 0) return stdout;
  const why = error?.message ?? stderr.trim();
  throw new Error(`${program} ${parameters.join(" ")} failed: ${why}`);
}
