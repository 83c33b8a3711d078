import { randomUUID } from "node:crypto";

import {
  CryptoError,
  decodeBase64url,
  encodeBase64url,
  seal,
  SUITES,
  unlockInfo,
  type Sealed,
} from "@databox-cmk/crypto";
import {
  MESSAGE_TYPES,
  unlockRequest,
  type Grant,
  type UnlockQuestion,
} from "@databox-cmk/protocol";

import { type Approval, termsFor } from "../../core/decide-release.ts";
import { decideUnlock, type UnlockFacts } from "../../core/decide-unlock.ts";
import type { Outcome } from "../../core/ports.ts";
import { termsOf } from "../../core/release-terms.ts";
import { leaseTermsOf } from "../../core/unlock-policy.ts";
import type { NodeEnvelope } from "../../custody/node-envelope.ts";
import { markStep } from "../../observability/trace.ts";
import type { Store } from "../../store/store.ts";
import { admitRelease } from "../approvals/admit-release.ts";
import { readApprovalOf } from "../approvals/stored-approvals.ts";
import { checkBudget } from "../limits/unlock-budget.ts";
import { type AuthenticDevice, malformed } from "../message/authenticate-device.ts";
import type { DeviceDependencies } from "../message/device-dependencies.ts";
import type { DeviceNode, FindDevice } from "../message/device-node.ts";
import { deviceVerb } from "../message/device-verb.ts";
import {
  actorOf,
  type DeviceExchange,
  type DeviceMessage,
} from "../message/serve-device-message.ts";
import { signAnswer, type SignedAnswer } from "../message/signed-answer.ts";
import { signEnvelope } from "../message/signed-envelope.ts";
import { commitGrant } from "./commit-grant.ts";
import { networkWay } from "./network-way.ts";
import { loadReleaseFacts } from "./release-facts.ts";
import { signPending } from "./sign-pending.ts";
import type { UnlockWay } from "./unlock-way.ts";

/**
 * docs/design/decisions/0007: the order of the steps ensures that a failed request has cost and
 * revealed nothing more.
 */
export function createUnlockExchange(
  dependencies: DeviceDependencies,
  findDevice: FindDevice,
): DeviceExchange<AuthenticDevice> {
  return deviceVerb(dependencies, findDevice, {
    action: "unlock",
    type: MESSAGE_TYPES.unlockRequest,
    schema: unlockRequest,
    comparesNode: true,
    answer: (message, { node }, request) =>
      decideAndGrant(
        dependencies,
        message,
        node,
        request,
        networkWay(dependencies, message, request, node),
      ),
    repeatsAreRefused: true,
  });
}

/** The one decision and the one commit, for every channel. */
export async function decideAndGrant(
  dependencies: DeviceDependencies,
  message: DeviceMessage,
  node: DeviceNode,
  request: UnlockQuestion,
  way: UnlockWay,
): Promise<Outcome<SignedAnswer>> {
  const outcome = await decide(dependencies, message, node, request, way);
  if (outcome.ok) return outcome;
  const { purpose, counter, generation } = request;
  const facts = { ...outcome.failure.facts, purpose, counter, generation };
  return { ok: false, failure: { ...outcome.failure, facts } };
}

