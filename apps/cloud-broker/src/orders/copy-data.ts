import { AppError, type ErrorCode, ERRORS, explain, recoveryOf } from "@databox-cmk/errors";
import type { CloudError } from "@databox-cmk/protocol";

import { failureColumns } from "../core/failure-columns.ts";
import { errorOf, valueOf } from "../core/failure-error.ts";
import { decideTransition, KEY_HALT_ACTIONS } from "../core/lifecycle.ts";
import type { OrderState } from "../core/order-state.ts";
import type { OrderId } from "../core/order.ts";
import type { NodeFailure } from "../core/ports.ts";
import type { NodeEnvelopes } from "../custody/key-custody.ts";
import type { Changing, Plane, RequestContext } from "./control-plane.ts";
import { lifecycleOf, type Order } from "./order.ts";
import { readNodes } from "./read-nodes.ts";
import { readOrder } from "./read-order.ts";
import { changeOrder } from "./write-order.ts";

/**
 * Starts the copy, or continues a halted one: the service needs the key of every node now. A
 * refused key halts the copy and tells the customer the possible actions; a vault that does not
 * answer changes nothing, and the call may be repeated.
 */
export async function startCopy(
  deps: Changing & { readonly custody: NodeEnvelopes },
  order: Order,
  context: RequestContext,
): Promise<void> {
  const started = valueOf(decideTransition(lifecycleOf(order), { kind: "startCopy" }));
  const failed = await tryKeys(deps, order);
  if (failed !== undefined && isPassing(failed.failure.code)) throw errorOf(failed.failure);
  const next =
    failed === undefined ? started : valueOf(decideTransition(started, { kind: "halt" }));
  const told =
    failed === undefined
      ? ({ outcome: "granted" } as const)
      : ({ outcome: "refused", ...columnsOf(failed) } as const);
  const row = { action: "order/startCopy", context, ...told } as const;
  const { stage, stageStatus } = next;
  const state = stateAfter(order.state, failed);
  await changeOrder(deps, order, row, { stage, stageStatus, state });
}

/**
 * The appliance itself was refused its key while it reads or fills data: the copy waits for the
 * customer. Any other failure changes nothing, and so does one of an order that is not copying.
 */
export async function haltCopy(
  deps: Changing,
  id: OrderId,
  failed: NodeFailure,
  correlationId: string,
): Promise<void> {
  if (!isKeyRefusal(failed.failure.code)) return;
  const order = await readOrder(deps.store, id);
  if (order === undefined) return;
  const halted = decideTransition(lifecycleOf(order), { kind: "halt" });
  if (!halted.ok) return;
  const context = { actor: { kind: "broker" }, by: "broker", correlationId } as const;
  const row = { action: "order/haltCopy", context, ...columnsOf(failed) } as const;
  const { stageStatus } = halted.value;
  const state = stateAfter(order.state, failed);
  try {
    await changeOrder(deps, order, row, { stageStatus, state });
  } catch (error) {
    // Another writer came first, such as the other node of a Heavy; the next refusal looks again.
    if (!(error instanceof AppError) || error.code !== "RewrapConflict") throw error;
  }
}

const columnsOf = ({ serial, failure }: NodeFailure) => ({ serial, ...failureColumns(failure) });

const isKeyRefusal = (code: ErrorCode): boolean =>
  ERRORS[code].class === "refused" && code.startsWith("SsemUserError");

/**
 * Releases the content key of each node and discards it: the only question is whether the vault
 * still unwraps it.
 */
async function tryKeys(
  { custody, store }: Plane<"store"> & { readonly custody: NodeEnvelopes },
  order: Order,
): Promise<NodeFailure | undefined> {
  for (const { serial } of await readNodes(store, order.id)) {
    const held = await custody.hold(order.id, serial);
    const released = held.ok ? await held.value.release(() => undefined) : held;
    if (!released.ok) return { serial, failure: released.failure };
  }
  return undefined;
}

/** Without an authoritative answer, a retry may succeed without any action. */
export function isPassing(code: ErrorCode): boolean {
  const { class: errorClass } = ERRORS[code];
  return errorClass === "unreachable" || errorClass === "pending" || errorClass === "internal";
}

function stateAfter(state: OrderState, failed: NodeFailure | undefined): OrderState {
  return {
    ...state,
    error: failed === undefined ? undefined : haltError(failed),
    actions: failed === undefined ? undefined : KEY_HALT_ACTIONS,
  };
}

/** `properties.error` of a halted copy, as in Data Box, with cause and node in `details`. */
function haltError({ serial, failure }: NodeFailure): CloudError {
  const halt = explain("SsemUserCopyErrorWaitingForAction");
  const { code, reason, facts } = failure;
  const cause = explain(code, { reason, facts });
  return {
    additionalInfo: [{ type: "Recovery", info: { code, ...recoveryOf(code, { reason, facts }) } }],
    code: "SsemUserCopyErrorWaitingForAction",
    message: halt.message,
    target: "CopyIntervention",
    details: [{ code, message: cause.message, target: serial }],
  };
}
