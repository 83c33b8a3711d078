import { resolve } from "node:path";

import { addCloudCommands, type CloudOptions, parsePort } from "@databox-cmk/azure-emulator";
import { nameProgram } from "@databox-cmk/protocol";
import { Command } from "commander";

import { describeFailure } from "../output/describe-failure.ts";
import { startDouble } from "./start-double.ts";

type Options = CloudOptions & { readonly brokerPort: number; readonly directory: string };

/** Reads the command line of this process. */
export async function runProgram(): Promise<void> {
  const program = new Command("azure-double")
    .description(
      "Entra ID, Resource Manager, Key Vault, Microsoft.DataBox, IMDS and DNS on loopback, in one process",
    )
    .version(nameProgram("azure-double"), "--version", "show the version");
  addCloudCommands(program, (line) => console.log(line))
    .description("start the double")
    .option(
      "--broker-port <port>",
      "TLS port of Microsoft.DataBox and its devices",
      parsePort,
      8444,
    )
    .option("--directory <folder>", "folder of the CA and of stack.json, as of npm start", ".local")
    .action(serve);
  try {
    await program.parseAsync();
  } catch (error) {
    console.error(`azure-double: ${describeFailure(error, ".local")}`);
    // A part that has started would keep the process alive.
    process.exit(1);
  }
}

async function serve(options: Options): Promise<void> {
  const double = await startDouble({
    ...options,
    directory: resolve(options.directory),
    ports: {
      emulator: options.port,
      broker: options.brokerPort,
      imds: options.imdsPort,
      dns: options.dnsPort,
    },
  });
  let isClosing = false;
  const close = (): void => {
    if (isClosing) return;
    isClosing = true;
    void double.close().then(() => process.exit(0));
  };
  process.once("SIGINT", close);
  process.once("SIGTERM", close);
  process.once("disconnect", close);
  // Last: a reader of the ready line may end the process at once.
  process.send?.({ type: "ready", stackFile: double.stackFile });
  console.log(
    `ready: ${double.description.armUrl} · all addresses and clients: ${double.stackFile}`,
  );
}
