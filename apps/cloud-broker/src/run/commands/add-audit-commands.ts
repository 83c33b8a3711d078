import { type Command, Option } from "commander";

import { NOTHING_NOTED, readNotedHeads } from "../../audit/noted-heads.ts";
import { renderVerdict } from "../../audit/render-verdict.ts";
import { verifyAuditExport } from "../../audit/verify-audit-export.ts";
import { verifyAuditFile } from "../../audit/verify-audit-file.ts";
import type { ChainVerdict } from "../../audit/verify-chain.ts";
import { parseConfig } from "../../config/config.ts";
import { verifyAuditStore } from "./verify-audit-store.ts";

const EXIT_TAMPERED = 3;

type Source = {
  readonly database?: string;
  readonly export?: string;
  readonly configured?: true;
  readonly noted?: string;
};

/** @param write - takes one line without its end */
export function addAuditCommands(
  program: Command,
  environment: Readonly<Record<string, string | undefined>>,
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
    .action(async (options: Source & { readonly json?: true }, command: Command) => {
      for (const [chain, verdict] of await verdictsOf(options, environment, command)) {
        write(renderVerdict(chain, verdict, options.json === true));
        if (!verdict.ok) process.exitCode = EXIT_TAMPERED;
      }
    });
}

async function verdictsOf(
  { database, export: exported, configured, noted }: Source,
  environment: Readonly<Record<string, string | undefined>>,
  command: Command,
): Promise<ReadonlyMap<string, ChainVerdict>> {
  const heads = noted === undefined ? NOTHING_NOTED : readNotedHeads(noted);
  if (database !== undefined) return verifyAuditFile(database, heads);
  if (exported !== undefined) return verifyAuditExport(exported, heads);
  if (configured === true) return verifyAuditStore(parseConfig(environment), heads);
  return command.error("error: name what to verify with --database, --export or --configured");
}
