import type { Who } from "@databox-cmk/errors";
import type { ApprovalView, OrderSummary } from "@databox-cmk/protocol";

import { type ActName, ACTS, decideActInStage } from "./next-act.ts";

/** Something that waits for a person. */
export type Todo = {
  readonly orderId: string;
  readonly orderName: string;
} & (
  | {
      readonly kind: "approval";
      readonly requestId: string;
      /** Undefined when a change to the order waits, and no node. */
      readonly serial: string | undefined;
      readonly until: string;
    }
  | { readonly kind: "blocked"; readonly code: string; readonly who: Who }
  | { readonly kind: "at-risk"; readonly until?: string | undefined }
  | { readonly kind: "act"; readonly act: ActName }
);

/**
 * Lists tasks, the most urgent first: appliances that wait for an approval, orders where a person
 * must repair something, keys that will expire.
 */
export function listTodos({
  approvals,
  blocked,
  atRisk,
}: {
  readonly approvals: readonly ApprovalView[];
  readonly blocked: readonly OrderSummary[];
  readonly atRisk: readonly OrderSummary[];
}): readonly Todo[] {
  return [
    ...approvals.map(({ id, orderId, orderName, way, serial, expiresAt }): Todo => ({
      kind: "approval",
      orderId,
      orderName,
      requestId: id,
      serial: way === "change" ? undefined : serial,
      until: expiresAt,
    })),
    ...blocked.map((order): Todo => ({
      kind: "blocked",
      ...nameOf(order),
      // An older service tells only its unusable keys.
      code: order.unlock.code ?? order.keyHealth.code ?? "",
      who: order.unlock.code === undefined ? "security-administrator" : order.unlock.nextStep.who,
    })),
    ...byExpiry(atRisk)
      .filter(({ unlock }) => unlock.state !== "Blocked")
      .map((order): Todo => ({
        kind: "at-risk",
        ...nameOf(order),
        until: order.keyHealth.riskAt,
      })),
  ];
}

/** Tasks of operators: what they must repair, then orders that they move on. */
export function listOperatorTodos({
  approvals,
  blocked,
  moving,
}: {
  readonly approvals: readonly ApprovalView[];
  readonly blocked: readonly OrderSummary[];
  readonly moving: readonly OrderSummary[];
}): readonly Todo[] {
  const theirs = blocked.filter(({ unlock }) => unlock.nextStep.who === "broker-operator");
  const acts = moving.flatMap((order): readonly Todo[] => {
    const isUnprepared = order.nodes.some(({ lock }) => lock === "notPrepared");
    const act = decideActInStage(order, isUnprepared);
    // A blocked order waits for its repair.
    return order.unlock.state === "Blocked" || ACTS[act].who !== "operator"
      ? []
      : [{ kind: "act", ...nameOf(order), act }];
  });
  return [...listTodos({ approvals, blocked: theirs, atRisk: [] }), ...acts];
}

const nameOf = ({ id, name }: OrderSummary) => ({ orderId: id, orderName: name });

/** The earliest first; those without a date last. */
export function byExpiry(orders: readonly OrderSummary[]): readonly OrderSummary[] {
  return orders.toSorted((one, other) => expiryOf(one).localeCompare(expiryOf(other)));
}

const expiryOf = ({ keyHealth }: OrderSummary): string => keyHealth.riskAt ?? "9999";
