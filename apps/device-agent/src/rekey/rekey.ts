import { zero } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";

import type { CheckedEnvelope } from "../answers/signed-envelope.ts";
import type { AgentEvent } from "../core/agent-event.ts";
import type { CustodyWish } from "../core/command.ts";
import { eventOfDenial } from "../core/failure-event.ts";
import type { HeldLease } from "../core/lease-state.ts";
import { isUnlocked } from "../core/machine-state.ts";
import type { BrokerSession } from "../exchange/broker-session.ts";
import { type Proposal, requestRekey } from "../exchange/rekey.ts";
import { connect } from "../node/connect.ts";
import type { CommandDependencies, VolumeDependencies } from "../node/dependencies.ts";
import { eventOf, notesOf } from "../node/event-of.ts";
import { holdNode } from "../node/hold-node.ts";
import { type Node, withJournal } from "../node/journaled-node.ts";
import { openBrokerSession, readHeldEnvelope } from "../node/open-node.ts";
import {
  factsOfCopy,
  makeCopiedShare,
  requireOwnersKeys,
  thumbprintsOf,
} from "../share/copy-share.ts";
import { custodyOf } from "../share/describe-share.ts";
import { asksForSplit, isSplit, requireCustody, unlockKeyOf } from "../share/unlock-key.ts";
import { openVolume } from "../volume/choose-volume.ts";
import { finishRekey, type RekeyEnd, type Rekeying, removeSlot } from "./finish-rekey.ts";

/**
 * A rotation may intervene once; twice in a row means that another operation should finish first.
 */
const ATTEMPTS = 2;

/**
 * Gives the volume another unlock key. Propose → add a slot and prove it → confirm → remove the old
 * slot: at each moment the key that the portal shows opens the volume, and the next run continues
 * wherever this one was killed.
 *
 * @throws {AppError} every failure that the broker did not sign
 */
export async function rekey(
  given: CustodyWish,
  dependencies: VolumeDependencies & Pick<CommandDependencies, "totalTimeoutMs">,
): Promise<AgentEvent> {
  const { cryptsetupFolders, totalTimeoutMs } = dependencies;
  using prepared = await holdNode(dependencies);
  const node = withJournal(prepared, dependencies);
  const { settings, store } = node;
  const volume = openVolume(settings.volume, settings.serial, cryptsetupFolders);
  using transport = connect(settings.connection, dependencies);
  const context = () => eventOf("rekey", settings, dependencies);
  /**
   * The time limit for the broker starts again: a slot's argon2 may have used all of it on a slow
   * machine.
   */
  const anew = (): Rekeying => {
    const session = openBrokerSession(node, transport, AbortSignal.timeout(totalTimeoutMs));
    return { node, volume, session };
  };
  const requireWish: RequireWish = (held, { envelope, recoveryKeys }) => {
    if (isSplit(held) || asksForSplit(given)) requireCustody(true, envelope);
    const known = isSplit(held) ? (store.current.shareCopiedFor ?? []) : undefined;
    requireOwnersKeys(thumbprintsOf(recoveryKeys), given.recoveryKeys ?? known);
  };
  const custody = () => custodyOf(node.folder, settings, store.current);
  const end = await finishInterrupted(anew());
  // One that began without the wish for split custody has not given it.
  const isUnmet = end?.kind === "rekeyed" && asksForSplit(given) && custody() === "escrow";
  const { ended, interrupted } =
    end === undefined || end.kind === "overtaken" || isUnmet
      ? { ended: await begin(anew, requireWish), interrupted: false }
      : { ended: end, interrupted: true };
  if (ended.kind === "denial") return eventOfDenial(ended.denial, context());
  if (ended.kind === "overtaken") throw new AppError("RewrapConflict");
  const notes = notesOf(
    interrupted && "this finished a rekeying that was interrupted",
    ended.notes,
  );
  // The interrupted run made its copy before these keys were named.
  if (interrupted)
    requireOwnersKeys(store.current.shareCopiedFor ?? [], given.recoveryKeys, "interrupted");
  const { generation } = ended;
  return { ...context(), outcome: "rekeyed", generation, details: { custody: custody() }, notes };
}

