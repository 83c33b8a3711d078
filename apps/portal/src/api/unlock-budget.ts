import { unlockBudgetView } from "@databox-cmk/protocol";

import { type OrderName, orderPart, orderPath } from "./arm-path.ts";
import type { Client } from "./client.ts";

export const readUnlockBudget = orderPart("/unlockBudget", unlockBudgetView);

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
