import { randomUUID } from "node:crypto";

import { SUITES, unlockInfo } from "@databox-cmk/crypto";
import { type Grant, MESSAGE_TYPES, type UnlockQuestion } from "@databox-cmk/protocol";

import { type Approval, termsFor } from "../../core/decide-release.ts";
import { decideUnlock, type UnlockFacts, type UnlockPermission } from "../../core/decide-unlock.ts";
import type { Outcome } from "../../core/ports.ts";
import { admissionOf, type AdmissionTerms } from "../../core/release-terms.ts";
import { leaseTermsOf } from "../../core/unlock-policy.ts";
import { type Began, withheldFrom } from "../../core/ways-out.ts";
import type { HeldNode } from "../../custody/key-custody.ts";
import type { NodeEnvelope } from "../../custody/node-envelope.ts";
import type { Released } from "../../custody/release-content-key.ts";
import { readAtOnce } from "../../store/fast/send-at-once.ts";
import type { Store } from "../../store/store.ts";
import { type ReleaseAdmission, admitRelease } from "../approvals/admit-release.ts";
import type { ReleaseClaim } from "../approvals/claim-release.ts";
import type { ReleaseDependencies } from "../approvals/release-request.ts";
import { readApprovalOf } from "../approvals/stored-approvals.ts";
import type { Needs } from "../message/device-dependencies.ts";
import type { DeviceNode } from "../message/device-node.ts";
import { type KeyFacts, readFinalFacts } from "../message/final-facts.ts";
import { type SealedKey, sealTo } from "../message/seal-to.ts";
import { actorOf, type DeviceMessage } from "../message/serve-device-message.ts";
import { signAnswer, type SignedAnswer, signEnvelope } from "../message/signed-answer.ts";
import { commitGrant } from "./commit-grant.ts";
import type { UnlockChannel } from "./unlock-channel.ts";

/** One request to unlock: on any channel, by an authentic node, parsed. */
export type UnlockAsked = {
  readonly message: DeviceMessage;
  readonly node: DeviceNode;
  readonly request: UnlockQuestion;
  readonly channel: UnlockChannel;
};

/** The facts of an unlock, as they were when its request arrived. */
type Known = {
  readonly held: Outcome<HeldNode>;
  readonly envelope: NodeEnvelope | undefined;
  readonly freshness: ReturnType<UnlockChannel["freshness"]>;
  /** The approval that was opened for these bytes. */
  readonly approval: Approval | undefined;
  /** The policy's terms, before an approval changes them. */
  readonly admission: AdmissionTerms;
  readonly facts: KeyFacts;
  readonly began: Began;
};

/** @returns undefined when the order is gone */
export async function loadKnown(
  { custody, store, settings, now }: Needs<"custody" | "store" | "settings" | "now">,
  { message, node, request: { purpose }, channel }: UnlockAsked,
): Promise<Known | undefined> {
  const [held, facts] = await readAtOnce(store, (at) =>
    Promise.all([
      custody.hold(node.order, node.serial, at),
      readFinalFacts(at, node, { purpose, nowMs: now(), nonceHash: channel.nonceHash ?? "" }),
    ]),
  );
  if (facts === undefined) return undefined;
  const freshness = channel.freshness(facts.usedNonce);
  return {
    held,
    envelope: held.ok ? held.value.envelope : undefined,
    freshness,
    approval: await approvalOf(store, message, channel.action, freshness),
    admission: admissionOf(facts.policy ?? settings.defaultPolicy, purpose),
    facts,
    // The key that signed; its node may have another one by now.
    began: { ...facts, deviceKid: node.key.kid },
  };
}

/**
 * A fresh nonce was never put before approvers, so the usual unlock does not search for an
 * approval.
 */
async function approvalOf(
  store: Store,
  message: DeviceMessage,
  action: UnlockChannel["action"],
  { nonce, nonceUsedBy }: Pick<UnlockFacts, "nonce" | "nonceUsedBy">,
): Promise<Approval | undefined> {
  const isFresh = action === "unlock" && nonce === "valid" && nonceUsedBy === undefined;
  return isFresh ? undefined : readApprovalOf(store, message.hash);
}

