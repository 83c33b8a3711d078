import type { UnlockQuestion } from "@databox-cmk/protocol";

import { failed } from "./failed.ts";
import type { OrderId } from "./order.ts";
import type { Failure, Outcome } from "./ports.ts";

/**
 * The facts that the broker has when an authentic unlock request arrives; the request itself is
 * parsed.
 */
export type UnlockFacts = Omit<SuiteFacts, "minimumSuiteStrength"> & {
  readonly requestHash: string;
  readonly nonce: "valid" | "expired" | "invalid";
  /** The request that used the nonce, and how long ago; undefined while the nonce is fresh. */
  readonly nonceUsedBy: { readonly requestHash: string; readonly sinceMs: number } | undefined;
  /**
   * The request waits for approvers: its nonce and counter were then used up for this request
   * alone.
   */
  readonly isWaiting: boolean;
  readonly node: Pick<SuiteFacts, "minimumSuiteStrength"> & {
    readonly order: OrderId;
    readonly serial: string;
    readonly lastCounter: number;
  };
  /** The finding of the guards that come before the policy's own (core/ways-out.ts). */
  readonly withheld: Failure | undefined;
  /** Current envelope; undefined before preparation and after erasure. */
  readonly envelope: { readonly env: string; readonly generation: number } | undefined;
};

export type UnlockPermission = {
  /** The device holds a lower generation: the grant carries the current envelope. */
  readonly sendEnvelope: boolean;
};

/**
 * The checks in their order (docs/design/decisions/0007). The first that fails is the answer; none
 * of them calls a vault.
 */
const CHECKS: readonly ((request: UnlockQuestion, facts: UnlockFacts) => Failure | undefined)[] = [
  checkNonce,
  checkCounter,
  checkOrder,
  checkEnvelope,
  checkSuite,
  (_request, { withheld }) => withheld,
  (_request, { envelope }) =>
    envelope === undefined ? { code: "SsemUserErrorSecretsNotGenerated" } : undefined,
];

export function decideUnlock(
  request: UnlockQuestion,
  facts: UnlockFacts,
): Outcome<UnlockPermission> {
  for (const check of CHECKS) {
    const failure = check(request, facts);
    if (failure !== undefined) return failed(failure);
  }
  const current = facts.envelope?.generation ?? request.generation;
  return { ok: true, value: { sendEnvelope: request.generation < current } };
}

/** Another replica is processing the same message; its answer will be ready in a moment. */
export const BEING_ANSWERED: Failure = {
  code: "BrokerBusy",
  retryAfterSeconds: 1,
  detail: "this message is already being answered",
};

/** The same message at another replica at the same moment is not a replay. */
export const usedUpBy = (used: string | undefined, requestHash: string, detail: string): Failure =>
  used === requestHash ? BEING_ANSWERED : { code: "ReplayDetected", detail };

/** Longer than the vault calls of one unlock may take. */
const ANSWERED_WITHIN_MS = 15_000;

function checkNonce(_request: UnlockQuestion, facts: UnlockFacts): Failure | undefined {
  if (facts.isWaiting) return undefined;
  if (facts.nonce === "invalid") return { code: "NonceInvalid" };
  if (facts.nonce === "expired") return { code: "NonceExpired" };
  if (facts.nonceUsedBy === undefined) return undefined;
  // The same message again. Either another replica is still waiting for the vault, or the answer
  // was lost; then the device only needs a new challenge.
  if (facts.nonceUsedBy.requestHash === facts.requestHash)
    return facts.nonceUsedBy.sinceMs < ANSWERED_WITHIN_MS
      ? BEING_ANSWERED
      : { code: "NonceExpired", detail: "nonce: already used by this message" };
  return { code: "ReplayDetected", detail: "nonce: used by another message" };
}

function checkCounter(request: UnlockQuestion, facts: UnlockFacts): Failure | undefined {
  if (facts.isWaiting || request.counter > facts.node.lastCounter) return undefined;
  return { code: "CounterRollback", detail: "counter: not above the last one that was seen" };
}

function checkOrder(request: UnlockQuestion, { node }: UnlockFacts): Failure | undefined {
  if (request.order !== node.order)
    return { code: "OrderMismatch", detail: "order: this device is enrolled for another one" };
  if (request.serial !== node.serial)
    return { code: "OrderMismatch", detail: "serial: this device is enrolled as another node" };
  return undefined;
}

function checkEnvelope(request: UnlockQuestion, { envelope }: UnlockFacts): Failure | undefined {
  if (envelope === undefined) return undefined; // The stage decides first.
  if (request.env !== envelope.env)
    return { code: "EnvelopeMismatch", detail: "env: not the envelope of this node" };
  if (request.generation > envelope.generation)
    return { code: "GenerationRollback", detail: "generation: above the broker's own" };
  return undefined;
}

function checkSuite({ hpke }: UnlockQuestion, { node, ...facts }: UnlockFacts) {
  return suiteFailure(hpke.suite, { ...facts, ...node });
}

/** The HPKE suite that a message names, and the key that it sends for it. */
export type SuiteFacts = {
  readonly minimumSuiteStrength: number;
  readonly suite: { readonly strength: number; readonly publicKeyBytes: number };
  readonly publicKeyBytes: number;
};

export function suiteFailure(name: string, facts: SuiteFacts): Failure | undefined {
  const { suite, minimumSuiteStrength, publicKeyBytes } = facts;
  if (suite.strength < minimumSuiteStrength)
    return { code: "SuiteDowngrade", detail: "hpke.suite: weaker than the one that was enrolled" };
  if (publicKeyBytes !== suite.publicKeyBytes)
    return {
      code: "DeviceMessageMalformed",
      detail: `hpke.publicKey: expected ${String(suite.publicKeyBytes)} bytes for ${name}`,
    };
  return undefined;
}
