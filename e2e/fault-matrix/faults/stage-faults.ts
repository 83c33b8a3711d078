import { cp, rm } from "node:fs/promises";

import type { Fault, FaultContext } from "../fault.ts";
import type { Site } from "../world/site.ts";
import type { AgentFault } from "./agent-faults.ts";

/**
 * Wrong steps on the way from the customer's site to the erased node, each by the real agent. They
 * are in the order of the stages: `make` moves the order on from the row before.
 */
export type StageFault = Pick<Fault, "class"> &
  Pick<AgentFault, "name" | "code" | "reason" | "who"> &
  Partial<Pick<AgentFault, "settings">> & {
    readonly make?: (context: FaultContext) => Promise<void>;
    readonly command: (serial: string) => readonly string[];
  };

const APPROVALS = { required: 0, approvers: [], expiresAfterSeconds: 3600 };
const POLICY = {
  outageGrace: "P1D",
  leaseTtlSeconds: 60,
  offline: { allowed: true, lease: { kind: "duration", seconds: 86_400 } },
  release: { windows: [], approvals: APPROVALS, breakGlass: false },
};

async function ingestFrom(
  networks: readonly string[],
  { world, site }: FaultContext,
): Promise<void> {
  const purposes = { ingest: { networks, windows: [], approvals: APPROVALS } };
  const { status, text } = await world.job("PUT", `${site.order.id}/unlockPolicy`, {
    ...POLICY,
    purposes,
  });
  if (status !== 200) throw new Error(`unlockPolicy answered ${String(status)}: ${text}`);
}

const move =
  (...events: readonly Parameters<FaultContext["world"]["operator"]["advance"]>[1][]) =>
  async ({ world, site }: FaultContext): Promise<void> => {
    for (const event of events) await world.operator.advance(site.order.id, event);
  };
const unlockTo = (purpose: string) => () => ["unlock", "--purpose", purpose];
const erase = (serial: string) => ["erase", "--serial", serial];
const purposeForbidden = (reason: string) =>
  ({ code: "PurposeForbidden", reason, class: "refused" }) as const;
const erasureForbidden = {
  code: "ErasureForbidden",
  class: "refused",
  who: "broker-operator",
  command: erase,
} as const;

const agentOf = ({ agent, name }: Site): NonNullable<Site["agent"]> => {
  if (agent === undefined) throw new Error(`site ${name} has no agent`);
  return agent;
};
const ANOTHER_ORDER =
  "/subscriptions/11111111-1111-4111-8111-111111111111/resourcegroups/another/providers/microsoft.databox/jobs/another";
const backupOf = ({ world }: FaultContext): string => `${world.folder}/state-before-erasure`;

export const STAGE_FAULTS: readonly StageFault[] = [
  {
    name: "an appliance at the customer's site asks for its key to ingest",
    ...purposeForbidden("unlock"),
    who: "site-operator",
    command: unlockTo("ingest"),
  },
  { name: "a node at the customer's site is erased", ...erasureForbidden },
  {
    name: "an appliance that the customer kept asks to ingest, after the order was received",
    ...purposeForbidden("network"),
    who: "order-owner",
    async make(context) {
      await move("pickUp", "receive")(context);
      await ingestFrom(["203.0.113.0/24"], context);
    },
    command: unlockTo("ingest"),
  },
  {
    name: "an appliance at the datacenter asks for its key as at the customer's site",
    ...purposeForbidden("ingest"),
    who: "site-operator",
    make: (context) => ingestFrom([], context),
    command: unlockTo("unlock"),
  },
  {
    name: "an appliance of an import asks for its key to fill it",
    ...purposeForbidden("ingest"),
    who: "site-operator",
    command: unlockTo("fill"),
  },
  {
    name: "a node whose copy is not complete is erased",
    ...erasureForbidden,
    reason: "copy",
    make: move("startCopy"),
  },
  {
    name: "an appliance whose copy is complete asks to ingest",
    code: "PurposeForbidden",
    class: "refused",
    who: "nobody",
    make: move("complete"),
    command: unlockTo("ingest"),
  },
  {
    name: "another node than the one at which the command was typed is erased",
    code: "ErasureSerialMismatch",
    class: "invalid",
    who: "site-operator",
    command: () => erase("DBX-another"),
  },
  {
    name: "a node is erased for another order than its own",
    code: "OrderMismatch",
    class: "invalid",
    who: "broker-operator",
    settings: () => ({ order: ANOTHER_ORDER }),
    command: erase,
  },
  {
    name: "a node without network is erased",
    code: "BrokerUnreachable",
    reason: "connection",
    class: "unreachable",
    who: "site-operator",
    settings: ({ hostile }) => ({ connection: { brokerUrl: hostile.closedUrl } }),
    command: erase,
  },
  {
    name: "an erased node is unlocked",
    code: "NodeErased",
    class: "refused",
    who: "site-operator",
    async make(context) {
      const node = agentOf(context.site);
      await cp(node.stateDir, backupOf(context), { recursive: true });
      const { exitCode, events } = await node.agent(erase(node.serial));
      if (exitCode !== 0) throw new Error(`erase: ${JSON.stringify(events.at(-1))}`);
    },
    command: () => ["unlock"],
  },
  {
    name: "an erased node is erased again, from a backup of its state",
    code: "VolumeUnavailable",
    class: "invalid",
    who: "site-operator",
    async make(context) {
      const { stateDir } = agentOf(context.site);
      await rm(stateDir, { recursive: true });
      await cp(backupOf(context), stateDir, { recursive: true });
    },
    command: erase,
  },
];
