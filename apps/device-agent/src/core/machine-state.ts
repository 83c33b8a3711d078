import {
  bootId,
  denial,
  deviceShare as deviceShareCopy,
  messageHash,
  uuid,
} from "@databox-cmk/protocol";
import * as z from "zod/mini";

import { heldLease } from "./lease-state.ts";
import { openedByPasskey } from "./passkey-opening.ts";
import { RECEIPTS_MAX, waitingReceipt } from "./waiting-receipt.ts";

/** Highest generation that a header can have; a header that claims more is damaged or forged. */
export const HEADER_GENERATION_MAX = 1_000_000;

/**
 * The progress of preparation. Each step is durable before the next begins, so a rerun continues
 * where a kill stopped it. `formatting` marks the content of the volume as our own unfinished work.
 */
const preparation = z.discriminatedUnion("step", [
  z.strictObject({ step: z.literal("begun") }),
  z.strictObject({ step: z.literal("formatting"), volumeId: uuid }),
  z.strictObject({ step: z.literal("prepared"), volumeId: uuid }),
]);
export type Preparation = z.infer<typeof preparation>;

/** A volume counts as unlocked only within the boot that unlocked it. */
const lock = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("locked"),
    since: z.iso.datetime(),
    /** Locked for the return shipment, until it is opened again. */
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
 * A rekeying in progress. `proposed`: the slot is ours to fill, and nothing depends on it. `added`:
 * the volume accepts both keys, and only the broker knows whether the new envelope is in force.
 * `committed`: it is in force, and the other slots must be removed.
 */
const rekey = z.strictObject({
  step: z.enum(["proposed", "added", "committed"]),
  id: uuid,
  env: uuid,
  slot: z.int().check(z.gte(0), z.lte(31)),
  /** The proposal is of split custody. */
  split: z.optional(z.literal(true)),
  /** In split custody: the copy of the new share for the owner's recovery keys, to be reported. */
  deviceShare: z.optional(deviceShareCopy),
});
export type Rekey = z.infer<typeof rekey>;

/** state.json: the changing state. */
export const machineState = z.strictObject({
  version: z.literal(1),
  /**
   * Counter of the last message; stored before it is sent, so that two messages never carry the
   * same one.
   */
  counter: z.int().check(z.gte(0), z.lt(Number.MAX_SAFE_INTEGER)),
  /** Highest generation of all accepted envelopes. */
  generation: z.int().check(z.gte(0), z.lte(1_000_000)),
  preparation,
  lock,
  /** Identity of the current envelope, once a rekeying has replaced the enrolment's. */
  env: z.optional(uuid),
  rekey: z.optional(rekey),
  /** In split custody: the recovery keys that open the copy of this node's share, by thumbprint. */
  shareCopiedFor: z.optional(z.array(z.string().check(z.maxLength(128))).check(z.maxLength(3))),
  /** That copy, until the broker has the receipt of the preparation. */
  deviceShare: z.optional(deviceShareCopy),
  /** SHA-256 of that copy, as this node sent it. */
  shareCopyHash: z.optional(z.string().check(z.regex(/^[0-9a-f]{64}$/))),
  /** The share is one that `recover` was given, and no unlock has proven it yet. */
  shareUnproven: z.optional(z.literal(true)),
  /** Generation of the newest header that the volume had; absent while it was never rekeyed. */
  headerGeneration: z.optional(z.int().check(z.gte(0), z.lte(HEADER_GENERATION_MAX))),
  /** Last row of the journal that is known to be on disk: a shorter journal was cut. */
  journalHead: z.optional(messageHash),
  /** The refusal or order that keeps the volume closed, in the broker's words; an unlock ends it. */
  refusal: z.optional(denial),
  /** Undelivered receipts, oldest first: a restart of the agent loses none. */
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
export function isUnlocked(state: Pick<MachineState, "lock">, currentBootId: string): boolean {
  return state.lock.kind === "unlocked" && state.lock.bootId === currentBootId;
}
