import { Command } from "commander";

import { addAuditCommands } from "../../src/run/commands/add-audit-commands.ts";

/** `broker audit verify …`, in this process: the lines that it prints and its exit code. */
export async function verifyAudit(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly lines: readonly string[]; readonly exitCode: number }> {
  const lines: string[] = [];
  const program = new Command("broker");
  const before = process.exitCode;
  addAuditCommands(program, environment, (line) => lines.push(line));
  try {
    await program.parseAsync(["audit", "verify", ...words], { from: "user" });
    return { lines, exitCode: Number(process.exitCode ?? 0) };
  } finally {
    process.exitCode = before;
  }
}
