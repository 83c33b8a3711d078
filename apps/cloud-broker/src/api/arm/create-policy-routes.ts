import { unlockPolicyView, type UnlockPolicyView, unlockPolicyWrite } from "@databox-cmk/protocol";

import { renderTime } from "../../core/wire-time.ts";
import type { Route } from "../../http/route.ts";
import type { ControlPlane } from "../../orders/control-plane.ts";
import { findOrderId } from "../../orders/find-order.ts";
import { policyTagOf } from "../../release/policy/policy-tag.ts";
import { readStoredPolicy, type StoredPolicy } from "../../release/policy/read-unlock-policy.ts";
import { writeUnlockPolicy } from "../../release/policy/write-unlock-policy.ts";
import { arm, type Reply } from "./arm-route.ts";
import { PATHS } from "./paths.ts";

/** The conditions under which an order's appliances get their key. */
export function createPolicyRoutes(plane: ControlPlane): readonly Route[] {
  const render = (stored: StoredPolicy | undefined): Reply<UnlockPolicyView> => {
    const json: UnlockPolicyView =
      stored === undefined
        ? { ...plane.settings.defaultPolicy, source: "default" }
        : {
            ...stored.policy,
            source: "order",
            changedAt: renderTime(stored.changedAtMs),
            changedBy: stored.changedBy,
          };
    return { headers: { etag: policyTagOf(stored) }, json };
  };
  return [
    arm.route({
      at: ["GET", `${PATHS.job}/unlockPolicy`],
      action: "Microsoft.DataBox/jobs/unlockPolicy/read",
      summary: "Reads the unlock policy of an order (extension)",
      answers: { 200: unlockPolicyView },
      handle: async (request) => {
        const id = await findOrderId(plane.store, request.order);
        return render(await readStoredPolicy(plane.store, id));
      },
    }),
    arm.bodyRoute({
      at: ["PUT", `${PATHS.job}/unlockPolicy`],
      action: "Microsoft.DataBox/jobs/unlockPolicy/write",
      summary: "Writes the whole unlock policy of an order (extension)",
      body: unlockPolicyWrite,
      headers: ["If-Match"],
      answers: { 200: unlockPolicyView },
      handle: async (request) => {
        const {
          source: _source,
          changedAt: _changedAt,
          changedBy: _changedBy,
          ...policy
        } = request.body;
        return render(
          await writeUnlockPolicy(
            plane,
            request.order,
            policy,
            request.header("if-match"),
            request.context,
          ),
        );
      },
    }),
  ];
}
