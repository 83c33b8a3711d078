import { once } from "node:events";

import { AggregatorRegistry, type Registry } from "prom-client";

import { toWorker } from "./messages.ts";

/** The data that a worker gets from its supervisor. */
export type Membership = {
  /** The present keys; `follow` delivers newer ones. */
  readonly ticketKeys: Buffer;
  /** The supervisor adds these to those of the other workers. */
  reportMetrics(registry: Registry): void;
  follow(handlers: {
    readonly changeTicketKeys: (keys: Buffer) => void;
    readonly reload: () => void;
    readonly close: () => void;
  }): void;
};

/**
 * Waits for the supervisor's first message: a worker with keys of its own would not know the
 * others' sessions.
 */
export async function joinSupervisor(): Promise<Membership> {
  const [first]: unknown[] = await once(process, "message");
  const message = toWorker.parse(first);
  if (message.type !== "ticket-keys") throw new TypeError("closed before it served");
  return {
    ticketKeys: Buffer.from(message.keys, "base64"),
    reportMetrics(registry) {
      AggregatorRegistry.setRegistries([registry]);
      // Its constructor listens for the supervisor's requests.
      void new AggregatorRegistry();
    },
    follow({ changeTicketKeys, reload, close }) {
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