/**
 * The pure checks, with the guards that come before the policy's own. The budget is read later,
 * where people would be asked or the vault called: it must not hide what the policy forbids.
 */
export function decide(
  { message, node, request, channel }: UnlockAsked,
  { freshness, envelope, approval, facts, began }: Known,
): Outcome<UnlockPermission> {
  const { lastCounter, ...nonce } = freshness;
  return decideUnlock(request, {
    requestHash: message.hash,
    ...nonce,
    isWaiting: approval !== undefined,
    node: {
      order: node.order,
      serial: node.serial,
      lastCounter,
      minimumSuiteStrength: SUITES[channel.minimumSuite].strength,
    },
    suite: SUITES[request.hpke.suite],
    publicKeyBytes: Buffer.from(request.hpke.publicKey, "base64url").byteLength,
    withheld: withheldFrom(channel.out, { ...facts, spent: undefined }, began),
    envelope,
  });
}

/** The conditions of the channel and of the order's policy: windows and approvals. */
export async function admit(
  dependencies: ReleaseDependencies,
  { message, node, request, channel }: UnlockAsked,
  { admission, approval, envelope, facts }: Known,
): Promise<Outcome<ReleaseAdmission>> {
  const permitted = await channel.permit(termsFor(approval, admission.terms));
  if (!permitted.ok) return permitted;
  return admitRelease(
    dependencies,
    {
      requestHash: message.hash,
      order: node.order,
      serial: node.serial,
      stage: node.stage,
      switches: facts.switches,
      way: channel.action,
      purpose: request.purpose,
      reason: message.carriedBy?.reason ?? request.reason,
      agent: request.agent,
      kid: envelope?.kid ?? "",
      actor: actorOf(message, node),
      askedBy: message.carriedBy && {
        objectId: message.carriedBy.objectId.toLowerCase(),
        isPerson: message.carriedBy.isPerson,
      },
      correlationId: message.correlationId,
    },
    admission,
    approval,
  );
}

type Sealing = { readonly sealed: SealedKey; readonly released: Released<unknown> };

/** The vault unwraps the content key, and it is sealed to the request's one-time key. */
export async function unwrapAndSeal(
  { message, request }: UnlockAsked,
  { held, facts }: Pick<Known, "held" | "facts">,
): Promise<Outcome<Sealing>> {
  if (!held.ok) return held;
  const released = await held.value.release(
    (contentKey) => sealTo(request.hpke, unlockInfo(message.hash), contentKey),
    { correlationId: message.correlationId, freshKey: facts.policy?.freshKey },
  );
  if (!released.ok) return released;
  const { result: sealed } = released.value;
  return sealed.ok
    ? { ok: true, value: { sealed: sealed.value, released: released.value } }
    : sealed;
}

/** Signs the grant and commits it; it leaves only after that. */
export async function grantAndCommit(
  dependencies: Needs<"announce" | "keys" | "commit" | "now" | "store">,
  { message, node, request, channel }: UnlockAsked,
  known: Known,
  permitted: Sealing & UnlockPermission & { readonly claim: ReleaseClaim },
): Promise<Outcome<SignedAnswer>> {
  const { envelope, approval, admission, began } = known;
  const terms = termsFor(approval, admission.terms);
  const grant: Grant = {
    requestHash: message.hash,
    order: node.order,
    serial: node.serial,
    sealed: permitted.sealed,
    lease: { id: randomUUID(), ...leaseTermsOf(terms), ...channel.lease(terms), sequence: 0 },
    kid: permitted.released.kid,
    correlationId: message.correlationId,
    envelope:
      channel.carriesEnvelope && permitted.sendEnvelope && envelope !== undefined
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
    released: permitted.released,
    generation: envelope?.generation ?? request.generation,
    channel,
    claim: permitted.claim,
    began,
  });
  return committed.ok ? { ok: true, value: answer } : committed;
}
