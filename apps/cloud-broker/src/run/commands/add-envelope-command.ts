import type { Command } from "commander";

import { type Environment, parseConfig } from "../../config/config.ts";

/** @param write - takes one line, without its line break */
export function addEnvelopeCommand(
  program: Command,
  environment: Environment,
  write: (line: string) => void,
): void {
  program
    .command("restore-envelope")
    .description(
      "activate the envelope that an appliance holds, after the database was restored from an older backup",
    )
    .argument("<file>", "the appliance's /var/lib/databox-agent/envelope.jws; it is not secret")
    .action(async (file: string) => {
      const { restoreEnvelopeFile } = await import("./restore-envelope-file.ts");
      const { order, serial, generation } = await restoreEnvelopeFile(
        file,
        parseConfig(environment),
      );
      write(
        generation === undefined
          ? `${serial} (${order}): nothing is missing; its envelope is known`
          : `${serial} (${order}): its envelope is active again, as generation ${String(generation)}`,
      );
    });
}
