import { bootId, messageHash, uuid } from "@databox-cmk/protocol";
import * as z from "zod/mini";

import { heldLease } from "./lease-state.ts";
import { openedByPasskey } from "./passkey-opening.ts";
import { RECEIPTS_MAX, waitingReceipt } from "./waiting-receipt.ts";

/**
 * How far preparation got. Each step is durable before the next begins, so a rerun goes on where a kill stopped it.
 * `formatting` is the mark that what stands on the volume is our own unfinished work.
 */
const preparation = z.discriminatedUnion("step", [
  z.strictObject({ step: z.literal("begun") }),
  z.strictObject({ step: z.literal("formatting"), volumeId: uuid }),
  z.strictObject({ step: z.literal("prepared"), volumeId: uuid }),
]);
export type Preparation = z.infer<typeof preparation>;

/** An unlocked volume is only so within the boot that unlocked it. */
const lock = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("locked"),
    since: z.iso.datetime(),
    /** Locked to be sent back, until it is opened again. */
    preparedToShip: z.optional(z.literal(true)),
  }),
  z.strictObject({
    kind: z.literal("unlocked"),
    since: z.iso.datetime(),
    bootId,
    mapping: z.optional(z.string().check(z.maxLength(128))),
    lease: z.optional(heldLease),
    passkey: z.optional(openedByPasskey),
  }),
]);

/**
 * A rekeying under way. `proposed`: the slot is ours to fill, and nobody relies on it. `added`: the volume takes both keys, and the
 * broker may have put the new envelope in force: only it can say. `committed`: it has, and the other slots are to be removed.
 */
const rekey = z.strictObject({
  step: z.enum(["proposed", "added", "committed"]),
  id: uuid,
  env: uuid,
  slot: z.int().check(z.gte(0), z.lte(31)),
});
export type Rekey = z.infer<typeof rekey>;

/** state.json: what changes. */
export const machineState = z.strictObject({
  version: z.literal(1),
  /** Of the last message sent; stored before it is sent, so that no two messages ever carry the same one. */
  counter: z.int().check(z.gte(0), z.lt(Number.MAX_SAFE_INTEGER)),
  /** Highest generation of the envelope that was ever accepted. */
  generation: z.int().check(z.gte(0), z.lte(1_000_000)),
  preparation,
  lock,
  /** Identity of the envelope in force, once a rekeying has replaced that of the enrolment. */
  env: z.optional(uuid),
  rekey: z.optional(rekey),
  /** Last row of the journal that is known to be on disk: a shorter journal was cut. */
  journalHead: z.optional(messageHash),
  /** What the broker has not heard yet, oldest first: a restart of the agent forgets none. */
  receipts: z.optional(z.array(waitingReceipt).check(z.maxLength(RECEIPTS_MAX))),
});
export type MachineState = z.infer<typeof machineState>;

export function initialState(nowIso: string): MachineState {
  return {
    version: 1,
    counter: 0,
    generation: 0,
    preparation: { step: "begun" },
    lock: { kind: "locked", since: nowIso },
  };
}

/** A volume that another boot unlocked is locked: no mapping and no key outlives a boot. */
export function isUnlocked(state: MachineState, currentBootId: string): boolean {
  return state.lock.kind === "unlocked" && state.lock.bootId === currentBootId;
}
