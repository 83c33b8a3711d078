import {
  type ApprovalView,
  approvalList,
  approvalView,
  breakGlassResult,
} from "@databox-cmk/protocol";

import { dataBoxPath, type OrderName, orderPath } from "./arm-path.ts";
import type { Client } from "./client.ts";

/** Requests of one order that wait or waited for people, newest first. */
export function readApprovals(
  client: Client,
  name: OrderName,
  position: string | undefined,
  signal: AbortSignal,
) {
  const path = orderPath(name, "/approvals", { $skipToken: position });
  return client.read(path, approvalList, { signal });
}

/** The subscription's requests that wait for the caller. */
export async function readWaitingApprovals(
  client: Client,
  subscriptionId: string,
  signal: AbortSignal,
): Promise<readonly ApprovalView[]> {
  const path = dataBoxPath(
    `/subscriptions/${encodeURIComponent(subscriptionId)}/providers/Microsoft.DataBox/approvals`,
  );
  const { value } = await client.read(path, approvalList, { signal });
  return value;
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
  const path = orderPath(name, `/approvals/${encodeURIComponent(id)}/${verdict}`);
  return client.read(path, approvalView, { method: "POST", body: { reason } });
}

export function openBreakGlass(
  client: Client,
  name: OrderName,
  wanted: { readonly reason: string; readonly serial?: string | undefined },
) {
  return client.read(orderPath(name, "/breakGlass"), breakGlassResult, {
    method: "POST",
    body: wanted,
  });
}
