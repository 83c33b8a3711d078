import { namesOf } from "@databox-cmk/errors";
import { orderId, serial, uuid } from "@databox-cmk/protocol";
import * as z from "zod/mini";

import { DISCARDS } from "./describe-erasure.ts";

const jws = z.string().check(z.minLength(1), z.maxLength(16_384));
const countersigned = {
  certificate: jws,
  countersignature: jws,
  countersignedAt: z.iso.datetime(),
};
const common = { version: z.literal(1), order: orderId, serial, startedAt: z.iso.datetime() };

/**
 * The medium that is erased: its path may name another one later. `mark`: random, and written on
 * the medium before anything is destroyed.
 */
const medium = z.strictObject({
  bytes: z.int().check(z.gte(1), z.lte(Number.MAX_SAFE_INTEGER)),
  serialNumber: z.optional(z.string().check(z.maxLength(128))),
  mark: uuid,
});
export type MarkedMedium = z.infer<typeof medium>;

/**
 * erasure.json, the mark of an erasure. It is written before anything is destroyed, and each step
 * is durable before the next begins, so an interrupted erasure goes on where it stopped. `begun`:
 * keys and data are being destroyed. `overwritten`: nothing is left but the mark on the medium.
 * `sanitised`: that was verified, and the certificate is signed. `certified`: the broker has
 * countersigned it, and the device key goes. `erased`: nothing is left.
 */
export const erasure = z.discriminatedUnion("step", [
  // An earlier agent did not write the medium down.
  z.strictObject({ ...common, step: z.literal("begun"), medium: z.optional(medium) }),
  z.strictObject({
    ...common,
    step: z.literal("overwritten"),
    medium,
    discard: z.enum(namesOf(DISCARDS)),
  }),
  z.strictObject({ ...common, step: z.literal("sanitised"), certificate: jws }),
  z.strictObject({ ...common, ...countersigned, step: z.literal("certified") }),
  z.strictObject({ ...common, ...countersigned, step: z.literal("erased") }),
]);
export type Erasure = z.infer<typeof erasure>;
export type ErasureStep<Step extends Erasure["step"]> = Extract<Erasure, { step: Step }>;

/** The files of the node that must outlive a step; everything else in its folder is destroyed. */
const KEPT = {
  begun: [
    "agent.json",
    "state.json",
    "device-key.pem",
    "device-key.tpm.json",
    "broker-ca.pem",
    "journal-head.jws",
  ],
  certified: [],
} as const;
const EVIDENCE: ReadonlySet<string> = new Set(["erasure.json", "journal.jsonl"]);
const LOCK = /^(agent|daemon)\.lock\./;

/** The services start only where agent.json is: it goes last. */
export function filesToDestroy(
  names: readonly string[],
  step: keyof typeof KEPT,
): readonly string[] {
  const kept: readonly string[] = KEPT[step];
  return names
    .filter((name) => !kept.includes(name) && !EVIDENCE.has(name) && !LOCK.test(name))
    .toSorted((a, b) => Number(a === "agent.json") - Number(b === "agent.json"));
}
