import { importVerifyKey, signMessage } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import { MESSAGE_TYPES } from "@databox-cmk/protocol";
import type { Denial, Sanitisation, SanitisedMedium } from "@databox-cmk/protocol";

import type { AgentEvent } from "../core/agent-event.ts";
import { describeErasure, type Discard } from "../core/describe-erasure.ts";
import type { Erasure, ErasureStep } from "../core/erasure.ts";
import { eventOfDenial } from "../core/failure-event.ts";
import type { MachineState } from "../core/machine-state.ts";
import type { Volume } from "../core/ports.ts";
import { requireDeviceKey } from "../device-key/device-key.ts";
import { sendCertificate } from "../exchange/erase.ts";
import { connect } from "../node/connect.ts";
import type { CommandDependencies } from "../node/dependencies.ts";
import { eventOf, notesOf } from "../node/event-of.ts";
import { openNode } from "../node/hold-node.ts";
import { type Node, withJournal } from "../node/journaled-node.ts";
import { roundToTenth } from "../node/stopwatch.ts";
import { destroyNodeFiles, writeErasure } from "../state/erasure-file.ts";
import { requireFile } from "../state/private-file.ts";
import { openStateFolder, type StateFolder } from "../state/state-folder.ts";
import { openVolume } from "../volume/choose-volume.ts";
import {
  discardMedium,
  overwriteMedium,
  readMedium,
  verifyMedium,
} from "../volume/erase-medium.ts";

/** For a person who waits: a large drive takes hours. */
const TELL_EVERY_MS = 10_000;

/**
 * Continues an erasure from the step that its mark names. Each step may be repeated.
 *
 * @throws {AppError} `ErasureUnverified`, `BrokerUnreachable`, or what volume and state throw; the
 *   mark stays, and the node opens nothing
 */
export async function finishErasure(
  found: Erasure,
  dependencies: CommandDependencies,
): Promise<AgentEvent> {
  const folder = openStateFolder(dependencies.stateDir, dependencies.credentialsFolder);
  const sanitised = found.step === "begun" ? await sanitise(folder, found, dependencies) : found;
  const certified =
    sanitised.step === "sanitised" ? await certify(folder, sanitised, dependencies) : sanitised;
  const event = {
    event: "erase",
    node: found.serial,
    elapsedMs: roundToTenth(dependencies.elapsedMs()),
  } as const;
  if (certified.step === "denied") return eventOfDenial(certified.denial, event);
  const { order, startedAt, countersignedAt } = certified;
  if (certified.step === "certified") {
    destroyNodeFiles(folder.path, "certified");
    writeErasure(folder.path, { ...certified, step: "erased" });
  }
  return {
    ...event,
    outcome: "erased",
    details: { order, since: startedAt, countersignedAt },
    notes: notesOf(
      found.step === "erased" && "it was erased already",
      folder.readDeviceKey() !== undefined &&
        "systemd keeps a copy of the device key: remove it from /etc/credstore.encrypted",
    ),
  };
}

/** Keys first, then the data; verified, and then signed. */
async function sanitise(
  folder: StateFolder,
  begun: ErasureStep<"begun">,
  dependencies: Pick<CommandDependencies, "nowIso" | "report" | "cryptsetupFolders" | "elapsedMs">,
): Promise<ErasureStep<"sanitised">> {
  const { nowIso, report, cryptsetupFolders, elapsedMs } = dependencies;
  const settings = requireFile(folder.readSettings(), `${folder.path}/agent.json`);
  const state = requireFile(folder.readState(), `${folder.path}/state.json`);
  const { path, kind } = settings.volume;
  const volume = openVolume(settings.volume, begun.serial, cryptsetupFolders);
  const id = await requireOwnMedium(volume, state, "partly");
  const medium: SanitisedMedium = { path: printable(path), volume: kind, id, ...readMedium(path) };
  const tell = (note: string) => {
    report({ ...eventOf("erase", settings, dependencies), outcome: "erasing", notes: [note] });
  };
  let toldMs = elapsedMs();
  const passed = (step: string) => (bytes: number) => {
    if (elapsedMs() - toldMs < TELL_EVERY_MS) return;
    toldMs = elapsedMs();
    tell(`${step}: ${String(Math.floor((100 * bytes) / medium.bytes))} %`);
  };
  tell(`${String(medium.bytes)} bytes are overwritten and read back`);
  await volume.close(mappingOf(state) ?? volume.mapped());
  if ((await volume.inspect()).kind === "formatted") await volume.destroyKeySlots();
  destroyNodeFiles(folder.path, "begun");
  const discard = await discardMedium(path, medium);
  overwriteMedium(path, medium, passed("overwritten"));
  await verifyMedium(path, medium, { passed: passed("read back") });
  const node = withJournal(openNode(folder, settings, state), dependencies);
  const certificate = await signCertificate(node, begun, medium, discard, nowIso());
  return writeErasure(folder.path, { ...begun, step: "sanitised", certificate });
}

