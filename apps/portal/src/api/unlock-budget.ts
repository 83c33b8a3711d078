import { type UnlockBudgetView, unlockBudgetView } from "@databox-cmk/protocol";

import { type OrderName, orderPath } from "./arm-path.ts";
import type { Client } from "./client.ts";

export function readUnlockBudget(
  client: Client,
  name: OrderName,
  signal: AbortSignal,
): Promise<UnlockBudgetView> {
  return client.read(orderPath(name, "/unlockBudget"), unlockBudgetView, { signal });
}

/** @param unlocksPerDay - undefined: no budget */
export async function writeUnlockBudget(
  client: Client,
  name: OrderName,
  unlocksPerDay: number | undefined,
): Promise<void> {
  const path = orderPath(name, "/unlockBudget");
  if (unlocksPerDay === undefined) await client.send(path, { method: "DELETE" });
  else await client.send(path, { method: "PUT", body: { unlocksPerDay } });
}
