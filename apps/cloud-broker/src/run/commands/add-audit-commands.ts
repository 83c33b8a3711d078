import { type Command, InvalidArgumentError, Option } from "commander";

import type { VaultMatch } from "../../audit/match-vault-log.ts";
import type { Environment } from "../../config/config.ts";
import { EXIT_INCOMPLETE, EXIT_TAMPERED } from "./exit-codes.ts";
import type { AuditSource } from "./find-verdicts.ts";

type AuditOptions = AuditSource & {
  readonly vaultLog?: readonly string[];
  readonly json?: true;
  readonly allowGaps?: true;
};

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
      `verify hash chains, and the words of the devices in them; offline, but for --configured; exit code ${String(EXIT_TAMPERED)}: tampered with; ${String(EXIT_INCOMPLETE)}: something that the rows should prove is missing`,
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
    .addOption(
      new Option(
        "--vault-log <file>",
        "AuditEvent records of the key vault: finds uses of the keys that no row of the exports has; may be repeated; only with --export",
      )
        .argParser(addFile)
        .conflicts(["database", "configured"]),
    )
    .option("--configured", "the database of this broker's configuration, PostgreSQL included")
    .option(
      "--noted <file>",
      "earlier output of --json: finds rows that were cut off or rewritten since",
    )
    .addOption(
      new Option(
        "--device <serial=thumbprint>",
        "the device key that its appliance shows; may be repeated; only with --export",
      )
        .argParser(addDevice)
        .conflicts(["database", "configured"]),
    )
    .option("--allow-gaps", "exit code 0 where nothing is disproved, but not everything is proven")
    .option("--json", "one JSON object for each chain")
    .action(async (options: AuditOptions, command: Command) => {
      const { findVerdicts } = await import("./find-verdicts.ts");
      const { renderVerdict } = await import("../../audit/verify-chain.ts");
      const verdicts =
        (await findVerdicts(options, environment)) ??
        command.error("error: name what to verify with --database, --export or --configured");
      for (const judged of verdicts)
        for (const line of renderVerdict(judged, options.json === true)) write(line);
      const all = verdicts.map(({ verdict }) => verdict);
      const { notWritten = [], notInLog = [] } = (await matchLog(options, write)) ?? {};
      const hasGaps = all.some((each) => each.ok && each.gaps.length > 0) || notInLog.length > 0;
      if (all.some(({ ok }) => !ok) || notWritten.length > 0) process.exitCode = EXIT_TAMPERED;
      else if (options.allowGaps !== true && hasGaps) process.exitCode = EXIT_INCOMPLETE;
    });
}

async function matchLog(
  { export: exports = [], vaultLog, json }: AuditOptions,
  write: (line: string) => void,
): Promise<VaultMatch | undefined> {
  if (vaultLog === undefined) return undefined;
  const { matchAuditExports } = await import("../../audit/verify-audit.ts");
  const { renderMatch } = await import("../../audit/match-vault-log.ts");
  const match = matchAuditExports(exports, vaultLog);
  for (const line of renderMatch(match, json === true)) write(line);
  return match;
}

const addFile = (path: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  path,
];

function addDevice(
  text: string,
  before: ReadonlyMap<string, string> = new Map(),
): ReadonlyMap<string, string> {
  const [, serial, thumbprint] = /^(.+)=([A-Za-z0-9_-]{43})$/.exec(text) ?? [];
  if (serial === undefined || thumbprint === undefined)
    throw new InvalidArgumentError("expected SERIAL=THUMBPRINT, as the appliance shows it");
  return new Map([...before, [serial, thumbprint]]);
}
