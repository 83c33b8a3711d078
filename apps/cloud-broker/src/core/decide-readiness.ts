import type { TransferType } from "@databox-cmk/protocol";

import { failed } from "./failed.ts";
import type { Outcome } from "./ports.ts";

/** A node's reports, by its own signed receipts. */
export type NodeReport = {
  readonly serial: string;
  readonly isPrepared: boolean;
  /** It was opened to be filled, which only an export needs. */
  readonly isFilled: boolean;
};

/**
 * Whether an appliance may leave the datacenter. A node that is not prepared cannot be unlocked at
 * the customer's site, and one that was not filled brings nothing. The failure names the nodes.
 */
export function decideReadiness(
  transferType: TransferType,
  nodes: readonly NodeReport[],
): Outcome<undefined> {
  const unprepared = nodes.filter(({ isPrepared }) => !isPrepared);
  if (unprepared.length > 0) return notReady("unprepared", unprepared);
  const unfilled =
    transferType === "ExportFromAzure" ? nodes.filter(({ isFilled }) => !isFilled) : [];
  return unfilled.length > 0 ? notReady("unfilled", unfilled) : { ok: true, value: undefined };
}

function notReady(
  reason: "unprepared" | "unfilled",
  nodes: readonly NodeReport[],
): Outcome<undefined> {
  return failed({
    code: "OrderStageForbids",
    reason,
    target: "properties.status",
    detail: nodes.map(({ serial }) => serial).join(", "),
  });
}
