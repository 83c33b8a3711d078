import { AppError } from "@databox-cmk/errors";
import type { CustomerResolution, MitigateRequest } from "@databox-cmk/protocol";

import { valueOf } from "../core/failure-error.ts";
import { decideTransition } from "../core/lifecycle.ts";
import type { OrderName } from "../core/order.ts";
import type { NodeEnvelopes } from "../custody/key-custody.ts";
import type { Changing, Plane, RequestContext } from "./control-plane.ts";
import { isPassing, startCopy } from "./copy-data.ts";
import { findOrder } from "./find-order.ts";
import { lifecycleOf, type Order } from "./order.ts";
import { readNodes } from "./read-nodes.ts";
import { changeOrder } from "./write-order.ts";

/**
 * Answers a halted copy. `Resume` uses the key again at once; `MoveToCleanUpDevice` gives up the
 * data.
 */
export async function mitigateOrder(
  deps: Changing & { readonly custody: NodeEnvelopes },
  name: OrderName,
  request: MitigateRequest,
  context: RequestContext,
): Promise<void> {
  const order = await findOrder(deps.store, name);
  const actions = order.state.actions ?? [];
  if (actions.length === 0)
    throw new AppError("OrderStageForbids", {
      reason: "mitigate",
      target: "properties.details.actions",
      detail: `mitigate: the order in stage ${order.stage} does not wait for an action`,
    });
  const resolution = await readResolution(deps, order, request);
  if (!actions.includes(resolution))
    throw new AppError("InvalidMitigation", {
      target: "customerResolutionCode",
      detail: `customerResolutionCode: expected one of ${actions.join(", ")}`,
    });
  const { error: _error, actions: _actions, ...state } = order.state;
  const next = valueOf(
    decideTransition(lifecycleOf(order), {
      kind: resolution === "Resume" ? "resume" : "cleanUp",
    }),
  );
  const row = { action: "order/mitigate", context, detail: { resolution } } as const;
  await changeOrder(deps, order, row, {
    stageStatus: next.stageStatus,
    state: { ...state, lastMitigation: { resolution, atMs: deps.now() } },
  });
  if (resolution !== "Resume") return;
  // The answer is recorded. A vault that does not answer now leaves CustomerActionPerformed; the
  // operator tries again.
  try {
    await startCopy(deps, await findOrder(deps.store, name), context);
  } catch (error) {
    if (!(error instanceof AppError) || !isPassing(error.code)) throw error;
  }
}

async function readResolution(
  { store }: Plane<"store">,
  order: Order,
  { customerResolutionCode, serialNumberCustomerResolutionMap }: MitigateRequest,
): Promise<CustomerResolution> {
  if (serialNumberCustomerResolutionMap === undefined) {
    if (customerResolutionCode === undefined)
      throw invalid("customerResolutionCode", "expected Resume or MoveToCleanUpDevice");
    return customerResolutionCode;
  }
  const target = "serialNumberCustomerResolutionMap";
  if (customerResolutionCode !== undefined)
    throw invalid(target, "not together with customerResolutionCode");
  const serials = (await readNodes(store, order.id)).map((node) => node.serial);
  const entries = Object.entries(serialNumberCustomerResolutionMap);
  if (entries.some(([serial]) => !serials.includes(serial)) || entries.length !== serials.length)
    throw invalid(target, `expected each of the serial numbers ${serials.join(", ")}`);
  const [resolution, ...others] = new Set(entries.map(([, code]) => code));
  if (resolution === undefined || others.length > 0)
    throw invalid(target, "the nodes of one appliance are copied together: expected one code");
  return resolution;
}

function invalid(target: string, detail: string): AppError {
  return new AppError("InvalidMitigation", { target, detail: `${target}: ${detail}` });
}
