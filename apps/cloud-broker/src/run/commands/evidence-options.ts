import { type Command, InvalidArgumentError, Option } from "commander";

import { EXIT_INCOMPLETE, EXIT_TAMPERED } from "./exit-codes.ts";

/** Facts that the auditor has from elsewhere, and options of the output. */
export type EvidenceOptions = {
  readonly vaultLog?: readonly string[];
  readonly noted?: string;
  readonly device?: ReadonlyMap<string, string>;
  readonly json?: true;
  readonly allowGaps?: true;
};

export const EXIT_CODES = `exit code ${String(EXIT_TAMPERED)}: tampered with; ${String(EXIT_INCOMPLETE)}: something that the rows should prove is missing`;

export function addEvidenceOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--vault-log <file>",
        "AuditEvent records of the key vault: finds uses of the keys that no exported row has; may be repeated",
      )
        .argParser(addFile)
        .conflicts(["database", "configured"]),
    )
    .option(
      "--noted <file>",
      "earlier output of --json: finds rows that were cut off or rewritten since",
    )
    .addOption(
      new Option(
        "--device <serial=thumbprint>",
        "the device key that its appliance shows; may be repeated",
      )
        .argParser(addDevice)
        .conflicts(["database", "configured"]),
    )
    .option("--allow-gaps", "exit code 0 where nothing is disproved, but not everything is proven")
    .option("--json", "one JSON object for each chain");
}

export const addFile = (path: string, before: readonly string[] = []): readonly string[] => [
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
