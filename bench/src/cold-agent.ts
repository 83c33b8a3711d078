import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { AGENT_BUNDLE, agentCommand } from "@databox-cmk/device-agent";
import * as z from "zod";

import { startChild } from "./child.ts";
import { findProgram, type ProgramRun, runProgram } from "./programs.ts";

type Custody = "escrow" | "split";
export type ColdAgent = readonly [string, ...string[]];

const brokerMessage = z.strictObject({
  url: z.string(),
  order: z.string(),
  certificateAuthorityPem: z.string(),
  enrolmentCodes: z.record(z.string(), z.string()),
});
export type FakeBroker = z.infer<typeof brokerMessage>;

/** The reasons for which no cold unlock can be measured here. */
export const missingForColdAgent = (): readonly string[] => [
  ...(findProgram("cryptsetup") === undefined ? ["cryptsetup is not installed"] : []),
  ...(existsSync(AGENT_BUNDLE) ? [] : ["the agent is not built (npm run build)"]),
];

/** A broker that answers at once, with a node for each serial number. */
export async function startFakeBroker(
  nodes: Readonly<Record<string, Custody>>,
): Promise<FakeBroker & AsyncDisposable> {
  const main = new URL("fake-broker-process.ts", import.meta.url);
  const child = await startChild(main, nodes, brokerMessage);
  return { ...child.ready, [Symbol.asyncDispose]: () => child[Symbol.asyncDispose]() };
}

/** A prepared node. @returns its agent, to which a command is added */
export async function prepareAgent(
  folder: string,
  { url, order, certificateAuthorityPem, enrolmentCodes }: FakeBroker,
  serial: string,
  deviceKey: readonly string[] = ["--device-key", "file"],
): Promise<ColdAgent> {
  const caFile = join(folder, "ca.pem");
  writeFileSync(caFile, certificateAuthorityPem);
  const command = [
    ...agentCommand(AGENT_BUNDLE),
    "--json",
    "--state-dir",
    stateDirOf(folder, serial),
  ] as const;
  const parameters = [
    ["--broker", url],
    ["--order", order],
    ["--serial", serial],
    ["--volume", join(folder, `${serial}.img`)],
    ["--volume-kind", "luks2"],
    ["--ca-file", caFile],
    ["--resolve-localhost"],
    deviceKey,
  ];
  await runProgram([...command, "prepare", ...parameters.flat()], enrolmentCodes[serial]);
  return command;
}

export const stateDirOf = (folder: string, serial: string): string => join(folder, serial);

const unlockEvent = z.object({
  outcome: z.literal("unlocked"),
  proof: z.literal("cryptsetup"),
  startedAtMs: z.number(),
  elapsedMs: z.number(),
  timings: z.record(z.string(), z.number()),
});

/**
 * From the moment at which we asked the system for a process, as with a peer, not from the agent's
 * own first line; and the part from the broker's answer to the unlock key.
 */
export function unlockTimes({ stdout, startedAtMs }: ProgramRun): {
  readonly acceptedMs: number;
  readonly keyMs: number;
} {
  const event = unlockEvent.parse(JSON.parse(stdout));
  const { answer = Number.NaN, unlockKey = Number.NaN } = event.timings;
  return {
    acceptedMs: event.startedAtMs + event.elapsedMs - startedAtMs,
    keyMs: unlockKey - answer,
  };
}
