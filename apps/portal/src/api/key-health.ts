import { KEY_HEALTH_CALLS } from "@databox-cmk/protocol";

import type { OrderName } from "../core/arm-path.ts";
import type { Client } from "./client.ts";

export const readKeyHealth = (client: Client, params: OrderName, signal?: AbortSignal) =>
  client.call(KEY_HEALTH_CALLS.read, { params, signal });

/** Calls the vault now, within its budget. */
export function checkKeyHealth(client: Client, params: OrderName) {
  return client.call(KEY_HEALTH_CALLS.check, { params });
}
