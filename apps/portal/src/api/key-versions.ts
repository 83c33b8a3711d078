import { type KeyVersionsView, keyVersionsView } from "@databox-cmk/protocol";

import { type OrderName, orderPath } from "./arm-path.ts";
import type { Client } from "./client.ts";

/** The versions of its key that an order depends on. */
export function readKeyVersionsInUse(
  client: Client,
  name: OrderName,
  signal: AbortSignal,
): Promise<KeyVersionsView> {
  return client.read(orderPath(name, "/keyVersions"), keyVersionsView, { signal });
}
