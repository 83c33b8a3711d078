import { messageHash } from "@databox-cmk/crypto";
import { toAppError } from "@databox-cmk/errors";
import type { Grant, OfflineLease } from "@databox-cmk/protocol";

import type { CheckedEnvelope } from "../answers/signed-envelope.ts";
import type { AgentEvent } from "../core/agent-event.ts";
import { describeDuration } from "../core/describe-duration.ts";
import { holdLease } from "../core/lease-state.ts";
import type { OpenChallenge } from "../core/offline-secrets.ts";
import type { Opened } from "../core/ports.ts";
import { withReceipt } from "../core/waiting-receipt.ts";
import { importStoredKey } from "../exchange/import-stored-key.ts";
import { type OpenedGrant, openGrant } from "../exchange/open-grant.ts";
import { offerAndZero, recordUnlock, type Unlocking } from "../node/record-unlock.ts";
import { roundToTenth } from "../node/stopwatch.ts";
import { bootClockMs } from "../state/boot-clock.ts";
import { headerMemoryOf } from "../state/header-memory.ts";
import type { OfflineFiles } from "../state/offline-files.ts";

export type CarriedGrant = {
  readonly grant: Grant;
  readonly grantHash: string;
  readonly jws: string;
  readonly open: OpenChallenge;
  readonly envelope: CheckedEnvelope;
};

/**
 * Grant → volume → data for reopening after a reboot → record → the one-time key is destroyed.
 * After a kill between any two, the same answer finishes it; after the last it opens nothing.
 *
 * @throws {AppError} `GrantRejected`, `EnvelopeRejected`, or of volume and state
 */
export async function openCarried(
  unlocking: Unlocking,
  { grant, grantHash, jws, open, envelope }: CarriedGrant,
  files: OfflineFiles,
): Promise<AgentEvent> {
  const { session, volume, journal, dependencies } = unlocking;
  const requestHash = messageHash(open.challenge);
  let opened: Opened;
  let result: OpenedGrant;
  try {
    using opening = volume.beginOpening("use", headerMemoryOf(session.store));
    const sealingKey = await importStoredKey("X25519", open);
    result = await openGrant(session, { grant, requestHash, sealingKey }, envelope);
    opened = await offerAndZero(opening, result.unlockKey);
  } catch (error) {
    const { code } = toAppError(error);
    session.store.update({ journalHead: journal.append("grant-unused", { code, grantHash }) });
    throw error;
  }
  const { offline } = grant.lease;
  if (offline?.kind === "boots" && offline.boots > 1)
    files.writeLease({
      version: 1,
      challenge: open.challenge,
      answer: jws,
      bootId: session.bootId,
      bootsLeft: offline.boots - 1,
      privateKey: open.privateKey,
      publicKey: open.publicKey,
    });
  else files.destroyLease();
  const { receipts } = session.store.current;
  await recordUnlock(unlocking, opened, result, holdLease(grant.lease, grantHash, bootClockMs()), {
    facts: { way: "offline", challenge: requestHash },
    // Reported at the next contact.
    change: { receipts: withReceipt(receipts, { about: "grant", grantHash, outcome: "unlocked" }) },
  });
  files.destroyChallenge();
  return {
    event: "respond",
    node: session.serial,
    outcome: "unlocked",
    volume: volume.kind,
    ...opened,
    kid: grant.kid,
    generation: result.envelope.generation,
    correlationId: grant.correlationId,
    elapsedMs: roundToTenth(dependencies.elapsedMs()),
    notes: [describeOfflineLease(offline)],
  };
}

/** One clause for the person at the appliance. */
function describeOfflineLease(lease: OfflineLease | undefined): string {
  switch (lease?.kind) {
    case "duration":
      return `without network it stays open for ${describeDuration(lease.seconds)}, while databox-agent serve runs; a reboot closes it`;
    case "boots":
      return lease.boots === 1
        ? "without network it stays open until the next reboot"
        : `without network it may be opened in ${String(lease.boots - 1)} more boots: run databox-agent unlock after each`;
    case undefined:
      return "without network it stays open for the order's outage grace period";
  }
}
