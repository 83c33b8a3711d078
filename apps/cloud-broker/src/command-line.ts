import cluster from "node:cluster";

import { VERSION } from "@databox-cmk/protocol";
import { Argument, Command, InvalidArgumentError } from "commander";

import { type BrokerConfig, type Environment, parseConfig } from "./config/config.ts";
import { renderSettings } from "./config/render-settings.ts";
import { exitCodeOf, renderReport, reportOf } from "./core/doctor-report.ts";
import { createKeys } from "./keys/create-keys.ts";
import { askHealth } from "./run/ask-health.ts";
import { addAuditCommands } from "./run/commands/add-audit-commands.ts";
import { addCertificateCommand } from "./run/commands/add-certificate-command.ts";
import { addEnvelopeCommand } from "./run/commands/add-envelope-command.ts";
import { addCampaignCommands } from "./run/commands/campaign/add-campaign-commands.ts";
import { ROTATABLE, rotateKey } from "./run/commands/key-commands.ts";
import { examineBroker } from "./run/doctor/examine-broker.ts";
import { addStoreCommands } from "./run/move-store/add-store-commands.ts";
import { keysFolderOf, openConfiguredStore } from "./run/open-data-dir.ts";
import { type Ready, joinSupervisor } from "./run/workers/serve-as-worker.ts";
import { startWorkers } from "./run/workers/supervise-workers.ts";
import { type RunningBroker, startBroker } from "./start-broker.ts";

const WORKERS_MAX = 64;
/** The agent has the same. */
export const EXIT_WRONG_COMMAND_LINE = 2;
/** Since the process started. */
const elapsedMs = (): number => performance.now();

type ServingBroker = Pick<RunningBroker, "url" | "port" | "close"> & { reload(): unknown };

/** The commands of `broker`. Deployments render its man page and completions from it. */
export function createProgram(environment: Environment): Command {
  const program = new Command("broker")
    .description(
      "Decides whether a transfer appliance may unlock, and asks the customer's vault for the key",
    )
    .version(`databox-broker/${VERSION}`, "--version", "show the version")
    .showHelpAfterError()
    // By itself, commander ends with 1 for a command line that it cannot read.
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_WRONG_COMMAND_LINE));

  program
    .command("serve", { isDefault: true })
    .description("serve; configured by environment variables (see: broker configuration)")
    .option("--workers <number>", "number of processes that share the port", parseWorkers, 1)
    .action(async ({ workers }: { readonly workers: number }) => {
      await serve(parseConfig(environment), workers);
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
      for (const line of await createKeys(folder)) process.stdout.write(`${line}\n`);
    });

  keys
    .command("rotate")
    .description(
      "start signing with the announced key, or replace a secret; takes effect when replicas restart",
    )
    .addArgument(new Argument("<name>").choices(ROTATABLE))
    .option("--force", "even if devices or Entra ID do not know the new key yet")
    .action(async (name: string, options: { readonly force?: true }) => {
      const config = parseConfig(environment);
      const line = await rotateKey(name, keysFolderOf(config), {
        store: async () => openConfiguredStore(config),
        nowMs: Date.now(),
        force: options.force === true,
      });
      process.stdout.write(`${line}\n`);
    });

  addAuditCommands(program, environment, (line) => process.stdout.write(`${line}\n`));

  addCertificateCommand(program, {
    out: (line) => process.stdout.write(`${line}\n`),
    warn: (line) => process.stderr.write(`${line}\n`),
  });

  addCampaignCommands(program);

  addEnvelopeCommand(program, environment, (line) => process.stdout.write(`${line}\n`));

  addStoreCommands(program, environment, {
    out: (line) => process.stdout.write(`${line}\n`),
    progress: (line) => process.stderr.write(`${line}\n`),
  });

  return program;
}

async function serve(config: BrokerConfig, workers: number): Promise<void> {
  // By the system's default, this signal would end the process without a shutdown.
  process.on("SIGHUP", () => undefined);
  if (cluster.isWorker) {
    const membership = await joinSupervisor();
    const broker = await startBroker(config, undefined, undefined, membership);
    const close = endOnSignals(broker);
    membership.follow({
      close,
      reload: () => void broker.reload(),
      changeTicketKeys: broker.setTicketKeys,
    });
  } else
    endOnSignals(workers === 1 ? await startBroker(config) : await startWorkers(config, workers));
}

/** @returns a function that ends the listening */
function endOnSignals(broker: ServingBroker): () => void {
  const stop = () => {
    // A second signal ends the process at once, by the system's default.
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.removeListener(signal, stop);
    void broker.close().finally(() => {
      if (process.connected) process.disconnect();
    });
  };
  process.on("SIGHUP", () => void broker.reload());
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  // If a parent process started us, tell it when we are ready and exit when it exits.
  process.once("disconnect", stop);
  const message: Ready = { type: "ready", url: broker.url, port: broker.port };
  process.send?.(message);
  return stop;
}

function parseWorkers(text: string): number {
  const workers = Number(text);
  if (Number.isInteger(workers) && workers >= 1 && workers <= WORKERS_MAX) return workers;
  throw new InvalidArgumentError(`expected 1 to ${String(WORKERS_MAX)}`);
}
