#!/usr/bin/env node
// The packed verifier: any Node since 20 runs it, without a broker, a database or a network.
import { toAppError } from "@databox-cmk/errors";

import { EXIT_WRONG_COMMAND_LINE } from "../commands/exit-codes.ts";
import { printable } from "../commands/printable.ts";
import { createVerifier } from "./program.ts";

try {
  createVerifier((line) => process.stdout.write(`${line}\n`)).parse();
} catch (error) {
  const { code, message, detail, cause } = toAppError(error);
  const fault = code === "InternalError" && cause instanceof Error ? cause.stack : undefined;
  const lines = [`databox-verify: ${detail ?? message} (${code})`, ...(fault?.split("\n") ?? [])];
  process.stderr.write(lines.map((line) => `${printable(line)}\n`).join("  "));
  process.exitCode = code === "Misuse" ? EXIT_WRONG_COMMAND_LINE : 1;
}
