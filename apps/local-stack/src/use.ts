// `npm run agent`, `npm run az` and `npm run emulator`: a program of the product, of Azure or of
// the emulator, set to the stack that `npm start` has started.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { execve } from "node:process";
import { fileURLToPath } from "node:url";

import { AGENT_BUNDLE, AGENT_SOURCE, agentCommand } from "@databox-cmk/device-agent";
import { Command } from "commander";

import { chooseNode } from "./use/choose-node.ts";
import { emulatorParameters } from "./use/emulator-parameters.ts";
import { openAz } from "./use/open-az.ts";
import { readStackFile } from "./use/stack-file.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const EMULATOR_MAIN = fileURLToPath(
  new URL("main.ts", import.meta.resolve("@databox-cmk/azure-emulator")),
);
const MISUSE = 2;
const environment = process.env;

const program = new Command("npm run")
  .enablePositionalOptions()
  .showSuggestionAfterError()
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : MISUSE));

passing("agent", "runs databox-agent of a node: npm run agent -- status")
  .option("--node <serial>", "which node, if the stack has several")
  .action((words: string[], { directory, node }: { directory: string; node?: string }) => {
    const isGeneral = words.length === 0 || words[0] === "--help" || words[0] === "--version";
    const found = isGeneral ? undefined : chooseNode(stackIn("agent", directory), node);
    if (typeof found === "string") fail("agent", found);
    const own = found === undefined ? [] : ["--state-dir", found.stateDir];
    become([
      ...agentCommand(existsSync(AGENT_BUNDLE) ? AGENT_BUNDLE : AGENT_SOURCE),
      ...own,
      ...words,
    ]);
  });

passing("az", "runs Azure CLI on the stack's cloud: npm run az -- keyvault list")
  .option("--as <role>", "sign in as this client of stack.json", "Owner")
  .action(async (words: string[], { directory, as: role }: { directory: string; as: string }) => {
    const stack = stackIn("az", directory);
    const folder = join(resolve(ROOT, directory), "az", role.replaceAll(" ", "-"));
    const set = await openAz("az", stack, { folder, role, surroundings: environment }).catch(
      (error: unknown) => fail("az", error instanceof Error ? error.message : String(error)),
    );
    become(["/usr/bin/env", "az", ...words], set);
  });

passing(
  "emulator",
  "starts an emulator, or calls the stack's: npm run emulator -- fault list",
).action((words: string[], { directory }: { directory: string }) => {
  const stack = readStackFile(resolve(ROOT, directory));
  become([process.execPath, EMULATOR_MAIN, ...emulatorParameters(words, stack)]);
});

await program.parseAsync();

/** A command that hands on every word after its own options. */
function passing(name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option("--directory <folder>", "folder of the stack's files, as of npm start", ".local")
    .argument("[words...]")
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions();
}

function stackIn(name: string, directory: string) {
  const stack = readStackFile(resolve(ROOT, directory));
  if (stack === undefined)
    return fail(name, `no stack in ${directory}: run npm start in another terminal`);
  return stack;
}

/** Replaces this process, so that signals and the exit code are those of the program. */
function become(
  [file = "", ...words]: readonly string[],
  variables: Readonly<Record<string, string | undefined>> = environment,
): never {
  const set = Object.entries(variables).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  if (execve === undefined) throw new Error("needs Linux or macOS");
  return execve(file, [file, ...words], Object.fromEntries(set));
}

function fail(name: string, sentence: string): never {
  process.stderr.write(`npm run ${name}: ${sentence}\n`);
  process.exit(MISUSE);
}
