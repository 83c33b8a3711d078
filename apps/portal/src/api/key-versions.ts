import { KEY_VERSION_CALLS } from "@databox-cmk/protocol";

import type { OrderName } from "../core/arm-path.ts";
import type { Client } from "./client.ts";

/** The versions of its key that an order depends on. */
export const readKeyVersionsInUse = (client: Client, params: OrderName, signal?: AbortSignal) =>
  client.call(KEY_VERSION_CALLS.ofOrder, { params, signal });
