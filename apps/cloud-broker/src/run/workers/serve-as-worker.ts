import { once } from "node:events";

import { AggregatorRegistry, type Registry } from "prom-client";
import * as z from "zod";

/** From the supervisor to a worker. Ticket keys: 48 bytes, base64. */
const toWorker = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("ticket-keys"), keys: z.string() }),
  z.strictObject({ type: z.literal("reload") }),
  z.strictObject({ type: z.literal("close") }),
]);
export type ToWorker = z.infer<typeof toWorker>;

/** From a serving process to its parent: it is ready. */
export const ready = z.object({ type: z.literal("ready"), url: z.string(), port: z.number() });
export type Ready = z.infer<typeof ready>;

/** The data that a worker gets from its supervisor. */
export type Membership = Awaited<ReturnType<typeof joinSupervisor>>;

/**
 * Waits for the supervisor's first message: a worker with keys of its own would not know the
 * others' sessions.
 */
export async function joinSupervisor() {
  const [first]: unknown[] = await once(process, "message");
  const message = toWorker.parse(first);
  if (message.type !== "ticket-keys") throw new TypeError("closed before it served");
  return {
    /** The present keys; `follow` delivers newer ones. */
    ticketKeys: Buffer.from(message.keys, "base64"),
    /** The supervisor adds these to those of the other workers. */
    reportMetrics(registry: Registry) {
      AggregatorRegistry.setRegistries([registry]);
      // Its constructor listens for the supervisor's requests.
      void new AggregatorRegistry();
    },
    follow({
      changeTicketKeys,
      reload,
      close,
    }: Readonly<
      { changeTicketKeys: (keys: Buffer) => void } & Record<"reload" | "close", () => void>
    >) {
      process.on("message", (later) => {
        const parsed = toWorker.safeParse(later); // prom-client uses the same channel.
        if (!parsed.success) return;
        if (parsed.data.type === "close") close();
        else if (parsed.data.type === "reload") reload();
        else changeTicketKeys(Buffer.from(parsed.data.keys, "base64"));
      });
    },
  };
}
