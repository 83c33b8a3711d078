import { zero } from "@databox-cmk/crypto";
import { AppError, ERRORS, toAppError } from "@databox-cmk/errors";
import type { Denial } from "@databox-cmk/protocol";

import type { Transport } from "../broker-client/transport.ts";
import { HEADER_GENERATION_MAX, type Rekey } from "../core/machine-state.ts";
import type { Volume } from "../core/ports.ts";
import type { BrokerSession } from "../exchange/broker-session.ts";
import { confirmRekey } from "../exchange/rekey.ts";
import type { CommandDependencies } from "../node/dependencies.ts";
import type { PreparedNode } from "../node/hold-node.ts";
import { type Node, withJournal } from "../node/journaled-node.ts";
import { openBrokerSession } from "../node/open-node.ts";
import { renewOnVolume } from "../node/record-unlock.ts";
import { describeCopy } from "../share/copy-share.ts";
import { destroyOtherShares, destroyShare, isSplitRekey, readShare } from "../share/keep-share.ts";
import { requireCustody } from "../share/unlock-key.ts";
import type { StateStore } from "../state/state-folder.ts";

export type Rekeying = {
  readonly node: Node;
  readonly volume: Volume;
  readonly session: BrokerSession;
};

export type RekeyEnd =
  | { readonly kind: "rekeyed"; readonly generation: number; readonly notes: readonly string[] }
  /** Another key of the order came first; the volume is unchanged. */
  | { readonly kind: "overtaken" }
  | { readonly kind: "denial"; readonly denial: Denial };

/**
 * Moves a volume from two keys to the current key. Only the broker knows which one that is; until
 * it answers, both slots stay. Safe to repeat from every point.
 *
 * @throws {AppError} `BrokerUnreachable` or `BrokerBusy`, or as `readShare`; then nothing has
 * changed
 */
export async function finishRekey(rekeying: Rekeying, rekey: Rekey): Promise<RekeyEnd> {
  const { node, volume, session } = rekeying;
  const { folder, store } = node;
  const isSplit = isSplitRekey(folder, rekey);
  // Without it, the new slot could not be opened once the old one is removed.
  if (isSplit) zero(await readShare(folder, rekey.env));
  if (rekey.step !== "committed") {
    const facts = { rekey: rekey.id, slot: rekey.slot };
    const journalHead = node.record("rekey-confirming", facts);
    const answer = await confirmRekey(session, rekey, journalHead);
    if (answer.kind === "denial") return answer;
    const { jws, generation, envelope } = answer.envelope;
    const { env } = envelope.context;
    if (env !== rekey.env) return giveUp(rekeying, rekey, env);
    requireCustody(isSplit, answer.envelope);
    folder.writeEnvelope(jws);
    store.update({
      env,
      generation,
      ...describeCopy(rekey.deviceShare),
      rekey: { ...rekey, step: "committed" },
    });
  }
  await removeOthers(volume, rekey.slot);
  destroyOtherShares(folder, rekey.env);
  // Before the end is recorded: a run that is killed here, or an unlock, does it again.
  const jws = folder.readEnvelope();
  const notes = jws === undefined ? [] : await renewOnVolume(volume, jws);
  const headerGeneration = await raiseHeaderGeneration(volume, store);
  const { generation } = store.current;
  const facts = { rekey: rekey.id, generation, slot: rekey.slot };
  node.record("rekeyed", facts, { rekey: undefined, headerGeneration });
  return { kind: "rekeyed", generation, notes };
}

/**
 * Writes the header first and the state last: a kill in between leaves a header that is newer than
 * the state, which opens. The new state refuses backups of the header from before this write.
 */
async function raiseHeaderGeneration(
  volume: Pick<Volume, "readHeaderGeneration" | "writeHeaderGeneration">,
  store: StateStore,
): Promise<number> {
  const remembered = store.current.headerGeneration ?? 0;
  const raised = Math.max(remembered, await volume.readHeaderGeneration()) + 1;
  const generation = Math.min(raised, HEADER_GENERATION_MAX);
  await volume.writeHeaderGeneration(generation);
  return generation;
}

/** Removes an unused new slot. */
async function giveUp(
  { node, volume, session }: Rekeying,
  { id, env, slot }: Rekey,
  current: string,
): Promise<RekeyEnd> {
  if (current !== session.env)
    throw new AppError("EnvelopeRejected", {
      detail: "the broker has activated an envelope that this node never received",
    });
  await removeSlot(volume, slot);
  const change = { rekey: undefined, shareUnproven: undefined };
  node.record("rekey-overtaken", { rekey: id, slot }, change);
  destroyShare(node.folder, env);
  return { kind: "overtaken" };
}

async function removeOthers(volume: Pick<Volume, "path" | "slots">, kept: number): Promise<void> {
  const slots = await volume.slots.list();
  if (!slots.includes(kept))
    throw new AppError("VolumeUnavailable", {
      detail: `${volume.path}: key slot ${String(kept)} is gone; no other is removed`,
    });
  for (const slot of slots) if (slot !== kept) await volume.slots.remove(slot);
}

/** Never removes the last slot. */
export async function removeSlot({ slots }: Pick<Volume, "slots">, slot: number): Promise<void> {
  const used = await slots.list();
  if (used.includes(slot) && used.length > 1) await slots.remove(slot);
}

/**
 * An unlock names the current envelope, so an interrupted rekeying that the broker may have put in
 * force is finished first.
 */
export async function finishBeforeUnlock(
  held: PreparedNode,
  volume: Volume,
  transport: Transport,
  dependencies: Pick<CommandDependencies, "totalTimeoutMs" | "nowIso">,
): Promise<void> {
  const { rekey } = held.store.current;
  if (rekey === undefined || rekey.step === "proposed") return;
  const node = withJournal(held, dependencies);
  const deadline = AbortSignal.timeout(dependencies.totalTimeoutMs);
  const session = openBrokerSession(node, transport, deadline);
  try {
    // The answer to the unlock repeats a refusal and reports it.
    await finishRekey({ node, volume, session }, rekey);
  } catch (error) {
    // So does an outage; an unlock may then have another way.
    if (ERRORS[toAppError(error).code].class !== "unreachable") throw error;
  }
}