async function decide(
  dependencies: DeviceDependencies,
  message: DeviceMessage,
  node: DeviceNode,
  request: UnlockQuestion,
  way: UnlockWay,
): Promise<Outcome<SignedAnswer>> {
  const { custody, store } = dependencies;
  const [held, known] = await Promise.all([
    custody.hold(node.order, node.serial),
    loadReleaseFacts(store, node, way.nonceHash),
  ]);
  if (known === undefined) return { ok: false, failure: { code: "DeviceNotAuthenticated" } };
  const envelope = held.ok ? held.value.envelope : undefined;
  const { policy = dependencies.defaultPolicy, revocation, budget } = known;
  const freshness = way.freshness(known.usedNonce);
  const approval = await approvalOf(store, message, way, freshness);
  const facts = factsOf(message, request, node, envelope, way, freshness);
  const decision = decideUnlock(request, { ...facts, isWaiting: approval !== undefined });
  if (!decision.ok) return decision;
  if (revocation !== undefined) return { ok: false, failure: revocation };
  const useUp = async (): Promise<Outcome<undefined>> => {
    const limited =
      budget === undefined || request.purpose === "prepare"
        ? undefined
        : checkBudget(budget, dependencies.now());
    return limited === undefined ? way.useUp() : { ok: false, failure: limited };
  };
  const inForce = termsOf(policy);
  const terms = termsFor(approval, inForce);
  const permitted = await way.permit(terms);
  if (!permitted.ok) return permitted;
  const admitted = await admitRelease(
    dependencies,
    {
      requestHash: message.hash,
      order: node.order,
      serial: node.serial,
      stage: node.stage,
      way: way.action,
      purpose: request.purpose,
      reason: message.carriedBy?.reason ?? request.reason,
      agent: request.agent,
      kid: envelope?.kid ?? "",
      actor: actorOf(message, node),
      requestedBy: message.carriedBy?.objectId.toLowerCase(),
      correlationId: message.correlationId,
      useUp,
    },
    {
      terms: inForce,
      expiresAfterSeconds: policy.release.approvals.expiresAfterSeconds,
    },
    approval,
  );
  if (!admitted.ok) return admitted;
  markStep("decision");
  if (admitted.value.kind === "wait")
    return { ok: true, value: await signPending(dependencies, message, admitted.value) };
  const { claim } = admitted.value;

  if (claim.approval === undefined) {
    const consumed = await useUp();
    if (!consumed.ok) return consumed;
  }
  markStep("nonce");

  if (!held.ok) return held;
  const released = await held.value.release((contentKey) =>
    sealTo(request, message.hash, contentKey),
  );
  if (!released.ok) return released;
  const { result: sealed, kid } = released.value;
  if (!sealed.ok) return sealed;
  markStep("seal");
  const sendEnvelope = way.carriesEnvelope && decision.value.sendEnvelope;
  const grant: Grant = {
    requestHash: message.hash,
    order: node.order,
    serial: node.serial,
    sealed: {
      enc: encodeBase64url(sealed.value.enc),
      ciphertext: encodeBase64url(sealed.value.ciphertext),
    },
    lease: { id: randomUUID(), ...leaseTermsOf(terms), ...way.lease(terms), sequence: 0 },
    kid,
    correlationId: message.correlationId,
    envelope:
      sendEnvelope && envelope !== undefined
        ? await signEnvelope(dependencies.keys.signing, envelope)
        : undefined,
  };
  const answer = await signAnswer(dependencies.keys.signing, MESSAGE_TYPES.grant, grant);
  const committed = await commitGrant(dependencies, {
    message,
    request,
    node,
    grant,
    answer,
    released: released.value,
    generation: envelope?.generation ?? request.generation,
    way,
    claim,
  });
  return committed.ok ? { ok: true, value: answer } : committed;
}

/** Seals the content key to the request's one-time key. */
async function sealTo(
  { hpke }: UnlockQuestion,
  requestHash: string,
  contentKey: Uint8Array,
): Promise<Outcome<Sealed>> {
  try {
    const publicKey = decodeBase64url(hpke.publicKey, "hpke.publicKey");
    return {
      ok: true,
      value: await seal(hpke.suite, publicKey, unlockInfo(requestHash), contentKey),
    };
  } catch (error) {
    // The key has the right size but is not a point of its group, which only sealing detects.
    if (error instanceof CryptoError) return malformed(`hpke: ${error.message}`);
    throw error;
  }
}

/**
 * A fresh nonce was never put before approvers, so the usual unlock does not search for an
 * approval.
 */
async function approvalOf(
  store: Store,
  message: DeviceMessage,
  way: UnlockWay,
  { nonce, nonceUsedBy }: Pick<UnlockFacts, "nonce" | "nonceUsedBy">,
): Promise<Approval | undefined> {
  const isFresh = way.action === "unlock" && nonce === "valid" && nonceUsedBy === undefined;
  return isFresh ? undefined : readApprovalOf(store, message.hash);
}

function factsOf(
  message: DeviceMessage,
  request: UnlockQuestion,
  node: DeviceNode,
  envelope: NodeEnvelope | undefined,
  way: UnlockWay,
  { lastCounter, ...freshness }: ReturnType<UnlockWay["freshness"]>,
): Omit<UnlockFacts, "isWaiting"> {
  return {
    requestHash: message.hash,
    ...freshness,
    node: {
      order: node.order,
      serial: node.serial,
      lastCounter,
      minimumSuiteStrength: SUITES[way.minimumSuite].strength,
    },
    suite: SUITES[request.hpke.suite],
    publicKeyBytes: Buffer.from(request.hpke.publicKey, "base64url").byteLength,
    stage: node.stage,
    envelope,
  };
}
