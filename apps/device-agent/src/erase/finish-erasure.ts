import { randomUUID } from "node:crypto";

import { importVerifyKey, signMessage } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import { MESSAGE_TYPES } from "@databox-cmk/protocol";
import type { Denial, Sanitisation, SanitisedMedium } from "@databox-cmk/protocol";

import type { AgentEvent } from "../core/agent-event.ts";
import { describeErasure, type Discard } from "../core/describe-erasure.ts";
import type { Erasure, ErasureStep, MarkedMedium } from "../core/erasure.ts";
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
import { openBrokerSession } from "../node/open-node.ts";
import { roundToTenth } from "../node/stopwatch.ts";
import { destroyNodeFiles, writeErasure } from "../state/erasure-file.ts";
import { requireFile } from "../state/private-file.ts";
import { openStateFolder, type StateFolder } from "../state/state-folder.ts";
import { openVolume } from "../volume/choose-volume.ts";
import {
  clearMark,
  discardMedium,
  hasMark,
  MARK_BYTES,
  markMedium,
  overwriteMedium,
  readMedium,
  verifyMedium,
} from "../volume/erase-medium.ts";
import { deliverJournal } from "./deliver-journal.ts";

const DELIVERY_TIMEOUT_MS = 10_000;

/** A person waits for news: a large drive takes hours. */
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
  const sanitised =
    found.step === "begun" || found.step === "overwritten"
      ? await sanitise(folder, found, dependencies)
      : found;
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

type Unsanitised = ErasureStep<"begun" | "overwritten">;

/** Keys first, then the data; verified, and then signed. */
async function sanitise(
  folder: StateFolder,
  begun: Unsanitised,
  dependencies: Pick<
    CommandDependencies,
    "nowIso" | "report" | "cryptsetupFolders" | "elapsedMs" | "totalTimeoutMs"
  >,
): Promise<ErasureStep<"sanitised">> {
  const { nowIso, report, cryptsetupFolders, elapsedMs, totalTimeoutMs } = dependencies;
  const settings = requireFile(folder.readSettings(), `${folder.path}/agent.json`);
  const state = requireFile(folder.readState(), `${folder.path}/state.json`);
  const { path, kind } = settings.volume;
  const volume = openVolume(settings.volume, begun.serial, cryptsetupFolders);
  const { id, left } = await requireOwnMedium(volume, state, begun);
  const medium: SanitisedMedium = { path: printable(path), volume: kind, id, ...readMedium(path) };
  const { bytes } = medium;
  const unmarked = { ...medium, bytes: bytes - MARK_BYTES };
  const tell = (note: string) => {
    report({ ...eventOf("erase", settings, dependencies), outcome: "erasing", notes: [note] });
  };
  let toldMs = elapsedMs();
  const passed = (step: string) => (done: number) => {
    if (elapsedMs() - toldMs < TELL_EVERY_MS) return;
    toldMs = elapsedMs();
    tell(`${step}: ${String(Math.floor((100 * done) / unmarked.bytes))} %`);
  };
  const overwrite = async (marked: MarkedMedium): Promise<ErasureStep<"overwritten">> => {
    tell(`${String(bytes)} bytes are overwritten and read back`);
    await volume.close(mappingOf(state) ?? volume.mapped());
    markMedium(path, marked);
    if ((await volume.inspect()).kind === "formatted") await volume.destroyKeySlots();
    destroyNodeFiles(folder.path, "begun");
    const discard = await discardMedium(path, medium);
    overwriteMedium(path, unmarked, passed("overwritten"));
    await verifyMedium(path, unmarked, { passed: passed("read back") });
    return writeErasure(folder.path, { ...begun, step: "overwritten", medium: marked, discard });
  };
  const { discard } =
    begun.step === "overwritten"
      ? begun
      : await overwrite(begun.medium ?? rememberMedium(folder, begun, path));
  if (left !== "nothing") clearMark(path, medium);
  // Without its mark, this may be another medium, so it is read only, and all of it.
  await verifyMedium(path, medium, { from: left === "nothing" ? 0 : unmarked.bytes });
  const node = withJournal(openNode(folder, settings, state), dependencies);
  // Before the row: a node without its key adds none.
  requireDeviceKey(folder);
  const journalHead = node.record("sanitised", { medium: id, bytes, discard });
  using transport = connect(settings.connection);
  const deadline = AbortSignal.timeout(Math.min(totalTimeoutMs, DELIVERY_TIMEOUT_MS));
  const missing = await deliverJournal(node, openBrokerSession(node, transport, deadline));
  if (missing > 0)
    tell(`the broker did not take ${String(missing)} rows of the journal: keep journal.jsonl`);
  const certificate = await signCertificate(node, begun, {
    journalHead,
    medium,
    discard,
    verifiedAt: nowIso(),
  });
  const { version, order, serial, startedAt } = begun;
  const common = { version, order, serial, startedAt };
  return writeErasure(folder.path, { ...common, step: "sanitised", certificate });
}

/** Writes down which medium is erased: for an erasure that an earlier agent began, now. */
export function rememberMedium(
  folder: Pick<StateFolder, "path">,
  begun: Omit<ErasureStep<"begun">, "medium">,
  path: string,
): MarkedMedium {
  const { bytes, serialNumber } = readMedium(path);
  const medium = { bytes, serialNumber, mark: randomUUID() };
  writeErasure(folder.path, { ...begun, medium });
  return medium;
}

async function signCertificate(
  node: Node,
  { order, serial, startedAt }: Unsanitised,
  {
    journalHead,
    medium,
    discard,
    verifiedAt,
  }: Pick<Sanitisation, "journalHead" | "medium" | "verifiedAt"> & { readonly discard: Discard },
): Promise<string> {
  const { store, bootId, folder } = node;
  const { signingKey } = requireDeviceKey(folder);
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

/** `mark`: that of this erasure, and perhaps data. `nothing`: zeros, and perhaps not its own. */
type Left = "volume" | "mark" | "nothing";

/**
 * A path may name another disk than the one that was prepared, or than the one whose erasure began.
 *
 * @param begun - absent: nothing is destroyed yet, and the volume must be whole
 * @returns UUID of the volume, and how much is left of it
 * @throws {AppError} `VolumeNotFound` or `VolumeUnavailable`: nothing on it is touched
 */
export async function requireOwnMedium(
  volume: Pick<Volume, "path" | "inspect">,
  { preparation }: Pick<MachineState, "preparation">,
  begun?: Unsanitised,
): Promise<{ readonly id: string; readonly left: Left }> {
  const { path } = volume;
  const content = await volume.inspect();
  if (content.kind === "missing")
    throw new AppError("VolumeNotFound", { target: path, detail: path });
  if (preparation.step === "prepared") {
    const { volumeId: id } = preparation;
    const left = whatIsLeft(path, content, id, begun);
    if (left !== undefined) return { id, left };
  }
  throw new AppError("VolumeUnavailable", {
    target: path,
    detail: `${path} is not the medium that this node was prepared with: it is not erased`,
  });
}

function whatIsLeft(
  path: string,
  content: Awaited<ReturnType<Volume["inspect"]>>,
  id: string,
  begun: Unsanitised | undefined,
): Left | undefined {
  const { medium } = begun ?? {};
  if (medium !== undefined) {
    const { bytes, serialNumber } = readMedium(path);
    if (bytes !== medium.bytes || serialNumber !== medium.serialNumber) return undefined;
    if (hasMark(path, medium)) return "mark";
  }
  if (content.kind === "formatted") return content.id === id ? "volume" : undefined;
  return begun?.step === "overwritten" && content.kind === "blank" ? "nothing" : undefined;
}
