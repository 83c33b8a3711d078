import { APPROVAL_CALLS, type ApprovalView } from "@databox-cmk/protocol";

import type { OrderName } from "../core/arm-path.ts";
import type { Client } from "./client.ts";

/** Requests of one order that wait or waited for people, newest first. */
export function readApprovals(
  client: Client,
  params: OrderName,
  position: string | undefined,
  signal: AbortSignal,
) {
  return client.call(APPROVAL_CALLS.list, { params, query: { $skipToken: position }, signal });
}

/** The subscription's requests that wait for the caller. */
export async function readWaitingApprovals(
  client: Client,
  subscriptionId: string,
  signal: AbortSignal,
): Promise<readonly ApprovalView[]> {
  const params = { subscriptionId };
  return (await client.call(APPROVAL_CALLS.listWaiting, { params, signal })).value;
}

export type Verdict = "approve" | "reject";

export function decideApproval(
  client: Client,
  name: OrderName,
  {
    id,
    verdict,
    reason,
  }: { readonly id: string; readonly verdict: Verdict; readonly reason: string },
) {
  const params = { ...name, approvalId: id };
  return client.call(APPROVAL_CALLS[verdict], { params, body: { reason } });
}

export function openBreakGlass(
  client: Client,
  params: OrderName,
  body: { readonly reason: string; readonly serial?: string | undefined },
) {
  return client.call(APPROVAL_CALLS.breakGlass, { params, body });
}
