import { existsSync } from "node:fs";
import { resolve } from "node:path";

import { zero } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import type { Denial } from "@databox-cmk/protocol";

import { readKeptEnvelope } from "../answers/signed-envelope.ts";
import type { AgentEvent, SuccessEvent } from "../core/agent-event.ts";
import type { PrepareArguments } from "../core/command.ts";
import { decideFormat } from "../core/decide-format.ts";
import { eventOfDenial, knownFacts } from "../core/failure-event.ts";
import { initialState } from "../core/machine-state.ts";
import type { Opened, Volume } from "../core/ports.ts";
import { brokerUrls, type Settings } from "../core/settings.ts";
import type { BrokerSession } from "../exchange/broker-session.ts";
import { openGrant } from "../exchange/open-grant.ts";
import { requestContentKey } from "../exchange/request-content-key.ts";
import { sendReceipt } from "../exchange/send-receipt.ts";
import { type Journal, openJournal } from "../journal/open-journal.ts";
import { connect } from "../node/connect.ts";
import type { CommandDependencies } from "../node/dependencies.ts";
import { eventOf, notesOf } from "../node/event-of.ts";
import { openBrokerSession, readHeldEnvelope } from "../node/open-node.ts";
import { recordAcknowledgement } from "../node/record-acknowledgement.ts";
import { createStopwatch, type Stopwatch } from "../node/stopwatch.ts";
import {
  describeCopy,
  factsOfCopy,
  makeCopiedShare,
  readRecoveryKeys,
  requireOwnersKeys,
  thumbprintsOf,
} from "../share/copy-share.ts";
import { custodyOf } from "../share/describe-share.ts";
import { findShare } from "../share/keep-share.ts";
import { asksForSplit, isSplit, requireCustody } from "../share/unlock-key.ts";
import { takeAgentLock } from "../state/agent-lock.ts";
import { readBootId } from "../state/boot.ts";
import { requireNotErased } from "../state/erasure-file.ts";
import { readPrivateFile, requireFile } from "../state/private-file.ts";
import { createStateFolder, createStateStore } from "../state/state-folder.ts";
import type { StateFolder, StateStore } from "../state/state-folder.ts";
import { chooseVolumeKind, openVolume } from "../volume/choose-volume.ts";
import { type Enrolling, enrolNode } from "./enrol-node.ts";
import { formatVolume } from "./format-volume.ts";
import { checkPrepareArguments } from "./prepare-options.ts";
import { readCertificates } from "./reconnect.ts";

type Preparing = {
  readonly given: PrepareArguments;
  readonly dependencies: Enrolling["dependencies"] & Pick<CommandDependencies, "elapsedMs">;
  readonly folder: StateFolder;
  readonly store: StateStore;
  readonly volume: Volume;
  readonly bootId: string;
  readonly journal: Journal;
  readonly stopwatch: Stopwatch;
};

/**
 * Makes this machine a node of an order: device key, enrolment, volume. Every step is durable
 * before the next and recognises its own earlier result, so the same command finishes the work
 * after a kill.
 *
 * @throws {AppError} every failure that the broker did not send
 */
export async function prepare(
  typed: PrepareArguments,
  dependencies: CommandDependencies,
): Promise<AgentEvent> {
  const given = checkPrepareArguments(typed);
  const folder = createStateFolder(resolve(dependencies.stateDir), dependencies.credentialsFolder);
  using held = new DisposableStack();
  held.use(takeAgentLock(folder.path));
  requireNotErased(folder.path);
  const found = folder.readSettings();
  if (found !== undefined) requireSameNode(found, given);
  const preparing = openPreparation(given, folder, found, dependencies);
  const { volume, store } = preparing;
  const content = await volume.inspect();
  const decision = decideFormat(content, store.current.preparation, given);
  if (decision.kind === "keep-out")
    throw new AppError("VolumeUnavailable", {
      detail: `${volume.path} holds ${decision.what}${given.keepVolume ? "" : ": it is overwritten only with --format-existing"}`,
    });
  if (found !== undefined) requireGivenBefore(preparing, found);
  if (decision.kind === "already-prepared")
    return prepared(preparing, {
      notes: notesOf(
        "it was prepared already",
        namesOther(folder, given.caFile) &&
          "the broker's authority was not changed: give --ca-file FILE as the only option to replace it",
        found !== undefined &&
          brokerUrls(found.connection).join(" ") !==
            brokerUrls({ ...given, brokerUrl: given.broker }).join(" ") &&
          "the broker's addresses were not changed: give --broker URL alone to replace them",
      ),
    });
  const enrolled =
    found === undefined
      ? await enrolNode(preparing, { kind: volume.kind, path: volume.path })
      : { kind: "enrolled" as const, settings: found };
  if (enrolled.kind === "denial") return denied(preparing, enrolled.denial);
  if (decision.kind === "keep") return takeOver(preparing, enrolled.settings, decision.volumeId);
  return await lockVolume(preparing, enrolled.settings, decision.kind === "try-key-first");
}

