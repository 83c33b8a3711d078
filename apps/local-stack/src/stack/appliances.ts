import { existsSync } from "node:fs";
import { join } from "node:path";

import { AGENT_BUNDLE, AGENT_SOURCE, agentCommand } from "@databox-cmk/device-agent";
import { createDeviceEmulator, type EmulatedNode } from "@databox-cmk/device-emulator";
import type { AgentRun } from "@databox-cmk/testkit";

import type { OperatorClient } from "../azure/operator-client.ts";
import type { StackEvent } from "../core/events.ts";
import { type NodePage, openNodePage } from "./node-page.ts";
import type { Stack } from "./start-stack.ts";

type Result<Event extends StackEvent["event"]> = Omit<
  Extract<StackEvent, { event: Event }>,
  "event" | "node"
>;
export type UnlockResult = Result<"unlock">;

/** A file in the open volume. */
export type NodeData = {
  /** Makes the file system, and the file. */
  write(text: string): Promise<void>;
  read(): Promise<string>;
};

export type ApplianceNode = {
  readonly serial: string;
  readonly stateDir: string;
  prepare(): Promise<Result<"prepare">>;
  lock(): Promise<Result<"lock">>;
  /** @param purpose - `ingest` in the datacenter */
  unlock(purpose?: "ingest"): Promise<UnlockResult>;
  /** Destroys its keys and data at the end of its order. */
  erase(): Promise<Result<"erase">>;
  /** Starts an unlock that waits for people's approval, and leaves it waiting. */
  requestApproval(): Promise<void>;
  /** Opens its page on this machine. @param ended - hears why the page ended before the stack */
  readonly openPage?: (ended: (cause: string) => void) => Promise<NodePage>;
  /** If the kernel maps the volume. */
  readonly data?: NodeData;
  /** If its disk is a file of this machine: whether nothing but zeros is on it. */
  readonly isBlank?: () => Promise<boolean>;
  /** If the daemon keeps the lease: waits until it has closed the volume by itself. */
  readonly untilClosed?: () => Promise<void>;
};

export type Appliance = {
  /** Resource id. */
  readonly order: string;
  readonly nodes: readonly ApplianceNode[];
  /** From the datacenter to the customer, or back: it travels switched off and boots locked. */
  ship(): Promise<void>;
};

/**
 * A software Data Box for an order: switched on in the datacenter, its nodes waiting to be
 * prepared.
 */
export async function createAppliance(options: {
  readonly stack: Stack;
  readonly operator: OperatorClient;
  readonly order: string;
  readonly serials: readonly string[];
  readonly directory: string;
}): Promise<Appliance> {
  const { stack, operator, order, serials } = options;
  const emulator = createDeviceEmulator({
    directory: join(options.directory, serials.join("-")),
    agentCommand: agentCommand(existsSync(AGENT_BUNDLE) ? AGENT_BUNDLE : AGENT_SOURCE),
    sku: serials.length === 1 ? "DataBox" : "DataBoxHeavy",
    serials,
  });
  const codes = await operator.prepare(order, serials);
  emulator.powerOn();
  stack.putAppliance({
    order,
    nodes: emulator.nodes.map(({ serial, stateDir }) => ({ serial, stateDir })),
  });
  return {
    order,
    nodes: emulator.nodes.map((node) => {
      const code = codes.find(({ serial }) => serial === node.serial)?.enrolmentCode;
      if (code === undefined)
        throw new Error(`the broker gave no enrolment code for ${node.serial}`);
      return {
        ...createNode(stack, node, order, code),
        stateDir: node.stateDir,
        openPage: (ended) => openNodePage(node, ended),
      };
    }),
    async ship() {
      await emulator.powerOff();
      emulator.powerOn();
    },
  };
}

/** The story's actions on a node of any kind. */
export function createNode(
  stack: Pick<Stack, "description">,
  node: Pick<EmulatedNode, "serial" | "prepare" | "agent">,
  order: string,
  code: string,
): Omit<ApplianceNode, "stateDir"> {
  const { brokerUrl, caFile, dnsServer } = stack.description;
  return {
    serial: node.serial,
    prepare: async () => {
      const run = await node.prepare(
        { brokerUrl, caFile, dnsServer, order: order.toLowerCase() },
        code,
      );
      return { outcome: must(run, "prepared"), volume: volumeOf(run) };
    },
    lock: async () => {
      const run = await node.agent(["lock"]);
      return { outcome: must(run, "locked"), volume: volumeOf(run) };
    },
    unlock: async (purpose) =>
      toUnlockResult(
        await node.agent(["unlock", ...(purpose === undefined ? [] : ["--purpose", purpose])]),
      ),
    erase: async () => {
      must(await node.agent(["erase", "--serial", node.serial]), "erased");
      return { outcome: "erased" };
    },
    requestApproval: async () => {
      const run = await node.agent(["unlock", "--no-wait"]);
      if (lastEvent(run).code !== "ApprovalPending") throw unexpected(run);
    },
  };
}

/** The agent's own event, as far as the story shows it. */
function toUnlockResult(run: AgentRun): UnlockResult {
  const event = lastEvent(run);
  const { outcome, code, reason, title, message, who, steps, proof } = event;
  if (outcome !== "unlocked" && outcome !== "refused" && outcome !== "unreachable")
    throw unexpected(run);
  return {
    outcome,
    volume: volumeOf(run),
    proof: typeof proof === "string" ? proof : undefined,
    code: typeof code === "string" ? code : undefined,
    reason: typeof reason === "string" ? reason : undefined,
    title: typeof title === "string" ? title : undefined,
    message: typeof message === "string" ? message : undefined,
    who: typeof who === "string" ? who : undefined,
    steps: Array.isArray(steps) ? steps : undefined,
  };
}

function must(run: AgentRun, outcome: string): string {
  if (lastEvent(run).outcome !== outcome) throw unexpected(run);
  return outcome;
}

function volumeOf(run: AgentRun): string {
  const { volume } = lastEvent(run);
  return typeof volume === "string" ? volume : "unknown";
}

function lastEvent(run: AgentRun): AgentRun["events"][number] {
  const event = run.events.at(-1);
  if (event === undefined) throw unexpected(run);
  return event;
}

function unexpected(run: AgentRun): Error {
  return new Error(
    `the agent ended with code ${String(run.exitCode)}: ${JSON.stringify(run.events.at(-1))} ${run.stderr}`,
  );
}
