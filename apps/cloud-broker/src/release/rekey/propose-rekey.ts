import { joinSecrets, rekeyInfo, SUITES, zero } from "@databox-cmk/crypto";
import {
  MESSAGE_TYPES,
  rekeyRequest,
  type RekeyProposal as ProposalAnswer,
  type RekeyRequest,
  rekeyConfirmation,
  type RekeyConfirmation,
  type Rekeyed,
} from "@databox-cmk/protocol";

import { recorded } from "../../audit/record.ts";
import { decideRekey } from "../../core/decide-rekey.ts";
import { endOf } from "../../core/decide-renewal.ts";
import { failed } from "../../core/failed.ts";
import type { Outcome } from "../../core/ports.ts";
import { custodyOf } from "../../core/unlock-policy.ts";
import { type Began, withheldFrom } from "../../core/ways-out.ts";
import { commitRekey } from "../../custody/commit-rekey.ts";
import {
  offerRecoveryKeys,
  parseDeviceShare,
  requireShareOfProposal,
  storeDeviceShare,
} from "../../custody/device-shares.ts";
import type { RekeyProposal } from "../../custody/key-custody.ts";
import { readVaultCalls } from "../../observability/trace.ts";
import { lockLeases } from "../../store/await-lease-writes.ts";
import type { StoreTransaction } from "../../store/store.ts";
import { commitUnlessWithdrawn, Withdrawn } from "../../store/withdrawn.ts";
import { loadLease } from "../leases/load-lease.ts";
import type { AuthenticDevice } from "../message/authenticate-device.ts";
import type { Needs, Recording } from "../message/device-dependencies.ts";
import { deviceVerb } from "../message/device-verb.ts";
import { readFinalFacts } from "../message/final-facts.ts";
import { type SealedKey, sealTo } from "../message/seal-to.ts";
import { actorOf, type DeviceMessage } from "../message/serve-device-message.ts";
import { signAnswer, type SignedAnswer, signEnvelope } from "../message/signed-answer.ts";
import { useCounter } from "../message/use-counter.ts";
import { readUnlockPolicy } from "../policy/read-unlock-policy.ts";

/** Gives an unlocked node a second unlock key, beside the one that opens its volume. */
export const proposalExchange = deviceVerb({
  action: "rekey/propose",
  type: MESSAGE_TYPES.rekeyRequest,
  schema: rekeyRequest,
  answer: propose,
});

async function propose(
  dependencies: Recording & Needs<"custody" | "store">,
  message: DeviceMessage,
  sender: AuthenticDevice,
  request: RekeyRequest,
): Promise<Outcome<SignedAnswer>> {
  const facts = await readFinalFacts(dependencies.store, sender);
  if (facts === undefined) return failed({ code: "DeviceNotAuthenticated" });
  const permitted = await decide(dependencies, sender, request);
  if (!permitted.ok) return permitted;
  const counted = await useCounter(dependencies, sender, request.counter);
  if (!counted.ok) return counted;
  const proposal = await dependencies.custody.proposeRekey(
    sender.order,
    sender.serial,
    (currentKey, proposedKey) => sealBoth(request, message.hash, currentKey, proposedKey),
  );
  if (!proposal.ok) return proposal;
  const { result: sealed } = proposal.value;
  if (!sealed.ok) return sealed;
  const payload: ProposalAnswer = {
    requestHash: message.hash,
    order: sender.order,
    serial: sender.serial,
    rekey: proposal.value.id,
    envelope: await signEnvelope(dependencies.keys.signing, proposal.value.envelope),
    sealed: sealed.value,
    ...(await offerRecoveryKeys(dependencies.store, proposal.value.envelope)),
  };
  const answer = await signAnswer(dependencies.keys.signing, MESSAGE_TYPES.rekeyProposal, payload);
  // The key that signed; its node may have another one by now.
  const began = { ...facts, deviceKid: sender.node.key.kid };
  const written = await record(dependencies, message, sender, request, proposal.value, began);
  return written.ok ? { ok: true, value: answer } : written;
}

