import { UNLOCK_BUDGET_CALLS } from "@databox-cmk/protocol";

import type { OrderName } from "../core/arm-path.ts";
import type { Client } from "./client.ts";

export const readUnlockBudget = (client: Client, params: OrderName, signal?: AbortSignal) =>
  client.call(UNLOCK_BUDGET_CALLS.read, { params, signal });

/** @param unlocksPerDay - undefined: no budget */
export async function writeUnlockBudget(
  client: Client,
  params: OrderName,
  unlocksPerDay: number | undefined,
): Promise<void> {
  if (unlocksPerDay === undefined) await client.call(UNLOCK_BUDGET_CALLS.remove, { params });
  else await client.call(UNLOCK_BUDGET_CALLS.write, { params, body: { unlocksPerDay } });
}
