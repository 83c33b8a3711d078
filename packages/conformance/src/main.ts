import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { createHttpsTransport } from "@databox-cmk/testkit";
import { Command, InvalidArgumentError } from "commander";
import * as z from "zod";

import { checkAgent } from "./check-agent.ts";
import { checkBroker, type WaitingNode } from "./check-broker.ts";
import { commandAgent } from "./command-agent.ts";
import { renderJunit, renderMarkdown } from "./render-report.ts";
import type { Result } from "./result.ts";

const MISUSE = 2;
const waitingNode = z.strictObject({ order: z.string(), serial: z.string(), code: z.string() });
const waitingNodes = z.tuple([waitingNode, waitingNode]);

type Options = { readonly report: string };
type BrokerOptions = Options &
  Readonly<Record<"url" | "ca" | "address", string>> & {
    readonly nodes: readonly [WaitingNode, WaitingNode];
  };

const program = new Command("npm run conformance --")
  .description("Checks a device agent or a broker against the device API.")
  .enablePositionalOptions()
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : MISUSE));
program
  .command("agent")
  .description("check an agent; we play the broker")
  .argument("<command...>", "the agent's command; see packages/conformance/README.md")
  .option("--report <folder>", "folder of junit.xml and report.md", "artifacts/conformance")
  .passThroughOptions()
  .action(async ([first = "", ...rest]: string[], { report }: Options) => {
    using agent = commandAgent([first, ...rest]);
    write(report, await checkAgent(agent));
  });
program
  .command("broker")
  .description("check a broker; we play the agent")
  .requiredOption("--url <origin>", "its address")
  .requiredOption("--ca <file>", "authority of its certificate")
  .requiredOption(
    "--nodes <file>",
    "JSON list of two nodes, each with order, serial and code",
    readNodes,
  )
  .option("--address <ip>", "where it listens", "127.0.0.1")
  .option("--report <folder>", "folder of junit.xml and report.md", "artifacts/conformance")
  .action(async ({ url, ca, address, nodes, report }: BrokerOptions) => {
    const certificateAuthorityPem = readFileSync(ca, "utf8");
    const transport = createHttpsTransport({ origin: url, certificateAuthorityPem, address });
    write(report, await checkBroker(transport, nodes));
    transport.close();
  });
await program.parseAsync();

function readNodes(path: string): BrokerOptions["nodes"] {
  try {
    return waitingNodes.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    throw new InvalidArgumentError(cause instanceof Error ? cause.message : String(cause));
  }
}

function write(folder: string, results: readonly Result[]): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "junit.xml"), renderJunit(results));
  const markdown = renderMarkdown(results);
  writeFileSync(join(folder, "report.md"), markdown);
  process.stdout.write(`${markdown}\n`);
  if (results.some(({ fault }) => fault !== undefined)) process.exitCode = 1;
}