async function signCertificate(
  node: Node,
  { order, serial, startedAt }: ErasureStep<"begun">,
  medium: SanitisedMedium,
  discard: Discard,
  verifiedAt: string,
): Promise<string> {
  const { bytes, id } = medium;
  const { store, bootId, folder } = node;
  // Before the row: a node without its key adds none.
  const { signingKey } = requireDeviceKey(folder);
  const journalHead = node.record("sanitised", { medium: id, bytes, discard });
  const payload: Sanitisation = {
    order,
    serial,
    bootId,
    counter: store.nextCounter(),
    journalHead,
    medium,
    ...describeErasure(medium, discard),
    startedAt,
    verifiedAt,
  };
  return signMessage(signingKey, MESSAGE_TYPES.sanitisation, payload);
}

async function certify(
  folder: Pick<StateFolder, "path" | "readSettings">,
  sanitised: ErasureStep<"sanitised">,
  { totalTimeoutMs }: Pick<CommandDependencies, "totalTimeoutMs">,
): Promise<ErasureStep<"certified"> | { readonly step: "denied"; readonly denial: Denial }> {
  const { order, serial, certificate } = sanitised;
  const settings = requireFile(folder.readSettings(), `${folder.path}/agent.json`);
  using transport = connect(settings.connection);
  const brokerKeys = settings.brokerKeys.map((key) => importVerifyKey(key));
  const deadline = AbortSignal.timeout(totalTimeoutMs);
  const answer = await sendCertificate(
    { order, serial, brokerKeys, transport, deadline },
    certificate,
  );
  if (answer.kind === "denial") return { step: "denied", denial: answer.denial };
  const { countersignedAt } = answer.value;
  const step = "certified";
  return writeErasure(folder.path, {
    ...sanitised,
    step,
    countersignature: answer.jws,
    countersignedAt,
  });
}

const mappingOf = ({ lock }: Pick<MachineState, "lock">): string | undefined =>
  lock.kind === "unlocked" ? lock.mapping : undefined;

/** A path is any bytes, and a certificate has printable ones. */
const printable = (path: string): string => path.replaceAll(/[^ -~]/g, "?");

/**
 * A path may name another disk than the one that was prepared.
 *
 * @param state - `whole`: the volume must carry its mark; `partly`: it may be overwritten already
 * @returns UUID of the volume
 * @throws {AppError} `VolumeNotFound` or `VolumeUnavailable`: nothing on it is touched
 */
export async function requireOwnMedium(
  volume: Pick<Volume, "path" | "inspect">,
  { preparation }: Pick<MachineState, "preparation">,
  state: "whole" | "partly",
): Promise<string> {
  const { path } = volume;
  const own = preparation.step === "prepared" ? preparation.volumeId : undefined;
  const content = await volume.inspect();
  if (content.kind === "missing")
    throw new AppError("VolumeNotFound", { target: path, detail: path });
  const isOwn =
    content.kind === "formatted"
      ? content.id === own
      : state === "partly" && (content.kind === "blank" || content.kind === "unrecognised");
  if (own !== undefined && isOwn) return own;
  throw new AppError("VolumeUnavailable", {
    target: path,
    detail: `${path} does not hold the volume that this node was prepared with: it is not erased`,
  });
}
