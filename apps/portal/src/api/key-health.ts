import { keyHealthView } from "@databox-cmk/protocol";

import { type OrderName, orderPart, orderPath } from "./arm-path.ts";
import type { Client } from "./client.ts";

export const readKeyHealth = orderPart("/keyHealth", keyHealthView);

/** Calls the vault now, within its budget. */
export function checkKeyHealth(client: Client, name: OrderName) {
  return client.read(orderPath(name, "/keyHealth/check"), keyHealthView, { method: "POST" });
}
