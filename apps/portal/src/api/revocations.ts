import { OPERATOR_REVOCATION_CALLS, type OperatorRevocationScope } from "@databox-cmk/protocol";

import type { Revocation } from "../core/revocation-scope.ts";
import type { Client } from "./client.ts";

/** Every active kill switch, newest first. */
export async function readAllRevocations(
  client: Client,
  signal: AbortSignal,
): Promise<readonly Revocation[]> {
  return (await client.call(OPERATOR_REVOCATION_CALLS.list, { params: {}, signal })).value;
}

/** @returns how many open leases were refused at that moment */
export async function revoke(
  client: Client,
  scope: OperatorRevocationScope,
  reason: string,
): Promise<number> {
  const body = { scope, reason };
  return (await client.call(OPERATOR_REVOCATION_CALLS.revoke, { params: {}, body })).leases;
}

/** Turns off the operator's own switch of exactly this scope. */
export async function turnOffSwitch(client: Client, scope: OperatorRevocationScope): Promise<void> {
  await client.call(OPERATOR_REVOCATION_CALLS.restore, { params: {}, body: { scope } });
}
