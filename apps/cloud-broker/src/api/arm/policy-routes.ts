import {
  type UnlockPolicy,
  type UnlockPolicyView,
  type UnlockPolicyWrite,
  type CustodyPolicyView,
  CUSTODY_POLICY_CALLS,
  UNLOCK_POLICY_CALLS,
} from "@databox-cmk/protocol";

import { renderTime } from "../../core/wire-time.ts";
import type { Route } from "../../http/route.ts";
import type { Changing, Plane } from "../../orders/control-plane.ts";
import {
  listEscrowOrders,
  readCustodyPolicy,
  writeCustodyPolicy,
} from "../../orders/custody-policy.ts";
import { findOrderId } from "../../orders/find-order.ts";
import { beginOverride } from "../../release/approvals/admit-change.ts";
import { policyTagOf } from "../../release/policy/policy-tag.ts";
import { readStoredPolicy, type StoredPolicy } from "../../release/policy/read-unlock-policy.ts";
import { checkPolicy, writeUnlockPolicy } from "../../release/policy/write-unlock-policy.ts";
import { arm, type Reply, type ArmRequest } from "./arm-route.ts";
import { resourceIdOf } from "./links.ts";

/** The conditions under which an order's appliances get their key. */
export function createPolicyRoutes(
  deps: Changing & Plane<"settings" | "admitChange" | "stillApproves" | "announce">,
): readonly Route[] {
  const render = (stored: StoredPolicy | undefined): Reply<UnlockPolicyView> => {
    const json: UnlockPolicyView =
      stored === undefined
        ? { ...deps.settings.defaultPolicy, source: "default" }
        : {
            ...stored.policy,
            source: "order",
            changedAt: renderTime(stored.changedAtMs),
            changedBy: stored.changedBy,
          };
    return { headers: { etag: policyTagOf(stored) }, json };
  };
  return [
    arm.route(UNLOCK_POLICY_CALLS.read, {
      action: "Microsoft.DataBox/jobs/unlockPolicy/read",
      summary: "Reads the unlock policy of an order (extension)",
      handle: async (request) => {
        const id = await findOrderId(deps.store, request.order);
        return render(await readStoredPolicy(deps.store, id));
      },
    }),
    arm.bodyRoute(UNLOCK_POLICY_CALLS.write, {
      action: "Microsoft.DataBox/jobs/unlockPolicy/write",
      summary: "Writes the whole unlock policy of an order (extension)",
      handle: async (request) => {
        const { policy, ...options } = parsePolicy(request.body);
        const ifMatch = request.header("if-match");
        const { order, context } = request;
        return render(
          await writeUnlockPolicy(deps, order, policy, { ...options, ifMatch }, context),
        );
      },
    }),
    arm.bodyRoute(UNLOCK_POLICY_CALLS.override, {
      action: "Microsoft.DataBox/jobs/unlockPolicy/override/action",
      summary: "Begins an Owner's override of the unlock policy, after a delay (extension)",
      handle: async ({ body, order: name, context }) => {
        const { policy: written, ...options } = parsePolicy(body.policy);
        const { order } = await checkPolicy(deps, name, written, options, context);
        const begun = await beginOverride(
          { ...deps, defaultPolicy: deps.settings.defaultPolicy },
          order,
          written,
          { reason: body.reason, delaySeconds: deps.settings.policyOverrideHours * 3600 },
          context,
        );
        return {
          status: 202,
          json: {
            approvalId: begun.id,
            effectiveAt: renderTime(begun.effectiveAtMs),
            expiresAt: renderTime(begun.expiresAtMs),
          },
        };
      },
    }),
  ];
}

/** A policy as it is written: members of a view are ignored. */
function parsePolicy({
  source: _source,
  changedAt: _changedAt,
  changedBy: _changedBy,
  acceptUnknownApprovers = false,
  ...policy
}: UnlockPolicyWrite): { readonly policy: UnlockPolicy; readonly acceptUnknownApprovers: boolean } {
  return { policy, acceptUnknownApprovers };
}

/** Whether a subscription allows only split custody for its new orders. */
export function createCustodyPolicyRoutes(deps: Changing): readonly Route[] {
  const view = async ({ order: { subscriptionId } }: ArmRequest): Promise<CustodyPolicyView> => {
    const policy = await readCustodyPolicy(deps.store, subscriptionId);
    const inEscrow = await listEscrowOrders(deps.store, subscriptionId);
    return {
      splitOnly: policy?.splitOnly === 1,
      changedAt: policy && renderTime(policy.changedAtMs),
      changedBy: policy?.changedBy,
      escrowOrders: inEscrow.map((name) => resourceIdOf({ name })),
    };
  };
  return [
    arm.route(CUSTODY_POLICY_CALLS.read, {
      action: "Microsoft.DataBox/custodyPolicy/read",
      summary: "Reads whether a subscription allows only split custody (extension)",
      handle: async (request) => ({ json: await view(request) }),
    }),
    arm.bodyRoute(CUSTODY_POLICY_CALLS.write, {
      action: "Microsoft.DataBox/custodyPolicy/write",
      summary: "Allows only split custody for the new orders of a subscription (extension)",
      handle: async (request) => {
        const { body, context, order } = request;
        await writeCustodyPolicy(deps, order.subscriptionId, body.splitOnly, context);
        return { json: await view(request) };
      },
    }),
  ];
}
