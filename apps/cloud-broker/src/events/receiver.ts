import type { NoticeChannel } from "../config/notice-channels.ts";
import type { Delivery } from "../core/webhook-retry.ts";

export type QueuedEvent = { readonly id: string; readonly body: string };

/** One who gets events. */
export type Receiver = {
  readonly kind: "webhook" | NoticeChannel["kind"];
  /** For logs: never the address of a channel, which is a secret. */
  readonly shown: string;
  /** `withdrawn`: it must not get this event any longer. */
  send(event: QueuedEvent): Promise<Delivery | "withdrawn">;
};
