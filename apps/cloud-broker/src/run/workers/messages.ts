import * as z from "zod";

/** From the supervisor to a worker. Ticket keys: 48 bytes, base64. */
export const toWorker = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("ticket-keys"), keys: z.string() }),
  z.strictObject({ type: z.literal("reload") }),
  z.strictObject({ type: z.literal("close") }),
]);
export type ToWorker = z.infer<typeof toWorker>;

/** From a serving process to its parent: it is ready. */
export const ready = z.object({ type: z.literal("ready"), url: z.string(), port: z.number() });
export type Ready = z.infer<typeof ready>;
