import { readFileSync, statSync } from "node:fs";

import { messageHash } from "@databox-cmk/crypto";
import { AppError, explain, isErrorCode, toAppError } from "@databox-cmk/errors";
import { BROKER_ANSWER_MAX_BYTES } from "@databox-cmk/protocol";
import type { Denial, Grant, OfflineLease } from "@databox-cmk/protocol";

import { readCarriedAnswer } from "../answers/carried-answer.ts";
import type { CheckedEnvelope } from "../answers/signed-envelope.ts";
import type { AgentEvent } from "../core/agent-event.ts";
import { describeDuration } from "../core/describe-duration.ts";
import { holdLease } from "../core/lease-state.ts";
import { judgeChallenge, type OpenChallenge } from "../core/offline-secrets.ts";
import type { Opened } from "../core/ports.ts";
import { withReceipt } from "../core/waiting-receipt.ts";
import { importStoredKey, type OpenedGrant, openGrant } from "../exchange/open-grant.ts";
import type { CommandDependencies, VolumeDependencies } from "../node/dependencies.ts";
import { eventOf } from "../node/event-of.ts";
import { holdNode } from "../node/hold-node.ts";
import { withJournal } from "../node/journaled-node.ts";
import { openIdentity, readHeldEnvelope } from "../node/open-node.ts";
import { offerAndZero, recordDenial, recordUnlock, type Unlocking } from "../node/record-unlock.ts";
import { bootClockMs, momentIn } from "../state/boot.ts";
import { destroyKeptLease, type OfflineFiles, openOfflineFiles } from "../state/offline-files.ts";
import { systemCode } from "../state/state-error.ts";
import { findVolume } from "../volume/choose-volume.ts";
import { headerMemoryOf } from "../volume/known-header.ts";

/**
 * Opens the volume by the answer that a person carried here, or shows the broker's signed denial.
 *
 * @throws {AppError} `OfflineChallengeMissing`, `GrantRejected`, `OrderMismatch`,
 * `EnvelopeRejected`, or of volume and state
 */
export async function respond(
  file: string | undefined,
  dependencies: VolumeDependencies & Pick<CommandDependencies, "readStandardInput">,
): Promise<AgentEvent> {
  // Before the lock is taken, since a person takes a long time.
  const answerText = await readAnswerText(file, dependencies);
  using held = await holdNode(dependencies);
  const node = withJournal(held, dependencies);
  const { folder, settings, bootId } = node;
  const session = openIdentity(node);
  const files = openOfflineFiles(folder.path);
  const open = requireChallenge(files, momentIn(bootId));
  const volume = findVolume(settings, dependencies.cryptsetupFolders);
  const unlocking: Unlocking = { node, volume, session, dependencies };
  let answer: ReturnType<typeof readCarriedAnswer>;
  try {
    answer = readCarriedAnswer(answerText, open.challenge, session);
  } catch (error) {
    if (error instanceof AppError) node.record("answer-rejected", { code: error.code });
    throw error;
  }
  switch (answer.kind) {
    case "pending": {
      const { retryAfterSeconds, correlationId, approval } = answer.pending;
      throw new AppError("ApprovalPending", {
        facts: { approvalId: approval.id, retryAfterSeconds, correlationId },
      });
    }
    case "denial": {
      const event = await recordDenial(unlocking, withSteps(answer.denial), { event: "respond" });
      // An outage, or an open approval: the same challenge may still get a grant.
      if (answer.denial.class === "refused" || answer.denial.class === "invalid")
        files.destroyChallenge();
      return event;
    }
    case "grant": {
      const envelope = await readHeldEnvelope(folder, volume, session);
      return await openCarried(unlocking, { ...answer, open, envelope }, files);
    }
  }
}

async function readAnswerText(
  file: string | undefined,
  { readStandardInput }: Pick<CommandDependencies, "readStandardInput">,
): Promise<string> {
  if (file === undefined) return readStandardInput("the answer");
  try {
    if (statSync(file).size > BROKER_ANSWER_MAX_BYTES)
      throw misuse(`${file} is not an answer: too large`);
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw misuse(`${file} cannot be read (${systemCode(error)})`);
  }
}

function misuse(detail: string): AppError {
  return new AppError("Misuse", { detail: `--in: ${detail}` });
}

function requireChallenge(
  files: OfflineFiles,
  moment: Parameters<typeof judgeChallenge>[1],
): OpenChallenge {
  const open = files.readChallenge();
  const verdict = judgeChallenge(open, moment);
  if (open !== undefined && verdict === "open") return open;
  files.destroyChallenge();
  throw new AppError("OfflineChallengeMissing", {
    reason: verdict === "open" ? "none" : verdict,
  });
}

/**
 * A QR code has no room for many steps: this agent's own table has those that the broker left out.
 */
function withSteps(denial: Denial): Denial {
  if (denial.steps.length > 0 || !isErrorCode(denial.code)) return denial;
  const { steps } = explain(denial.code);
  return {
    ...denial,
    steps: steps.flatMap(({ text }) => (text.includes("<") ? [] : [{ text }])),
  };
}

type CarriedGrant = {
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
async function openCarried(
  unlocking: Unlocking,
  { grant, grantHash, jws, open, envelope }: CarriedGrant,
  files: OfflineFiles,
): Promise<AgentEvent> {
  const { node, session, volume, dependencies } = unlocking;
  const requestHash = messageHash(open.challenge);
  let opened: Opened;
  let result: OpenedGrant;
  try {
    using opening = volume.beginOpening("use", headerMemoryOf(node.store));
    const sealingKey = await importStoredKey("X25519", open);
    result = await openGrant(session, { grant, requestHash, sealingKey }, envelope);
    opened = await offerAndZero(opening, result.unlockKey);
  } catch (error) {
    const { code } = toAppError(error);
    node.record("grant-unused", { code, grantHash });
    throw error;
  }
  const { offline } = grant.lease;
  if (offline?.kind === "boots" && offline.boots > 1)
    files.writeLease({
      version: 1,
      challenge: open.challenge,
      answer: jws,
      bootId: node.bootId,
      bootsLeft: offline.boots - 1,
      privateKey: open.privateKey,
      publicKey: open.publicKey,
    });
  else destroyKeptLease(node.folder.path);
  const { receipts } = node.store.current;
  await recordUnlock(unlocking, opened, result, holdLease(grant.lease, grantHash, bootClockMs()), {
    facts: { way: "offline", challenge: requestHash },
    // Reported at the next contact.
    change: { receipts: withReceipt(receipts, { about: "grant", grantHash, outcome: "unlocked" }) },
  });
  files.destroyChallenge();
  return {
    ...eventOf("respond", node.settings, dependencies),
    outcome: "unlocked",
    ...opened,
    kid: grant.kid,
    generation: result.envelope.generation,
    correlationId: grant.correlationId,
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