async function finishInterrupted(rekeying: Rekeying): Promise<RekeyEnd | undefined> {
  const { rekey: found } = rekeying.node.store.current;
  return found === undefined || found.step === "proposed"
    ? undefined
    : finishRekey(rekeying, found);
}

/**
 * Before anything is changed: the proposal is what this node has, and what the person asks for.
 *
 * @throws {AppError} `EnvelopeRejected` or `RecoveryKeyUnconfirmed`
 */
type RequireWish = (
  held: CheckedEnvelope,
  proposal: Pick<Proposal, "envelope" | "recoveryKeys">,
) => void;

async function begin(anew: () => Rekeying, requireWish: RequireWish): Promise<RekeyEnd> {
  let end: RekeyEnd = { kind: "overtaken" };
  for (let attempt = 0; attempt < ATTEMPTS && end.kind === "overtaken"; attempt += 1)
    end = await rekeyOnce(anew, requireWish);
  return end;
}

async function rekeyOnce(anew: () => Rekeying, requireWish: RequireWish): Promise<RekeyEnd> {
  const rekeying = anew();
  const { node, volume, session } = rekeying;
  const lease = requireLease(node);
  const held = await readHeldEnvelope(node.folder, volume, session);
  const answer = await requestRekey(session, lease, held.generation);
  if (answer.kind === "denial") return answer;
  try {
    requireWish(held, answer);
    await addKey(rekeying, held, answer);
  } finally {
    zero(answer.currentKey, answer.proposedKey);
  }
  const { rekey: added } = node.store.current;
  if (added === undefined) throw new TypeError("the slot was not marked");
  return finishRekey(anew(), added);
}

/**
 * The broker accepts a live lease as the permission; it can close, and be renewed, while this runs.
 */
function requireLease({
  store: { current: state },
  bootId,
}: Pick<Node, "store" | "bootId">): HeldLease {
  const lease = state.lock.kind === "unlocked" ? state.lock.lease : undefined;
  if (!isUnlocked(state, bootId) || lease === undefined || lease.closing !== undefined)
    throw new AppError("RekeyNeedsLease");
  return lease;
}

async function addKey(
  { node, volume, session }: Rekeying,
  held: CheckedEnvelope,
  { id, envelope, currentKey, proposedKey, recoveryKeys }: Proposal,
): Promise<void> {
  const { folder, store } = node;
  const { order, serial } = session;
  const { env } = envelope.envelope.context;
  const slot = await chooseSlot(session, volume.slots, id, (old) => removeSlot(volume, old));
  const custody = isSplit(envelope) ? ({ split: true } as const) : {};
  store.update({ rekey: { step: "proposed", id, env, slot, ...custody } });
  const keys: Uint8Array[] = [];
  let copy: Awaited<ReturnType<typeof makeCopiedShare>>;
  try {
    if (isSplit(envelope))
      copy = await makeCopiedShare(folder, { env, order, serial }, recoveryKeys);
    const current = await unlockKeyOf(session, held, session.env, currentKey);
    keys.push(current);
    const next = await unlockKeyOf(session, envelope, env, proposedKey);
    keys.push(next);
    if (!(await volume.slots.opens(slot, next))) {
      await removeSlot(volume, slot); // The remains of a killed run.
      await volume.slots.add(slot, current, next);
      if (!(await volume.slots.opens(slot, next)))
        throw new AppError("VolumeRejectedKey", {
          detail: `${volume.path}: the new slot does not open`,
        });
    }
  } finally {
    zero(...keys);
  }
  const facts = { rekey: id, slot, ...factsOfCopy(copy?.deviceShare) };
  node.record("rekey-added", facts, {
    rekey: { step: "added", id, env, slot, ...custody, ...copy },
    shareUnproven: undefined, // The former share has opened a slot.
  });
}

/**
 * The slot that an earlier run marked for this exact proposal; otherwise a free one, and the slot
 * of an earlier proposal is freed.
 */
async function chooseSlot(
  { store }: Pick<BrokerSession, "store">,
  slots: Rekeying["volume"]["slots"],
  id: string,
  remove: (slot: number) => Promise<void>,
): Promise<number> {
  const { rekey: marked } = store.current;
  if (marked?.id === id) return marked.slot;
  if (marked !== undefined) await remove(marked.slot);
  const used = await slots.list();
  let free = 0;
  while (used.includes(free)) free += 1;
  return free;
}
