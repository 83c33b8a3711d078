import { namesOf } from "@databox-cmk/errors";
import type {
  CustomerResolution,
  StageName,
  StageStatus,
  TransferType,
} from "@databox-cmk/protocol";

import { failed } from "./failed.ts";
import type { Outcome } from "./ports.ts";
import { stageRules } from "./stages.ts";

/** The part of an order that its lifecycle decides. */
export type Lifecycle = {
  readonly transferType: TransferType;
  readonly stage: StageName;
  readonly stageStatus: StageStatus;
  /** The nodes and their envelopes exist. */
  readonly prepared: boolean;
  /** All wrappings of the unlock key were destroyed permanently. */
  readonly erased: boolean;
};

export type Move = "prepare" | "dispatch" | "deliver" | "pickUp" | "receive" | "startCopy";
export type Completion = "Completed" | "CompletedWithWarnings" | "CompletedWithErrors";
export type Breakdown =
  | "Aborted"
  | "Failed_IssueReportedAtCustomer"
  | "Failed_IssueDetectedAtAzureDC";
export type LifecycleEvent =
  | { readonly kind: Move | "cancel" | "halt" | "resume" | "cleanUp" | "erase" }
  | { readonly kind: "complete"; readonly outcome: Completion }
  | { readonly kind: "fail"; readonly outcome: Breakdown };

type MoveTable = Readonly<
  Partial<Record<StageName, Partial<Record<Move | "complete", StageName>>>>
>;

/**
 * The moves from each stage, in the order of the stages. `complete` names the usual end; its
 * outcome may differ.
 */
const MOVES = {
  ImportToAzure: {
    DeviceOrdered: { prepare: "DevicePrepared" },
    DevicePrepared: { dispatch: "Dispatched" },
    Dispatched: { deliver: "Delivered" },
    Delivered: { pickUp: "PickedUp" },
    PickedUp: { receive: "AtAzureDC" },
    AtAzureDC: { startCopy: "DataCopy" },
    DataCopy: { complete: "Completed" },
  },
  ExportFromAzure: {
    DeviceOrdered: { prepare: "DevicePrepared" },
    DevicePrepared: { startCopy: "DataCopy" },
    DataCopy: { dispatch: "Dispatched" },
    Dispatched: { deliver: "Delivered" },
    Delivered: { pickUp: "PickedUp" },
    PickedUp: { receive: "AtAzureDC" },
    AtAzureDC: { complete: "Completed" },
  },
} as const satisfies Record<TransferType, MoveTable>;

/**
 * Stages in the order in which each kind of order passes them; a new order already lists all of
 * them.
 */
export const STAGE_PATHS = {
  ImportToAzure: [...namesOf(MOVES.ImportToAzure), "Completed"],
  ExportFromAzure: [...namesOf(MOVES.ExportFromAzure), "Completed"],
} as const satisfies Record<TransferType, readonly StageName[]>;

/** Copy statuses in which the copy does not have the key: only the remedies are possible. */
const HALTED: ReadonlySet<StageStatus> = new Set([
  "WaitingForCustomerActionForKek",
  "CustomerActionPerformed",
  "CustomerActionPerformedForCleanUp",
]);

/** The customer's possible answers to a halted copy. */
export const KEY_HALT_ACTIONS = [
  "Resume",
  "MoveToCleanUpDevice",
] as const satisfies readonly CustomerResolution[];

