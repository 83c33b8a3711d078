#!/usr/bin/env node
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { nameProgram } from "@databox-cmk/protocol";
import { createHttpsTransport } from "@databox-cmk/testkit";
import { Command, InvalidArgumentError } from "commander";
import * as z from "zod";

import { checkAgent } from "./check-agent.ts";
import { checkBroker, type WaitingNodes } from "./check-broker.ts";
import { commandActs } from "./command-acts.ts";
import { commandAgent, type Part, PARTS } from "./command-agent.ts";
import { renderJunit, renderMarkdown } from "./render-report.ts";
import type { Result } from "./result.ts";

const MISUSE = 2;
const waitingNode = z.strictObject({ order: z.string(), serial: z.string(), code: z.string() });
const waitingNodes = z.strictObject({
  own: waitingNode,
  foreign: waitingNode,
  split: z.optional(waitingNode.extend({ recoveryKeys: z.array(z.string()).min(1) })),
  export: z.optional(waitingNode),
});

type Options = { readonly report: string };
type AgentOptions = Options & { readonly plays: readonly Part[] };
type BrokerOptions = Options &
  Readonly<Record<"url" | "ca" | "address", string>> & {
    readonly nodes: WaitingNodes;
    readonly acts?: string;
  };

const program = new Command("databox-conformance")
  .description("Checks a device agent or a broker against the device API.")
  .version(nameProgram("databox-conformance"), "--version", "show the version")
  .enablePositionalOptions()
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : MISUSE));
program
  .command("agent")
  .description("check an agent; we play the broker")
  .argument("<command...>", "the agent's command; see packages/conformance/README.md")
  .option("--report <folder>", "folder of junit.xml and report.md", "artifacts/conformance")
  .option("--plays <parts>", `what it plays beside unlocks: ${PARTS.join(",")}`, readParts, [])
  .passThroughOptions()
  .action(async ([first = "", ...rest]: string[], { report, plays }: AgentOptions) => {
    using agent = commandAgent([first, ...rest], new Set(plays));
    write(report, await checkAgent(agent, { say, endsParts: true }));
  });
program
  .command("broker")
  .description("check a broker; we play the agent")
  .requiredOption("--url <origin>", "its address")
  .requiredOption("--ca <file>", "authority of its certificate")
  .requiredOption(
    "--nodes <file>",
    "JSON: own, foreign, split and export, each a node with order, serial and code",
    readNodes,
  )
  .option(
    "--acts <command>",
    "plays the customer and the operator; without it, parts are not checked",
  )
  .option("--address <ip>", "where it listens", "127.0.0.1")
  .option("--report <folder>", "folder of junit.xml and report.md", "artifacts/conformance")
  .action(async ({ url, ca, address, nodes, acts, report }: BrokerOptions) => {
    const certificateAuthorityPem = readFileSync(ca, "utf8");
    const transport = createHttpsTransport({ origin: url, certificateAuthorityPem, address });
    const act = acts === undefined ? undefined : commandActs(acts);
    write(report, await checkBroker(transport, nodes, act, say));
    transport.close();
  });
await program.parseAsync();

function say(text: string): void {
  process.stderr.write(text);
}

function readNodes(path: string): BrokerOptions["nodes"] {
  try {
    return waitingNodes.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidArgumentError(cause instanceof z.ZodError ? z.prettifyError(cause) : why);
  }
}

function readParts(text: string): readonly Part[] {
  return text.split(",").map((name) => {
    const part = PARTS.find((each) => each === name);
    if (part === undefined) throw new InvalidArgumentError(`Expected some of ${PARTS.join(",")}.`);
    return part;
  });
}

function write(folder: string, results: readonly Result[]): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "junit.xml"), renderJunit(results));
  const markdown = renderMarkdown(results);
  writeFileSync(join(folder, "report.md"), markdown);
  process.stdout.write(`${markdown}\n`);
  if (results.some(({ fault }) => fault !== undefined)) process.exitCode = 1;
}
