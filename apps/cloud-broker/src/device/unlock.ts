import { hash, randomUUID } from "node:crypto";

import {
  checkNonce,
  CryptoError,
  decodeBase64url,
  encodeBase64url,
  seal,
  SUITES,
  unlockInfo,
  zero,
  type Sealed,
} from "@databox-cmk/crypto";
import {
  MESSAGE_TYPES,
  parseWith,
  unlockRequest,
  type Grant,
  type UnlockRequest,
} from "@databox-cmk/protocol";

import { decideUnlock, type UnlockFacts } from "../core/decide-unlock.ts";
import type { Outcome } from "../core/ports.ts";
import { leaseTermsOf } from "../core/unlock-policy.ts";
import type { NodeEnvelope } from "../custody/key-custody.ts";
import { markStep } from "../diagnostics/trace.ts";
import { findRevocation } from "../leases/revocations.ts";
import { readUnlockPolicy } from "../policy/read-unlock-policy.ts";
import { authenticateDevice, malformed } from "./authenticate-device.ts";
import { commitGrant } from "./commit-grant.ts";
import { consumeNonce } from "./consume-nonce.ts";
import type { DeviceDependencies } from "./device-dependencies.ts";
import type { DeviceNode, FindDevice } from "./device-node.ts";
import type { DeviceExchange, DeviceMessage, Sender } from "./serve-device-message.ts";
import { signAnswer, type SignedAnswer } from "./signed-answer.ts";
import { signEnvelope } from "./signed-envelope.ts";

type Unlocking = Sender & { readonly node: DeviceNode; readonly payload: unknown };

/** docs/decisions/0007: each step stands where it does so that what fails before it has cost and told nothing more. */
export function createUnlockExchange(
  dependencies: DeviceDependencies,
  findDevice: FindDevice,
): DeviceExchange<Unlocking> {
  return {
    action: "unlock",
    async authenticate(message) {
      const device = await authenticateDevice(
        { ...dependencies, findDevice },
        message.text,
        MESSAGE_TYPES.unlockRequest,
        message.address,
      );
      if (!device.ok) return device;
      const { node, payload } = device.value;
      return { ok: true, value: { order: node.order, serial: node.serial, node, payload } };
    },
    answer: (message, { node, payload }) => unlock(dependencies, message, node, payload),
  };
}

async function unlock(
  dependencies: DeviceDependencies,
  message: DeviceMessage,
  node: DeviceNode,
  payload: unknown,
): Promise<Outcome<SignedAnswer>> {
  const parsed = parseWith(unlockRequest, payload);
  if (!parsed.ok) return malformed(parsed.detail);
  const outcome = await decideAndGrant(dependencies, message, node, parsed.value);
  if (outcome.ok) return outcome;
  const { purpose, counter, generation } = parsed.value;
  const facts = { ...outcome.failure.facts, purpose, counter, generation };
  return { ok: false, failure: { ...outcome.failure, facts } };
}

async function decideAndGrant(
  dependencies: DeviceDependencies,
  message: DeviceMessage,
  node: DeviceNode,
  request: UnlockRequest,
): Promise<Outcome<SignedAnswer>> {
  const { custody, store } = dependencies;

  const envelope = await custody.envelope(node.order, node.serial);
  const policy = await readUnlockPolicy(store, node.order, dependencies.defaultPolicy);
  const facts = await loadFacts(dependencies, message, request, node, envelope);
  const decision = decideUnlock(request, facts);
  if (!decision.ok) return decision;
  const revocation = await findRevocation(store, node.order, node.serial);
  if (revocation !== undefined) return { ok: false, failure: revocation };
  markStep("decision");

  const consumed = await consumeNonce(dependencies, message.hash, request, node);
  if (!consumed.ok) return consumed;
  markStep("nonce");

  const released = await custody.releaseContentKey(node.order, node.serial);
  if (!released.ok) return released;
  const { contentKey, kid, vaultRequestId } = released.value;
  const sealed = await sealTo(request, message.hash, contentKey);
  if (!sealed.ok) return sealed;
  markStep("seal");
  const grant: Grant = {
    requestHash: message.hash,
    order: node.order,
    serial: node.serial,
    sealed: {
      enc: encodeBase64url(sealed.value.enc),
      ciphertext: encodeBase64url(sealed.value.ciphertext),
    },
    lease: {
      id: randomUUID(),
      ...leaseTermsOf(policy),
      sequence: 0,
    },
    kid,
    correlationId: message.correlationId,
    ...(decision.value.sendEnvelope && envelope !== undefined
      ? { envelope: await signEnvelope(dependencies.keys.signing, envelope) }
      : {}),
  };
  const answer = await signAnswer(dependencies.keys.signing, MESSAGE_TYPES.grant, grant);
  const committed = await commitGrant(
    dependencies,
    message,
    request,
    node,
    grant,
    answer,
    vaultRequestId,
  );
  return committed.ok ? { ok: true, value: answer } : committed;
}

/** Seals the content key to the request's one-use key, and forgets it in any case. */
async function sealTo(
  { hpke }: UnlockRequest,
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
    // Of the right size but no point of its group: only sealing finds that out.
    if (error instanceof CryptoError) return malformed(`hpke: ${error.message}`);
    throw error;
  } finally {
    zero(contentKey);
  }
}

async function loadFacts(
  { store, keys, now }: DeviceDependencies,
  message: DeviceMessage,
  request: UnlockRequest,
  node: DeviceNode,
  envelope: NodeEnvelope | undefined,
): Promise<UnlockFacts> {
  const used = await store
    .selectFrom("consumed_nonces")
    .select("request_hash")
    .where("nonce_hash", "=", hash("sha256", request.nonce, "base64url"))
    .executeTakeFirst();
  return {
    requestHash: message.hash,
    nonce: checkNonce(keys.nonce, request.nonce, { serial: node.serial, nowMs: now() }),
    nonceUsedBy: used?.request_hash,
    node: {
      order: node.order,
      serial: node.serial,
      lastCounter: node.lastCounter,
      minimumSuiteStrength: SUITES[node.minimumSuite].strength,
    },
    suite: SUITES[request.hpke.suite],
    publicKeyBytes: Buffer.from(request.hpke.publicKey, "base64url").byteLength,
    stage: node.stage,
    envelope,
  };
}
