import {
  type OperatorRevocationScope,
  restoreAccessResult,
  revocationList,
  type RevocationList,
  revokeResult,
} from "@databox-cmk/protocol";

import type { Client } from "./client.ts";
import { operatorPath } from "./operator-path.ts";

export type Revocation = RevocationList["value"][number];

/** Every active kill switch, newest first. */
export async function readAllRevocations(
  client: Client,
  signal: AbortSignal,
): Promise<readonly Revocation[]> {
  const { value } = await client.read(operatorPath("/revocations"), revocationList, { signal });
  return value;
}

/** @returns how many open leases were refused at that moment */
export async function revoke(
  client: Client,
  scope: OperatorRevocationScope,
  reason: string,
): Promise<number> {
  const { leases } = await client.read(operatorPath("/revoke"), revokeResult, {
    method: "POST",
    body: { scope, reason },
  });
  return leases;
}

/** Turns off the operator's own switch of exactly this scope. */
export async function turnOffSwitch(client: Client, scope: OperatorRevocationScope): Promise<void> {
  await client.read(operatorPath("/restoreAccess"), restoreAccessResult, {
    method: "POST",
    body: { scope },
  });
}
