import { nameProgram } from "@databox-cmk/protocol";
import { Command } from "commander";

import { readNotedHeads } from "../../audit/read-audit-files.ts";
import { NOTHING_NOTED } from "../../audit/verify-exports.ts";
import {
  addEvidenceOptions,
  EXIT_CODES,
  type EvidenceOptions,
} from "../commands/evidence-options.ts";
import { EXIT_FORGED, EXIT_INCOMPLETE } from "../commands/exit-codes.ts";
import { printable } from "../commands/printable.ts";
import { tellVerdicts } from "../commands/tell-verdicts.ts";
import { judgePackages, renderPackage } from "./judge-packages.ts";
import { readKeys, readPackage } from "./read-package.ts";

/**
 * Verifies packages of evidence, as the portal makes them.
 *
 * @param writeLine - takes one line, without its line break
 */
export function createVerifier(writeLine: (line: string) => void): Command {
  const write = (line: string) => writeLine(printable(line));
  const program = new Command("databox-verify")
    .description(
      `verify what an order's owner gave to an auditor, offline and without the service; ${EXIT_CODES}`,
    )
    .version(nameProgram("databox-verify"), "--version", "show the version")
    .argument("<package...>", "ORDER-evidence.zip, as the portal saves it")
    .option(
      "--keys <file>",
      "the service's public keys as you saved them earlier; without it, those in the package",
    );
  addEvidenceOptions(program).action(
    (paths: readonly string[], options: EvidenceOptions & { readonly keys?: string }) => {
      const { noted, device, json, allowGaps, keys } = options;
      const packages = paths.map(readPackage);
      const { judged, verdicts } = judgePackages(packages, {
        keys: keys === undefined ? undefined : readKeys(keys),
        noted: noted === undefined ? NOTHING_NOTED : readNotedHeads(noted),
        devices: device,
      });
      tellVerdicts(judged, () => packages.flatMap(({ exported }) => exported.rows), options, write);
      for (const verdict of verdicts) renderPackage(verdict, json === true).forEach(write);
      if (verdicts.some(({ faults }) => faults.length > 0)) process.exitCode = EXIT_FORGED;
      else if (allowGaps !== true && verdicts.some(({ unproven }) => unproven > 0))
        process.exitCode ??= EXIT_INCOMPLETE;
    },
  );
  return program;
}
