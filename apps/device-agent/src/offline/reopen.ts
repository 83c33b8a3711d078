import { CryptoError, messageHash } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import { JOSE_MEDIA_TYPE } from "@databox-cmk/protocol";

import { readUnlockAnswer } from "../answers/unlock-answer.ts";
import type { AgentEvent } from "../core/agent-event.ts";
import { holdLease } from "../core/lease-state.ts";
import { countBoot } from "../core/offline-secrets.ts";
import type { Volume } from "../core/ports.ts";
import { importStoredKey, openGrant } from "../exchange/open-grant.ts";
import type { NodeDependencies } from "../node/dependencies.ts";
import { eventOf } from "../node/event-of.ts";
import type { PreparedNode } from "../node/hold-node.ts";
import { withJournal } from "../node/journaled-node.ts";
import { openIdentity, readHeldEnvelope } from "../node/open-node.ts";
import { offerAndZero, recordUnlock } from "../node/record-unlock.ts";
import { bootClockMs } from "../state/boot.ts";
import { destroyKeptLease, openOfflineFiles } from "../state/offline-files.ts";
import { headerMemoryOf } from "../volume/known-header.ts";

/**
 * Opens the volume again by a stored answer whose lease counts boots, since the broker cannot be
 * reached. The boot is counted, durably, before the volume is touched. A stored answer that no
 * longer opens the volume is destroyed.
 *
 * @param code - why the broker did not answer.
 * @returns undefined without a usable stored answer
 */
export async function reopenOffline(
  held: PreparedNode,
  volume: Volume,
  dependencies: NodeDependencies,
  code: string,
): Promise<AgentEvent | undefined> {
  const node = withJournal(held, dependencies);
  const { folder, settings, store, bootId } = node;
  const session = openIdentity(node);
  const files = openOfflineFiles(folder.path);
  const kept = files.readLease();
  const counted = kept === undefined ? undefined : countBoot(kept, bootId);
  if (counted === undefined) {
    destroyKeptLease(folder.path);
    return undefined;
  }
  files.writeLease(counted);
  try {
    const requestHash = messageHash(counted.challenge);
    const raw = {
      status: 200,
      mediaType: JOSE_MEDIA_TYPE,
      retryAfterSeconds: undefined,
      body: counted.answer,
    };
    const answer = readUnlockAnswer(raw, {
      order: session.order,
      serial: session.serial,
      brokerKeys: session.brokerKeys,
      requestHash,
    });
    if (answer.kind !== "grant")
      throw new AppError("GrantRejected", { detail: "no grant is kept" });
    const envelope = await readHeldEnvelope(folder, volume, session);
    using opening = volume.beginOpening("use", headerMemoryOf(store));
    const sealingKey = await importStoredKey("X25519", counted);
    const { grant, grantHash } = answer;
    const result = await openGrant(session, { grant, requestHash, sealingKey }, envelope);
    const opened = await offerAndZero(opening, result.unlockKey);
    const { bootsLeft } = counted;
    const facts = { way: "offline", bootsLeft };
    const lease = holdLease(grant.lease, grantHash, bootClockMs());
    await recordUnlock({ node, volume, dependencies }, opened, result, lease, { facts });
    return {
      ...eventOf("unlock", settings, dependencies),
      outcome: "unlocked",
      ...opened,
      kid: grant.kid,
      generation: result.envelope.generation,
      notes: [
        `the broker cannot be reached (${code}); the lease from the carried answer opened it, and ${String(bootsLeft)} more boots are left`,
      ],
    };
  } catch (error) {
    const isDead =
      error instanceof CryptoError || (error instanceof AppError && DEAD.has(error.code));
    if (!isDead) throw error;
    destroyKeptLease(folder.path);
    node.record("offline-lease-dead");
    return undefined;
  }
}

/**
 * Destroys a stored answer that will never open this volume again: the volume was re-keyed, or the
 * file was changed.
 */
const DEAD = new Set<string>([
  "GrantRejected",
  "OrderMismatch",
  "EnvelopeRejected",
  "VolumeRejectedKey",
  "BrokerUnreachable",
]);
