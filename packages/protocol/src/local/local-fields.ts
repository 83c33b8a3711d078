import * as z from "zod/mini";

const text = (maxCharacters: number) => z.string().check(z.maxLength(maxCharacters));

/** A failure for a person: the same text as everywhere (packages/errors). */
export const localFailure = z.strictObject({
  code: text(100),
  reason: z.optional(text(100)),
  class: z.enum(["refused", "unreachable", "invalid", "pending", "internal"]),
  who: z.enum([
    "security-administrator",
    "order-owner",
    "site-operator",
    "broker-operator",
    "nobody",
  ]),
  title: text(200),
  message: text(1000),
  /** One sentence for the person at the appliance. */
  ask: text(1000),
  /** The fault of this case, in one clause. */
  detail: z.optional(text(1000)),
  steps: z
    .array(z.strictObject({ text: text(1000), command: z.optional(text(1000)) }))
    .check(z.maxLength(20)),
  /** The failure closed a volume that was open. */
  relocked: z.optional(z.literal(true)),
  correlationId: z.optional(text(64)),
  vaultRequestId: z.optional(text(100)),
  retryAfterSeconds: z.optional(z.number()),
});
export type LocalFailure = z.infer<typeof localFailure>;

/** Body of every unsuccessful answer. */
export const localError = z.strictObject({ error: localFailure });
export type LocalError = z.infer<typeof localError>;

export const localTime = z.iso.datetime();
