import type { StillMay } from "../../callers/has-access.ts";
import type { Vote } from "../../core/decide-release.ts";
import type { OrderId } from "../../core/order.ts";
import { decideAccess, parseAppRole } from "../../core/permissions.ts";
import type { Outcome } from "../../core/ports.ts";
import type { Caller } from "../../http/route.ts";

/** Whether a person still has the right to approve. */
export type StillApproves = (objectId: string, order: OrderId) => Promise<Outcome<boolean>>;

export function createStillApproves(stillMay: StillMay): StillApproves {
  return (objectId, order) =>
    stillMay(objectId, "Microsoft.DataBox/jobs/approvals/approve/action", order);
}

/** The source of an authorised caller's right: the token itself, or an assignment. */
export function rightOf(caller: Caller, order: OrderId): Vote["right"] {
  const roles = caller.roles.flatMap((role) => parseAppRole(role) ?? []);
  return decideAccess(roles, "Microsoft.DataBox/jobs/approvals/approve/action", order)
    ? "token"
    : "assignment";
}
