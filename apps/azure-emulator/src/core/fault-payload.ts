import * as z from "zod";

import { OPERATION_NAMES } from "./key-vault/operations.ts";

const milliseconds = z.number().min(0).max(600_000);
const latency = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("fixed"), ms: milliseconds }),
  z.strictObject({ kind: z.literal("uniform"), minimumMs: milliseconds, maximumMs: milliseconds }),
  z.strictObject({
    kind: z.literal("log-normal"),
    medianMs: milliseconds.min(0.001),
    p99Ms: milliseconds.min(0.001),
  }),
]);
export type LatencyDistribution = z.output<typeof latency>;
const seconds = z.number().min(0).max(86_400);

/** The effect of a fault on an exchange, or on the world (the last three kinds). */
const effect = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("status"),
    status: z.int().min(400).max(599),
    code: z.string().max(128).optional(),
    message: z.string().max(2_048).optional(),
    innerCode: z.string().max(64).optional(),
    retryAfterSeconds: z.int().min(0).max(86_400).optional(),
  }),
  z.strictObject({ kind: z.literal("latency"), distribution: latency }),
  z.strictObject({ kind: z.literal("connection-reset") }),
  z.strictObject({ kind: z.literal("half-body") }),
  z.strictObject({ kind: z.literal("wrong-content-type"), contentType: z.string().max(128) }),
  z.strictObject({ kind: z.literal("garbage-body") }),
  z.strictObject({ kind: z.literal("dns-timeout") }),
  z.strictObject({
    kind: z.literal("dns-answer"),
    rcode: z.enum(["SERVFAIL", "NXDOMAIN", "REFUSED"]),
  }),
  z.strictObject({ kind: z.literal("access-propagation-delay"), seconds }),
  z.strictObject({ kind: z.literal("visibility-delay"), seconds }),
  z.strictObject({ kind: z.literal("read-only") }),
]);

const scope = z
  .strictObject({
    service: z.enum(["key-vault", "entra", "imds", "resource-manager", "dns"]).default("key-vault"),
    /** The vault; for `dns`, the vault of the requested host. Absent: any. */
    vault: z.string().max(64).optional(),
    /** Key-vault: `unwrapKey`, `get`, …; entra: `token`, `discovery`, `keys`; imds: `token`. */
    operation: z.string().max(64).optional(),
  })
  .refine(
    ({ service, operation }) =>
      service !== "key-vault" || operation === undefined || isKeyOperation(operation),
    `operation: key-vault has ${OPERATION_NAMES.join(", ")}`,
  );

export const faultPayload = z.strictObject({
  scope,
  effect,
  count: z.int().min(1).max(1_000_000).optional(),
  probability: z.number().min(0).max(1).default(1),
  /** Makes the sequence of strikes reproducible. */
  seed: z.int().min(0).max(0xff_ff_ff_ff).default(1),
});
export type FaultPayload = z.output<typeof faultPayload>;

/** Names are compared without case. */
function isKeyOperation(name: string): boolean {
  return OPERATION_NAMES.some((known) => known.toLowerCase() === name.toLowerCase());
}
