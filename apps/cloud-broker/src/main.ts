import { toAppError } from "@databox-cmk/errors";

import { createProgram } from "./command-line.ts";
import { WrongSettings } from "./config/config.ts";
import { EXIT_WRONG_COMMAND_LINE } from "./run/commands/exit-codes.ts";
import { printable } from "./run/commands/printable.ts";

// A reader such as `head` may leave first. Its command still ends as it would have ended.
for (const output of [process.stdout, process.stderr])
  output.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
try {
  await createProgram(process.env).parseAsync();
} catch (error) {
  const { code, message, detail, cause } = toAppError(error);
  const faults = error instanceof WrongSettings ? error.faults : [];
  process.stderr.write(
    faults.length > 1
      ? `broker: ${String(faults.length)} settings are missing or wrong (${code})\n${faults
          .map(({ text, meaning }) => `  ${text}\n    ${meaning}\n`)
          .join("")}`
      : `broker: ${printable(detail ?? message)} (${code})\n`,
  );
  if (code === "InternalError" && cause instanceof Error)
    process.stderr.write(`${cause.stack ?? cause.message}\n`);
  process.exitCode = code === "Misuse" ? EXIT_WRONG_COMMAND_LINE : 1;
}
