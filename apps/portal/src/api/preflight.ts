import { keyValidationResult } from "@databox-cmk/protocol";

import type { KeyChange } from "../core/key-choice.ts";
import { type OrderName, orderPath } from "./arm-path.ts";
import type { Client } from "./client.ts";

/** Every check of a candidate key and its identity, in order; the order does not change. */
export function checkKey(client: Client, name: OrderName, change: KeyChange, signal: AbortSignal) {
  const { identity, properties } = change;
  return client.read(orderPath(name, "/validateKeyEncryptionKey"), keyValidationResult, {
    method: "POST",
    body: {
      ...properties.details,
      identity,
    },
    signal,
  });
}
