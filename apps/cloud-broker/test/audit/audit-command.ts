import { vi } from "vitest";

import { createProgram } from "../../src/index.ts";

/** `broker audit verify …`, in this process: the lines that it prints and its exit code. */
export async function verifyAudit(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly lines: readonly string[]; readonly exitCode: number }> {
  const before = process.exitCode;
  let text = "";
  const stdout = vi.spyOn(process.stdout, "write").mockImplementation((written) => {
    text += String(written);
    return true;
  });
  try {
    await createProgram(environment).parseAsync(["audit", "verify", ...words], { from: "user" });
    return { lines: text.trimEnd().split("\n"), exitCode: Number(process.exitCode ?? 0) };
  } finally {
    stdout.mockRestore();
    process.exitCode = before;
  }
}