async function decide(
  { custody, store, now }: Needs<"custody" | "store" | "now">,
  { node }: AuthenticDevice,
  request: RekeyRequest,
): Promise<Outcome<undefined>> {
  const held = await custody.hold(node.order, node.serial);
  return decideRekey(request, {
    ...(await loadLease(store, request.lease, node)),
    node,
    nowMs: now(),
    env: held.ok ? held.value.envelope.env : undefined,
    minimumSuiteStrength: SUITES[node.minimumSuite].strength,
    suite: SUITES[request.hpke.suite],
    publicKeyBytes: Buffer.from(request.hpke.publicKey, "base64url").byteLength,
  });
}

/** Seals both content keys to the request's one-time key. */
async function sealBoth(
  { hpke }: RekeyRequest,
  requestHash: string,
  currentKey: Uint8Array,
  proposedKey: Uint8Array,
): Promise<Outcome<SealedKey>> {
  const both = joinSecrets(currentKey, proposedKey);
  try {
    return await sealTo(hpke, rekeyInfo(requestHash), both);
  } finally {
    zero(both);
  }
}

/**
 * Committed durably before the keys leave the broker. The locks are those of a grant: a kill switch
 * is committed before the facts are read here, or after this row.
 */
async function record(
  { commit, appendAudit, now }: Needs<"commit" | "appendAudit" | "now">,
  message: DeviceMessage,
  sender: AuthenticDevice,
  request: RekeyRequest,
  { id, kid, envelope, vaultRequestId }: RekeyProposal<unknown>,
  began: Began,
): Promise<Outcome<undefined>> {
  const vaultCalls = readVaultCalls();
  const work = async (transaction: StoreTransaction) => {
    await lockLeases(transaction, sender);
    await appendAudit(transaction, sender.order, {
      action: "rekey/propose",
      actor: actorOf(message, sender),
      outcome: "granted",
      serial: sender.serial,
      kid,
      requestHash: message.hash,
      vaultRequestId,
      ...vaultCalls(),
      correlationId: message.correlationId,
      detail: { rekey: id, generation: envelope.generation },
    });
    const { lease } = await loadLease(transaction, request.lease, sender);
    const facts = await readFinalFacts(transaction, sender, { purpose: lease?.purpose });
    const isOver = lease !== undefined && now() > endOf(lease);
    const held = facts && { ...facts, lease: lease && { ...lease, isOver } };
    const withheld = withheldFrom("rekey", held, began);
    if (withheld !== undefined) throw new Withdrawn(withheld);
  };
  return commitUnlessWithdrawn(commit, work);
}

/**
 * Puts a proposal in force. The answer is always the current envelope: a node that lost its last
 * answer asks again.
 */
export const confirmationExchange = deviceVerb({
  action: "rekey",
  type: MESSAGE_TYPES.rekeyConfirmation,
  schema: rekeyConfirmation,
  answer: confirm,
});

async function confirm(
  dependencies: Recording & Needs<"custody" | "store" | "settings">,
  message: DeviceMessage,
  sender: AuthenticDevice,
  { rekey, counter, journalHead, bootId, extensions }: RekeyConfirmation,
): Promise<Outcome<SignedAnswer>> {
  const { order, serial } = sender;
  const share = parseDeviceShare(extensions?.["deviceShare"], sender);
  if (!share.ok) return share;
  const known = await requireShareOfProposal(dependencies.store, sender, rekey, share.value);
  if (!known.ok) return known;
  const counted = await useCounter(dependencies, sender, counter);
  if (!counted.ok) return counted;
  const { custody, keys, appendAudit, now, settings } = dependencies;
  const { hash: requestHash, correlationId } = message;
  const context = { actor: actorOf(message, sender), correlationId };
  const entry = { chain: order, action: "rekey", context } as const;
  const row = recorded(appendAudit, entry, async (transaction) => {
    const deviceShareFor = await storeDeviceShare(transaction, sender, share.value, now());
    return { serial, requestHash, detail: { rekey, bootId, journalHead, deviceShareFor } };
  });
  const custodyIn = async (transaction: StoreTransaction) =>
    custodyOf(await readUnlockPolicy(transaction, order, settings.defaultPolicy)).kind;
  await commitRekey(dependencies, { order, serial, rekey, custodyIn, alsoCommit: row });
  const held = await custody.hold(order, serial);
  if (!held.ok) return held;
  const payload: Rekeyed = {
    requestHash,
    order,
    serial,
    envelope: await signEnvelope(keys.signing, held.value.envelope),
  };
  return { ok: true, value: await signAnswer(keys.signing, MESSAGE_TYPES.rekeyed, payload) };
}
