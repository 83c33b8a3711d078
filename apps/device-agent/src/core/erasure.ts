import { orderId, serial } from "@databox-cmk/protocol";
import * as z from "zod/mini";

const jws = z.string().check(z.minLength(1), z.maxLength(16_384));
const countersigned = {
  certificate: jws,
  countersignature: jws,
  countersignedAt: z.iso.datetime(),
};
const common = { version: z.literal(1), order: orderId, serial, startedAt: z.iso.datetime() };

/**
 * erasure.json, the mark of an erasure. It is written before anything is destroyed, and each step
 * is durable before the next begins, so an interrupted erasure goes on where it stopped. `begun`:
 * keys and data are being destroyed. `sanitised`: that was verified, and the certificate is signed.
 * `certified`: the broker has countersigned it, and the device key goes. `erased`: nothing is left.
 */
export const erasure = z.discriminatedUnion("step", [
  z.strictObject({ ...common, step: z.literal("begun") }),
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
