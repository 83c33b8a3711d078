import { type AskedPurpose, DEVICE_ROUTES } from "@databox-cmk/protocol";
import type { FakeBroker, FakeNode, Interceptor } from "@databox-cmk/testkit";

import type { Forge } from "../forgery.ts";

/** The result of a command of the agent, by the names of the device API. */
export type AgentOutcome = {
  readonly outcome: string;
  /** The broker's code if it refused. */
  readonly code?: string | undefined;
};

/**
 * The agent under test: one node with its own state. Members that are absent are parts that it does
 * not play.
 */
export type AgentUnderTest = {
  /** Enrols the node, prepares it, and sends the receipt. */
  prepare(facts: {
    readonly broker: string;
    readonly certificateAuthorityPem: string;
    readonly order: string;
    readonly serial: string;
    readonly code: string;
  }): Promise<AgentOutcome>;
  /** One attempt to unlock the volume by network, whether or not it is open. */
  unlock(): Promise<AgentOutcome>;
  /** The same for one purpose, and no other. */
  readonly unlockFor?: ((purpose: AskedPurpose) => Promise<AgentOutcome>) | undefined;
  /** Another node, which the agent plays in split custody. */
  readonly another?: (() => SplitAgent & Disposable) | undefined;
  /** Its unlocks can wait for approvals: `pending`, and the next one sends the same bytes. */
  readonly waits?: boolean;
  /** One attempt to give the open volume another unlock key. */
  readonly rekey?: (() => Promise<AgentOutcome>) | undefined;
  readonly carried?: CarriedAnswers | undefined;
  /** Keeps the lease of the open volume until it is disposed. */
  readonly serve?: (() => Promise<AsyncDisposable>) | undefined;
  /** Destroys keys and data once the broker permits it, and sends the certificate. */
  readonly erase?: ((serial: string) => Promise<AgentOutcome>) | undefined;
};

export type CarriedAnswers = {
  /** The challenge that a person carries; closes the volume before. */
  readonly challenge: () => Promise<string>;
  /** One attempt to open the volume with the answer. */
  readonly respond: (answer: string) => Promise<AgentOutcome>;
};

/** A node in split custody. */
export type SplitAgent = AgentUnderTest & {
  /** Whether its volume opens with this unlock key. */
  readonly opens: (unlockKey: string) => Promise<boolean>;
};

export type AgentWorld = {
  readonly broker: FakeBroker;
  readonly serial: string;
  readonly agent: AgentUnderTest;
  /** One attempt that must unlock and send its receipt. */
  readonly unlocks: () => Promise<string | undefined>;
  readonly run: (
    suite: string,
    name: string,
    work: () => Promise<string | undefined>,
  ) => Promise<void>;
};

/** Lets the broker give another answer on one route, until the end of the case. */
export function answerAt(broker: FakeBroker, route: string, make: Interceptor): void {
  const others = broker.intercept;
  broker.intercept = (exchange) =>
    exchange.path === route ? make(exchange) : (others?.(exchange) ?? exchange.answer);
}

/** Lets the broker give a forged grant in place of each honest one, until the end of the case. */
export function forgeGrants(broker: FakeBroker, serial: string, forge: Forge): void {
  answerAt(broker, DEVICE_ROUTES.unlocks, async ({ request, answer }) => ({
    ...answer,
    body: await forge({ broker, serial, honest: answer.body, request }),
  }));
}

/** The fault of an agent that does not make itself this node. */
export async function unlessPrepared(
  agent: AgentUnderTest,
  { certificateAuthorityPem, order, url }: FakeBroker,
  { serial, enrolmentCode: code }: FakeNode,
): Promise<string | undefined> {
  const facts = { broker: url, certificateAuthorityPem, order, serial, code };
  return unlessOutcome(await agent.prepare(facts), "prepared");
}

/** How many receipts of an unlock the broker has. */
const opened = ({ receipts }: FakeBroker): number =>
  receipts.filter(({ outcome }) => outcome === "unlocked").length;

/** The fault of an attempt that does not unlock and send its receipt. */
export async function unlessUnlocked(
  attempted: () => Promise<AgentOutcome>,
  broker: FakeBroker,
): Promise<string | undefined> {
  const before = opened(broker);
  const fault = unlessOutcome(await attempted(), "unlocked");
  if (fault !== undefined) return fault;
  return opened(broker) === before + 1 ? unlessReceiptFits(broker) : "sent no receipt of it";
}

/** The fault of a last receipt that names another grant than the last one. */
export function unlessReceiptFits({ receipts, lastUnlockHash }: FakeBroker): string | undefined {
  return receipts.at(-1)?.grantHash === lastUnlockHash
    ? undefined
    : "its receipt names another grant";
}

/** The fault of a grant that an agent accepts, or after which it takes no honest one. */
export async function unlessWithstood(
  { broker, serial, agent }: Pick<AgentWorld, "broker" | "serial" | "agent">,
  forge: Forge,
): Promise<string | undefined> {
  const receipts = opened(broker);
  forgeGrants(broker, serial, forge);
  const { outcome } = await agent.unlock();
  broker.intercept = undefined;
  // An honest envelope that is newer than each forged one, which an agent may have kept.
  for (let step = 0; step < 2; step += 1) await broker.rewrap(serial);
  if (outcome === "unlocked" || opened(broker) !== receipts) return "unlocked";
  const after = await unlessUnlocked(() => agent.unlock(), broker);
  return after === undefined ? undefined : `afterwards: ${after}`;
}

/** The fault of an attempt that does not end in this way. */
export function unlessOutcome(
  { outcome, code }: AgentOutcome,
  expected: string,
  expectedCode?: string,
): string | undefined {
  const isExpected = outcome === expected && (expectedCode === undefined || code === expectedCode);
  return isExpected ? undefined : `said ${outcome} ${code ?? ""}, not ${expected}`;
}
