import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { AGENT_BUNDLE, agentCommand } from "@databox-cmk/device-agent";
import * as z from "zod";

import { startChild } from "./child.ts";
import { findProgram, type ProgramRun, runProgram } from "./programs.ts";

const SERIAL = "BENCH-0001";
const brokerMessage = z.strictObject({
  url: z.string(),
  order: z.string(),
  certificateAuthorityPem: z.string(),
  enrolmentCode: z.string(),
});
type FakeBroker = z.infer<typeof brokerMessage>;

/** The reasons for which no cold unlock can be measured here. */
export const missingForColdAgent = (): readonly string[] => [
  ...(findProgram("cryptsetup") === undefined ? ["cryptsetup is not installed"] : []),
  ...(existsSync(AGENT_BUNDLE) ? [] : ["the agent is not built (npm run build)"]),
];

/** A broker with one node that answers at once. */
export async function startFakeBroker(): Promise<FakeBroker & AsyncDisposable> {
  const main = new URL("fake-broker-process.ts", import.meta.url);
  const child = await startChild(main, { serial: SERIAL }, brokerMessage);
  return { ...child.ready, [Symbol.asyncDispose]: () => child[Symbol.asyncDispose]() };
}

/** A prepared node. @returns its agent, to which a command is added */
export async function prepareAgent(
  folder: string,
  { url, order, certificateAuthorityPem, enrolmentCode }: FakeBroker,
): Promise<readonly [string, ...string[]]> {
  const caFile = join(folder, "ca.pem");
  writeFileSync(caFile, certificateAuthorityPem);
  const state = ["--json", "--state-dir", join(folder, SERIAL)];
  const command = [...agentCommand(AGENT_BUNDLE), ...state] as const;
  const parameters = [
    ["--broker", url],
    ["--order", order],
    ["--serial", SERIAL],
    ["--volume", join(folder, `${SERIAL}.img`)],
    ["--volume-kind", "luks2"],
    ["--ca-file", caFile],
    ["--resolve-localhost"],
    ["--device-key", "file"],
  ];
  await runProgram([...command, "prepare", ...parameters.flat()], enrolmentCode);
  return command;
}

const unlockEvent = z.object({
  outcome: z.literal("unlocked"),
  proof: z.literal("cryptsetup"),
  startedAtMs: z.number(),
  elapsedMs: z.number(),
});

/**
 * Milliseconds to the accepted key from the moment at which we asked the system for a process, as
 * with a peer, not from the agent's own first line.
 */
export function acceptedAfterMs({ stdout, startedAtMs }: ProgramRun): number {
  const event = unlockEvent.parse(JSON.parse(stdout));
  return event.startedAtMs + event.elapsedMs - startedAtMs;
}
