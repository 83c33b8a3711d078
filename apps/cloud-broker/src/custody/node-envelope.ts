import type { Custody } from "@databox-cmk/protocol";

import type { OrderId } from "../core/order.ts";

/** A node's envelope, as the device API serves it. */
export type NodeEnvelope = {
  readonly order: OrderId;
  readonly serial: string;
  readonly env: string;
  readonly generation: number;
  /** JWE General JSON Serialization, as stored. */
  readonly jwe: unknown;
  readonly kid: string;
  readonly custody: Custody["kind"];
};
