import { importVerifyKey } from "@databox-cmk/crypto";
import { withoutUndefined } from "@databox-cmk/errors";

import { describeAddress } from "../core/address-standing.ts";
import type { AgentEvent } from "../core/agent-event.ts";
import { describeLeaseEnd } from "../core/describe-duration.ts";
import type { Erasure } from "../core/erasure.ts";
import type { EventDetails } from "../core/event-details.ts";
import { eventOfError } from "../core/failure-event.ts";
import { endOfLease, type HeldLease } from "../core/lease-state.ts";
import { isUnlocked, type MachineState } from "../core/machine-state.ts";
import { PASSKEY_OPEN_SECONDS } from "../core/passkey-opening.ts";
import type { Settings } from "../core/settings.ts";
import { findDeviceKey, GRADE_TEXTS, readGrade } from "../device-key/device-key.ts";
import { readJournalHead } from "../journal/judge-countersignature.ts";
import { lastSequence } from "../journal/open-journal.ts";
import { viewAddresses } from "../node/connect.ts";
import type { CommandDependencies } from "../node/dependencies.ts";
import { eventOf, notesOf } from "../node/event-of.ts";
import { requirePrepared } from "../node/hold-node.ts";
import { readCause } from "../node/read-cause.ts";
import { roundToTenth } from "../node/stopwatch.ts";
import { describeShare } from "../share/describe-share.ts";
import { bootClockMs, momentIn, readBootId } from "../state/boot.ts";
import { erasedError, readErasure } from "../state/erasure-file.ts";
import type { StateFolder } from "../state/state-folder.ts";

/** Describes a volume that a passkey opened and that has no lease yet. */
function passkeyDetails(openedAtMs: number): EventDetails {
  const leftMs = openedAtMs + PASSKEY_OPEN_SECONDS * 1000 - bootClockMs();
  return { openedBy: "passkey", graceLeftSeconds: Math.max(0, Math.round(leftMs / 1000)) };
}

function openingDetails({ lease, passkey }: Extract<MachineState["lock"], { kind: "unlocked" }>) {
  if (passkey !== undefined && lease === undefined) return passkeyDetails(passkey.openedAtMs);
  return leaseDetails(lease);
}

function leaseDetails(lease: HeldLease | undefined): EventDetails {
  if (lease === undefined) return {};
  const nowMs = bootClockMs();
  const end = endOfLease(lease);
  return {
    lease: lease.id,
    leaseSequence: lease.sequence,
    secondsSinceAnswer: Math.round((nowMs - lease.answeredAtMs) / 1000),
    closesWithoutAnswer: describeLeaseEnd(lease, nowMs),
    ...(end.kind === "time"
      ? { graceLeftSeconds: Math.max(0, Math.round((end.atMs - nowMs) / 1000)) }
      : {}),
  };
}

/** The number of journal rows that the broker has not countersigned. */
function undelivered(
  folder: Pick<StateFolder, "journalPath" | "readJournalHead">,
  { order, serial, brokerKeys }: Pick<Settings, "order" | "serial" | "brokerKeys">,
) {
  const last = lastSequence(folder.journalPath);
  const kept = folder.readJournalHead();
  const keys = brokerKeys.map((key) => importVerifyKey(key));
  const head =
    kept === undefined ? undefined : readJournalHead(kept, { order, serial, brokerKeys: keys });
  return { undeliveredJournalRows: Math.max(0, last - (head?.sequence ?? 0)) };
}

function custodyDetails(
  folder: Pick<StateFolder, "path" | "readEnvelope">,
  settings: Settings,
  state: MachineState,
): EventDetails {
  const described = describeShare(folder, settings, state);
  if (described === undefined) return { custody: "escrow" };
  const { share, shareCopiedFor } = described;
  return withoutUndefined({
    custody: "split",
    share,
    shareCopiedFor,
    shareCopyHash: state.shareCopyHash,
  });
}

/** Erased only when everything is destroyed, verified and certified. */
function erasureStatus(
  erasing: Erasure,
  { elapsedMs, stateDir }: Pick<CommandDependencies, "elapsedMs" | "stateDir">,
): AgentEvent {
  const { step, order, serial, startedAt } = erasing;
  const common = { event: "status", node: serial, elapsedMs: roundToTenth(elapsedMs()) } as const;
  return {
    ...common,
    outcome: step === "erased" ? "erased" : "erasing",
    cause: {
      ...eventOfError(erasedError(erasing), { ...common, known: { stateDir } }),
      at: startedAt,
    },
    details: withoutUndefined({
      order,
      erasure: step,
      since: startedAt,
      countersignedAt: "countersignedAt" in erasing ? erasing.countersignedAt : undefined,
    }),
  };
}

/** Reports this machine's own state. Changes nothing and needs no network. */
export async function status(
  dependencies: Pick<CommandDependencies, "stateDir" | "nowIso" | "elapsedMs">,
): Promise<AgentEvent> {
  const erasing = readErasure(dependencies.stateDir);
  if (erasing !== undefined) return erasureStatus(erasing, dependencies);
  const { folder, settings, state } = requirePrepared(dependencies.stateDir);
  const now = momentIn(readBootId(settings.bootIdFile));
  const unlocked = isUnlocked(state, now.bootId);
  const { lock } = state;
  const unlockedBefore = lock.kind === "unlocked" && !unlocked;
  const receipts = state.receipts?.length ?? 0;
  const { waiting, cause } = readCause(folder, settings, dependencies);
  const { refusal } = state;
  return {
    ...eventOf("status", settings, dependencies),
    outcome: unlocked ? "unlocked" : "locked",
    generation: state.generation,
    details: withoutUndefined({
      order: settings.order,
      broker: settings.connection.brokerUrl,
      otherBrokers: settings.connection.otherBrokers?.join(" "),
      brokerAddresses: viewAddresses(folder.path, settings.connection)
        ?.map((view) => describeAddress(view))
        .join("; "),
      deviceKey: GRADE_TEXTS[readGrade(folder)],
      deviceKeyThumbprint: findDeviceKey(folder)?.signingKey.kid,
      volumePath: settings.volume.path,
      envelope: state.env ?? settings.env,
      ...custodyDetails(folder, settings, state),
      rekey: state.rekey?.step,
      since: state.lock.since,
      counter: state.counter,
      preparedToShip: lock.kind === "locked" ? lock.preparedToShip : undefined,
      ...(unlocked && lock.kind === "unlocked" ? openingDetails(lock) : {}),
      undeliveredReceipts: receipts === 0 ? undefined : receipts,
      ...undelivered(folder, settings),
    }),
    approval: waiting,
    cause,
    notes: notesOf(
      unlockedBefore && "it was unlocked before this boot; a boot locks it",
      !unlocked &&
        refusal !== undefined &&
        refusal.code !== cause?.code &&
        `the broker's last decision was a refusal: ${refusal.title} [${refusal.code}]`,
    ),
  };
}
