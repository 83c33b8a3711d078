import { type Command, Option } from "commander";

import type { Environment } from "../../config/config.ts";
import { EXIT_TAMPERED } from "./exit-codes.ts";
import type { AuditSource } from "./find-verdicts.ts";

/** @param write - takes one line, without its line break */
export function addAuditCommands(
  program: Command,
  environment: Environment,
  write: (line: string) => void,
): void {
  program
    .command("audit")
    .description("the audit trail")
    .command("verify")
    .description(
      `verify hash chains, and the devices' signatures in them; offline, but for --configured; exit code ${String(EXIT_TAMPERED)}: tampered with`,
    )
    .addOption(
      new Option("--database <file>", "broker.sqlite, or a copy of it").conflicts([
        "export",
        "configured",
      ]),
    )
    .addOption(
      new Option("--export <file>", "activity of an order, exported as JSON lines").conflicts(
        "configured",
      ),
    )
    .option("--configured", "the database of this broker's configuration, PostgreSQL included")
    .option(
      "--noted <file>",
      "earlier output of --json: finds rows that were cut off or rewritten since",
    )
    .option("--json", "one JSON object for each chain")
    .action(async (options: AuditSource & { readonly json?: true }, command: Command) => {
      const { findVerdicts } = await import("./find-verdicts.ts");
      const { renderVerdict } = await import("../../audit/verify-chain.ts");
      const verdicts =
        (await findVerdicts(options, environment)) ??
        command.error("error: name what to verify with --database, --export or --configured");
      for (const [chain, verdict] of verdicts) {
        write(renderVerdict(chain, verdict, options.json === true));
        if (!verdict.ok) process.exitCode = EXIT_TAMPERED;
      }
    });
}
