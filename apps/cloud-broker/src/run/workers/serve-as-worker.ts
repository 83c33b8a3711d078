import { on } from "node:events";

import { AggregatorRegistry, type Registry } from "prom-client";
import * as z from "zod";

/** From the supervisor to a worker. Ticket keys: 48 bytes, base64. */
const toWorker = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("ticket-keys"), keys: z.string() }),
  z.strictObject({ type: z.literal("reload") }),
  z.strictObject({ type: z.literal("close") }),
]);
export type ToWorker = z.infer<typeof toWorker>;

/** From a worker to the supervisor: it listens, and asks for the keys. */
export const joins = z.strictObject({ type: z.literal("joins") });

/** From a serving process to its parent: it is ready. */
export const ready = z.object({ type: z.literal("ready"), url: z.string(), port: z.number() });
export type Ready = z.infer<typeof ready>;

/** The data that a worker gets from its supervisor. */
export type Membership = Awaited<ReturnType<typeof joinSupervisor>>;

/**
 * Asks the supervisor for its keys: a worker with keys of its own would not know the others'
 * sessions. Messages that arrive while the broker is loaded are kept for `follow`.
 */
export async function joinSupervisor() {
  const messages = ofSupervisor(on(process, "message"));
  process.send?.({ type: "joins" } satisfies z.infer<typeof joins>);
  let keys: string | undefined;
  while (keys === undefined) {
    const { value: message } = await messages.next();
    // Nothing is loaded yet that could be loaded again.
    if (message?.type === "ticket-keys") keys = message.keys;
  }
  return {
    /** The present keys; `follow` delivers newer ones. */
    ticketKeys: Buffer.from(keys, "base64"),
    /** The supervisor adds these to those of the other workers. */
    reportMetrics(registry: Registry) {
      AggregatorRegistry.setRegistries([registry]);
      // Its constructor listens for the supervisor's requests.
      void new AggregatorRegistry();
    },
    async follow({
      changeTicketKeys,
      reload,
      close,
    }: Readonly<
      { changeTicketKeys: (keys: Buffer) => void } & Record<"reload" | "close", () => void>
    >): Promise<void> {
      for await (const message of messages)
        if (message.type === "close") close();
        else if (message.type === "reload") reload();
        else changeTicketKeys(Buffer.from(message.keys, "base64"));
    },
  };
}

// prom-client uses the same channel.
async function* ofSupervisor(messages: AsyncIterable<unknown[]>): AsyncGenerator<ToWorker> {
  for await (const [message] of messages) {
    const parsed = toWorker.safeParse(message);
    if (parsed.success) yield parsed.data;
  }
}