/** The result of an event; a refusal names the state that the event needs. */
export function decideTransition(order: Lifecycle, event: LifecycleEvent): Outcome<Lifecycle> {
  const rules = stageRules(order.stage);
  switch (event.kind) {
    case "cancel":
      return rules.cancellable ? enter(order, "Cancelled") : refuse(order, "cancel", "canceled");
    case "fail":
      return rules.terminal ? refuse(order, "transition", "ended") : enter(order, event.outcome);
    case "halt":
      return isCopying(order)
        ? withStatus(order, "WaitingForCustomerActionForKek")
        : refuse(order, "transition", "halted");
    case "resume":
      return order.stageStatus === "WaitingForCustomerActionForKek"
        ? withStatus(order, "CustomerActionPerformed")
        : refuse(order, "mitigate", "resumed");
    case "cleanUp":
      return order.stageStatus === "WaitingForCustomerActionForKek"
        ? withStatus(order, "CustomerActionPerformedForCleanUp")
        : refuse(order, "mitigate", "cleaned up");
    case "erase":
      return decideErasure(order);
    case "complete":
      return decideMove(order, "complete", event.outcome);
    case "prepare":
    case "dispatch":
    case "deliver":
    case "pickUp":
    case "receive":
    case "startCopy":
      return decideMove(order, event.kind);
  }
}

/** Whether the unlock key may be shown now. */
export function decideCredentials(order: Lifecycle): Outcome<undefined> {
  if (order.erased || stageRules(order.stage).credentials === "never")
    return refuse(order, "credentials", "shown the unlock key of");
  if (!order.prepared) return failed({ code: "SsemUserErrorSecretsNotGenerated" });
  return { ok: true, value: undefined };
}

function decideMove(
  order: Lifecycle,
  move: Move | "complete",
  outcome?: Completion,
): Outcome<Lifecycle> {
  const row: Partial<Record<Move | "complete", StageName>> | undefined = (
    MOVES[order.transferType] as MoveTable
  )[order.stage];
  if (move === "startCopy" && order.stage === "DataCopy" && isWaitingForKey(order))
    return withStatus(order, "InProgress");
  // A repeated call finds the order in the state that the first call produced.
  const target = outcome ?? destinationOf(order.transferType, move);
  if (order.stage === target && !HALTED.has(order.stageStatus)) return { ok: true, value: order };
  const next = row?.[move];
  if (next === undefined || HALTED.has(order.stageStatus)) return refuse(order, "transition", move);
  const entered = enter(order, outcome ?? next);
  return move === "prepare" && entered.ok
    ? { ok: true, value: { ...entered.value, prepared: true } }
    : entered;
}

function destinationOf(transferType: TransferType, move: Move | "complete"): StageName | undefined {
  const rows: readonly Partial<Record<Move | "complete", StageName>>[] = Object.values(
    MOVES[transferType],
  );
  return rows.find((row) => row[move] !== undefined)?.[move];
}

function decideErasure(order: Lifecycle): Outcome<Lifecycle> {
  if (order.erased) return { ok: true, value: order };
  if (stageRules(order.stage).terminal) return { ok: true, value: { ...order, erased: true } };
  if (order.stageStatus !== "CustomerActionPerformedForCleanUp")
    return refuse(order, "transition", "erased");
  const entered = enter(order, "CompletedWithErrors");
  return entered.ok ? { ok: true, value: { ...entered.value, erased: true } } : entered;
}

function isCopying(order: Lifecycle): boolean {
  return (
    order.stage === "DataCopy" &&
    (order.stageStatus === "InProgress" || order.stageStatus === "CustomerActionPerformed")
  );
}

function isWaitingForKey(order: Lifecycle): boolean {
  return (
    order.stageStatus === "WaitingForCustomerActionForKek" ||
    order.stageStatus === "CustomerActionPerformed"
  );
}

function enter(order: Lifecycle, stage: StageName): Outcome<Lifecycle> {
  return { ok: true, value: { ...order, stage, stageStatus: stageRules(stage).entryStatus } };
}

function withStatus(order: Lifecycle, stageStatus: StageStatus): Outcome<Lifecycle> {
  return { ok: true, value: { ...order, stageStatus } };
}

type Forbidden = "cancel" | "mitigate" | "credentials" | "transition";

function refuse(order: Lifecycle, reason: Forbidden, wanted: string): Outcome<never> {
  return failed({
    code: "OrderStageForbids",
    reason,
    target: "properties.status",
    detail: `${wanted}: the order is in stage ${order.stage} with status ${order.stageStatus}`,
  });
}
