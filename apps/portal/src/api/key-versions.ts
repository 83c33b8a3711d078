import { type KeyVersionsView, keyVersionsView } from "@databox-cmk/protocol";

import { type OrderName, orderPath } from "./arm-path.ts";
import type { Client } from "./client.ts";

/** On which versions of its key an order hangs. */
export function readKeyVersionsInUse(
  client: Client,
  name: OrderName,
  signal: AbortSignal,
): Promise<KeyVersionsView> {
  return client.read(orderPath(name, "/keyVersions"), keyVersionsView, { signal });
}
