import { type Command, Option } from "commander";

import type { Environment } from "../../config/config.ts";
import {
  addEvidenceOptions,
  addFile,
  EXIT_CODES,
  type EvidenceOptions,
} from "./evidence-options.ts";
import type { AuditSource } from "./find-verdicts.ts";

/** @param write - takes one line, without its line break */
export function addAuditCommands(
  program: Command,
  environment: Environment,
  write: (line: string) => void,
): void {
  const verify = program
    .command("audit")
    .description("the audit trail")
    .command("verify")
    .description(
      `verify hash chains, and the words of the devices in them; offline, but for --configured; ${EXIT_CODES}`,
    )
    .addOption(
      new Option("--database <file>", "broker.sqlite, or a copy of it").conflicts([
        "export",
        "configured",
      ]),
    )
    .addOption(
      new Option("--export <file>", "activity of an order, exported as JSON lines; may be repeated")
        .argParser(addFile)
        .conflicts("configured"),
    )
    .option("--configured", "the database of this broker's configuration, PostgreSQL included");
  addEvidenceOptions(verify).action(
    async (options: AuditSource & EvidenceOptions, command: Command) => {
      const { findVerdicts } = await import("./find-verdicts.ts");
      const { readExport } = await import("../../audit/read-audit-files.ts");
      const { tellVerdicts } = await import("./tell-verdicts.ts");
      const verdicts =
        (await findVerdicts(options, environment)) ??
        command.error("error: name what to verify with --database, --export or --configured");
      const rows = () => (options.export ?? []).flatMap((path) => readExport(path).rows);
      tellVerdicts(verdicts, rows, options, write);
    },
  );
}