function namesOther(
  { certificateAuthorityPath }: Pick<StateFolder, "certificateAuthorityPath">,
  caFile: string | undefined,
): boolean {
  if (caFile === undefined || !existsSync(caFile)) return false;
  return readCertificates(caFile) !== readPrivateFile(certificateAuthorityPath);
}

/** The volume of a replaced device: the next unlock requests its key as usual. */
function takeOver(preparing: Preparing, settings: Settings, volumeId: string): AgentEvent {
  const { folder, store, journal } = preparing;
  const jws = requireFile(folder.readEnvelope(), `${folder.path}/envelope.jws`);
  const { generation } = readKeptEnvelope(jws, settings, {}, 1);
  const journalHead = journal.append("volume-kept", { volumeId, generation });
  store.update({ generation, journalHead, preparation: { step: "prepared", volumeId } });
  return prepared(preparing, { generation, notes: ["the volume was left unchanged"] });
}

function openPreparation(
  given: PrepareArguments,
  folder: StateFolder,
  found: Pick<Settings, "bootIdFile" | "volume"> | undefined,
  dependencies: Preparing["dependencies"] &
    Pick<CommandDependencies, "cryptsetupFolders" | "nowIso">,
): Preparing {
  const { cryptsetupFolders, nowIso, elapsedMs } = dependencies;
  const bootIdFile = found?.bootIdFile ?? given.bootIdFile;
  const bootId = readBootId(bootIdFile === undefined ? undefined : resolve(bootIdFile));
  const kind = chooseVolumeKind(given.volumeKind, cryptsetupFolders);
  const chosen = found?.volume ?? { kind, path: resolve(given.volume) };
  return {
    given,
    dependencies,
    folder,
    bootId,
    store: createStateStore(folder, folder.readState() ?? initialState(nowIso())),
    volume: openVolume(chosen, given.serial, cryptsetupFolders),
    journal: openJournal(folder.journalPath, { bootId, nowIso }),
    stopwatch: createStopwatch(elapsedMs),
  };
}

/** From an enrolled node to a prepared one. */
async function lockVolume(
  preparing: Preparing,
  settings: Settings,
  mayKeep: boolean,
): Promise<AgentEvent> {
  const { given, volume, folder, bootId, journal, store, stopwatch, dependencies } = preparing;
  const { mark } = stopwatch;
  const limit = () => AbortSignal.timeout(dependencies.totalTimeoutMs);
  using transport = connect(settings.connection);
  const session = openBrokerSession({ folder, settings, store, bootId }, transport, limit(), mark);
  const envelope = await readHeldEnvelope(folder, volume, session);
  const { generation } = envelope;
  const copy = isSplit(envelope) ? await keepCopy(preparing, session, settings) : undefined;
  const answer = await requestContentKey(session, { purpose: "prepare", generation });
  if (answer.kind === "denial") return denied(preparing, answer.denial);
  if (answer.kind === "pending") {
    const { retryAfterSeconds, correlationId, approval } = answer.pending;
    throw new AppError("ApprovalPending", {
      facts: { approvalId: approval.id, retryAfterSeconds, correlationId },
    });
  }
  const opened = await openGrant(session, answer, envelope);
  let proven: Opened;
  try {
    const { passkeyOrigin } = settings;
    const { sizeMib } = given;
    const { unlockKey } = opened;
    proven = await formatVolume({ volume, store, unlockKey, passkeyOrigin, sizeMib, mayKeep });
  } finally {
    zero(opened.unlockKey);
  }
  const { grantHash, grant } = answer;
  await volume.storeEnvelope(opened.envelope.jws);
  folder.writeEnvelope(opened.envelope.jws);
  const facts = { grantHash, generation, ...factsOfCopy(copy?.deviceShare) };
  const journalHead = journal.append("formatted", facts);
  store.update({
    generation: opened.envelope.generation,
    ...describeCopy(copy?.deviceShare),
    journalHead,
  });
  mark("formatted");
  const counter = store.nextCounter();
  const content = {
    grantHash,
    journalHead,
    outcome: "prepared",
    counter,
    extensions: copy,
  } as const;
  // The time limit for the broker starts again: a passkey's argon2 may have used all of it on a
  // slow machine.
  const receipt = await sendReceipt({ ...session, deadline: limit() }, content);
  if (receipt.kind === "denial") return denied(preparing, receipt.denial);
  recordAcknowledgement(journal, receipt);
  finish(preparing);
  const { kid, correlationId } = grant;
  const { generation: raised } = opened.envelope;
  return prepared(preparing, { ...proven, kid, correlationId, generation: raised });
}

