import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { parsePort } from "@databox-cmk/azure-emulator";
import { Command } from "commander";

import { describeFailure } from "./output/describe-failure.ts";
import { runStack } from "./run-stack.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const USUAL_DIRECTORY = ".local";
const WIDTH_WITHOUT_TERMINAL = 110;
/** The exit code that a shell reports for a program ended by Ctrl-C. */
const EXIT_INTERRUPTED = 130;

const program = new Command("npm start --")
  .description("Starts the whole system on loopback and plays a demo.")
  .option("--once", "end after the demo", false)
  .option("--serve", "skip the demo and serve until Ctrl-C", false)
  .option("--demo", "add sample orders in every state after the demo", false)
  .option(
    "--vm",
    "play the demo on a virtual machine with dm-crypt instead of a software appliance",
    false,
  )
  .option("--allow-revert", "let orders go back to the Microsoft-managed key", false)
  .option("--json", "print one JSON event per line", false)
  .option("--directory <folder>", "folder of the stack's files", USUAL_DIRECTORY)
  .option(
    "--emulator-port <port>",
    "TLS port of Entra ID, Resource Manager and Key Vault",
    parsePort,
    8443,
  )
  .option("--broker-port <port>", "TLS port of the broker", parsePort, 8444)
  .option("--imds-port <port>", "port of the instance metadata service", parsePort, 8445)
  .option("--dns-port <port>", "port of the DNS server", parsePort, 8446)
  .addHelpText("after", "\nPort 0 chooses a free one.")
  .showSuggestionAfterError()
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse();
const options = program.opts<{
  once: boolean;
  serve: boolean;
  json: boolean;
  demo: boolean;
  vm: boolean;
  allowRevert: boolean;
  directory: string;
  emulatorPort: number;
  brokerPort: number;
  imdsPort: number;
  dnsPort: number;
}>();
if (options.once && options.serve)
  program.error("error: --once ends after the demo, --serve skips it: choose one");
if (options.demo && (options.serve || options.vm))
  program.error(
    "error: --demo adds software appliances to the demo, so neither --serve nor --vm fits it",
  );

if (options.vm) {
  if (options.serve) program.error("error: --serve plays no demo, so --vm has nothing to do");
  const { describeMissing, missingPrograms } = await import("@databox-cmk/virtual-appliance");
  const missing = missingPrograms(process.env["PATH"] ?? "");
  if (missing.length > 0) program.error(`error: ${describeMissing(missing)}`);
}

const directory = resolve(ROOT, options.directory);
try {
  const ending = await runStack({
    directory,
    shownDirectory: options.directory === USUAL_DIRECTORY ? undefined : directory,
    mode: options.once ? "once" : options.serve ? "serve" : "story-then-serve",
    json: options.json,
    demo: options.demo,
    vm: options.vm,
    allowRevert: options.allowRevert,
    width: process.stdout.isTTY ? process.stdout.columns : WIDTH_WITHOUT_TERMINAL,
    ports: {
      emulator: options.emulatorPort,
      broker: options.brokerPort,
      imds: options.imdsPort,
      dns: options.dnsPort,
    },
  });
  if (ending === "interrupted") {
    process.stderr.write("npm start: interrupted before it was ready; everything is stopped\n");
    // Connections of an interrupted step may linger; they hold nothing of value.
    process.exit(EXIT_INTERRUPTED);
  }
} catch (error) {
  process.stderr.write(`npm start: ${describeFailure(error, directory)}\n`);
  process.exit(1);
}
