import { nameProgram } from "@databox-cmk/protocol";
import { Argument, Command, InvalidArgumentError, Option } from "commander";

import { type Environment, parseConfig } from "./config/config.ts";
import { renderSettings } from "./config/render-settings.ts";
import { exitCodeOf, renderReport, reportOf } from "./core/doctor-report.ts";
import { ROTATABLE } from "./keys/own-secrets.ts";
import { askHealth } from "./run/ask-health.ts";
import { addAuditCommands } from "./run/commands/add-audit-commands.ts";
import { addCertificateCommand } from "./run/commands/add-certificate-command.ts";
import { EXIT_WRONG_COMMAND_LINE } from "./run/commands/exit-codes.ts";
import { printable } from "./run/commands/printable.ts";
import { addStoreCommands } from "./run/move-store/add-store-commands.ts";

/** Rows and files of others are shown by it. */
const out = (line: string): unknown => process.stdout.write(`${printable(line)}\n`);
/** Since the process started. */
const elapsedMs = (): number => performance.now();

/**
 * The commands of `broker`. Deployments render its man page and completion from it. A command
 * imports its work when it runs: a container's health check starts every few seconds, and loads a
 * tenth of the broker.
 */
export function createProgram(environment: Environment): Command {
  const program = new Command("broker")
    .description(
      "Decides whether a transfer appliance may unlock, and asks the customer's vault for the key",
    )
    .version(nameProgram("databox-broker"), "--version", "show the version")
    .showHelpAfterError()
    // By itself, commander ends with 1 for a command line that it cannot read.
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_WRONG_COMMAND_LINE));

  program
    .command("serve", { isDefault: true })
    .description("serve; configured by environment variables (see: broker configuration)")
    .addOption(new Option("--workers <number>").hideHelp().argParser(refuseWorkers))
    .action(async () => {
      const { serve } = await import("./serve.ts");
      await serve(parseConfig(environment));
    });

  program
    .command("configuration")
    .description("print every environment variable with its meaning")
    .action(() => {
      process.stdout.write(renderSettings());
    });

  program
    .command("health")
    .description(
      "check that the broker of this configuration answers; for a container's health check",
    )
    .action(async () => {
      const fault = await askHealth(parseConfig(environment));
      if (fault === undefined) return;
      process.stderr.write(`broker: not healthy: ${fault}\n`);
      process.exitCode = 1;
    });

  program
    .command("doctor")
    .description("check everything that the broker needs, and show the next step")
    .option("--json", "one JSON object")
    .action(async (options: { readonly json?: true }) => {
      const { examineBroker } = await import("./run/doctor/examine-broker.ts");
      const run = await examineBroker({ environment, now: Date.now, elapsedMs });
      const report = reportOf(run, elapsedMs());
      process.stdout.write(
        `${options.json === true ? JSON.stringify(report) : renderReport(report)}\n`,
      );
      process.exitCode = exitCodeOf(report);
    });

  const keys = program
    .command("keys")
    .description(
      "the broker's own keys, in files: for challenges, answers to devices, assertions to Entra ID",
    );

  keys
    .command("create")
    .description(
      "create the missing keys in a folder, to be mounted into the replicas as one secret",
    )
    .argument("<folder>")
    .action(async (folder: string) => {
      const { createKeys } = await import("./keys/create-keys.ts");
      const { dataDirFailure } = await import("./run/open-data-dir.ts");
      const lines = await createKeys(folder).catch((cause: unknown) => {
        throw dataDirFailure(folder, cause, "<folder>");
      });
      for (const line of lines) process.stdout.write(`${line}\n`);
    });

  keys
    .command("rotate")
    .description(
      "start signing with the announced key, or replace a secret; takes effect when replicas restart",
    )
    .addArgument(new Argument("<name>").choices(ROTATABLE))
    .option("--force", "even if devices or Entra ID do not know the new key yet")
    .action(async (name: string, options: { readonly force?: true }) => {
      const { rotateKey } = await import("./run/commands/rotate-key.ts");
      const { dataDirFailure, keysFolderOf, nameOfFolder, openConfiguredStore } =
        await import("./run/open-data-dir.ts");
      const config = parseConfig(environment);
      const folder = keysFolderOf(config);
      const line = await rotateKey(name, folder, {
        store: () => openConfiguredStore(config),
        nowMs: Date.now(),
        force: options.force === true,
      }).catch((cause: unknown) => {
        throw dataDirFailure(folder, cause, nameOfFolder(config));
      });
      process.stdout.write(`${line}\n`);
    });

  addAuditCommands(program, environment, out);
  addCertificateCommand(program, {
    out,
    warn: (line) => process.stderr.write(`${line}\n`),
  });
  program
    .command("restore-envelope")
    .description(
      "activate the envelope that an appliance holds, after the database was restored from an older backup",
    )
    .argument("<file>", "the appliance's /var/lib/databox-agent/envelope.jws; it is not secret")
    .action(async (file: string) => {
      const { restoreEnvelopeFile } = await import("./run/commands/restore-envelope-file.ts");
      const restored = await restoreEnvelopeFile(file, parseConfig(environment));
      const { order, serial, generation } = restored;
      out(
        generation === undefined
          ? `${serial} (${order}): nothing is missing; its envelope is known`
          : `${serial} (${order}): its envelope is active again, as generation ${String(generation)}`,
      );
    });

  program
    .command("restored")
    .description("what a restored database has lost, until a person confirms it")
    .option(
      "--since <time>",
      "say that the database was restored to this time, when no record tells it",
      parseTime,
    )
    .option("--confirm <reason>", "confirm it; the reason goes into the audit log")
    .action(async (options: { readonly since?: number; readonly confirm?: string }) => {
      const { showRestores } = await import("./run/commands/show-restores.ts");
      for (const line of await showRestores(parseConfig(environment), options)) out(line);
    });

  addStoreCommands(program, environment, {
    out,
    progress: (line) => process.stderr.write(`${line}\n`),
  });

  return program;
}

/** Older deployments may still say it. */
function refuseWorkers(text: string): void {
  if (text !== "1")
    throw new InvalidArgumentError("a process has no workers any more; start replicas instead");
}

function parseTime(text: string): number {
  const time = Date.parse(text);
  if (Number.isFinite(time)) return time;
  throw new InvalidArgumentError("expected a time, such as 2026-11-30T02:00:00Z");
}