/** The broker keeps the first copy that it receives, so each run sends the same one. */
async function keepCopy(
  { folder, store }: Pick<Preparing, "folder" | "store">,
  session: Pick<BrokerSession, "env" | "order" | "serial">,
  settings: Pick<Settings, "recoveryKeys">,
): Promise<Awaited<ReturnType<typeof makeCopiedShare>>> {
  const { deviceShare } = store.current;
  const isHere = findShare(folder, session.env) !== "missing";
  if (deviceShare !== undefined && isHere) return { deviceShare };
  const copy = await makeCopiedShare(folder, session, readRecoveryKeys(settings));
  store.update({ deviceShare: copy?.deviceShare });
  return copy;
}

/** It applies also to a run that was killed, and to a finished one. */
function requireGivenBefore(
  { given, folder, store: { current } }: Pick<Preparing, "folder" | "given" | "store">,
  found: Settings,
): void {
  const jws = folder.readEnvelope();
  if (asksForSplit(given) && jws !== undefined)
    requireCustody(true, readKeptEnvelope(jws, found, current));
  const isPrepared = current.preparation.step === "prepared";
  const copiedFor = isPrepared
    ? (current.shareCopiedFor ?? [])
    : thumbprintsOf(readRecoveryKeys(found));
  requireOwnersKeys(copiedFor, given.recoveryKeys, "prepare");
}

function requireSameNode(found: Settings, given: Pick<PrepareArguments, "order" | "serial">): void {
  if (found.order !== given.order || found.serial !== given.serial)
    throw new AppError("Misuse", {
      detail: `this state folder belongs to node ${found.serial} of ${found.order}`,
    });
}

function finish({ journal, store }: Pick<Preparing, "journal" | "store">): void {
  const { preparation } = store.current;
  if (preparation.step === "begun") throw new TypeError("the volume was not marked");
  const journalHead = journal.append("prepared");
  const { volumeId } = preparation;
  store.update({
    journalHead,
    deviceShare: undefined,
    preparation: { step: "prepared", volumeId },
  });
}

function prepared(preparing: Preparing, rest: Partial<SuccessEvent>): AgentEvent {
  const { folder, store } = preparing;
  const settings = requireFile(folder.readSettings(), `${folder.path}/agent.json`);
  const details = { custody: custodyOf(folder, settings, store.current) };
  return { ...common(preparing), outcome: "prepared", details, ...rest };
}

function denied(preparing: Preparing, denial: Denial): AgentEvent {
  const { folder, given } = preparing;
  const { serial, order, broker: brokerUrl } = given;
  const known = knownFacts(folder.path, { serial, order, connection: { brokerUrl } });
  return eventOfDenial(denial, { ...common(preparing), known });
}

function common({ given, volume, stopwatch, dependencies }: Preparing) {
  const event = eventOf("prepare", { serial: given.serial, volume }, dependencies);
  return { ...event, timings: stopwatch.timings() };
}
