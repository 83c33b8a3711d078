import * as z from "zod/mini";

import { requiredText } from "./fields.ts";

const serial = z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9-]{2,63}$/));
const reason = requiredText(1024);

/** Our extension: the whole order, or one node of it. */
export const revokeRequest = z.strictObject({ reason, serial: z.optional(serial) });
/** What was refused in the field at that moment. */
export const revokeResult = z.strictObject({ revokedAt: z.string(), leases: z.number() });

export const restoreAccessRequest = z.strictObject({ serial: z.optional(serial) });
/** How many switches were lifted; none when there was none of the caller's kind. */
export const restoreAccessResult = z.strictObject({ restoredAt: z.string(), lifted: z.number() });

/** Operator API: the fleet, or the orders of one customer's subscription. */
export const operatorRevocationScope = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("fleet") }),
  z.strictObject({
    kind: z.literal("subscription"),
    subscriptionId: z.string().check(z.regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)),
  }),
]);
export const operatorRevokeRequest = z.strictObject({ reason, scope: operatorRevocationScope });
export const operatorRestoreRequest = z.strictObject({ scope: operatorRevocationScope });

/** One lease that was asked; `elapsedMs` is the time of the real path, from the request to the node's signed receipt. */
export const revocationDrillView = z.strictObject({
  value: z.array(
    z.strictObject({
      id: z.string(),
      serial: z.string(),
      startedAt: z.string(),
      answeredAt: z.optional(z.string()),
      elapsedMs: z.optional(z.number()),
    }),
  ),
});
export type RevocationDrillView = z.infer<typeof revocationDrillView>;
