import { type UnlockPolicyView, unlockPolicyWrite } from "@databox-cmk/protocol";

import { ACTIONS } from "../../core/permissions.ts";
import { renderTime } from "../../core/wire-time.ts";
import type { Answer, Route } from "../../http/route.ts";
import type { ControlPlane } from "../../orders/control-plane.ts";
import { findOrder } from "../../orders/find-order.ts";
import { policyTagOf } from "../../release/policy/policy-tag.ts";
import { readStoredPolicy, type StoredPolicy } from "../../release/policy/read-unlock-policy.ts";
import { writeUnlockPolicy } from "../../release/policy/write-unlock-policy.ts";
import { armHandler, contextOf, orderNameOf, parseBody } from "./arm-request.ts";
import { PATHS } from "./paths.ts";

const MAX_BYTES = 16 * 1024;

/** The conditions under which an order's appliances get their key. */
export function createPolicyRoutes(plane: ControlPlane): readonly Route[] {
  const render = (stored: StoredPolicy | undefined): Answer => {
    const json: UnlockPolicyView =
      stored === undefined
        ? { ...plane.settings.defaultPolicy, source: "default" }
        : {
            ...stored.policy,
            source: "order",
            changedAt: renderTime(stored.changedAtMs),
            changedBy: stored.changedBy,
          };
    return { status: 200, headers: { etag: policyTagOf(stored) }, body: { json } };
  };
  return [
    {
      method: "GET",
      path: `${PATHS.job}/unlockPolicy`,
      authentication: "caller",
      action: ACTIONS.readUnlockPolicy,
      reads: "nothing",
      handle: armHandler(async (request) => {
        const { id } = await findOrder(plane.store, orderNameOf(request));
        return render(await readStoredPolicy(plane.store, id));
      }),
    },
    {
      method: "PUT",
      path: `${PATHS.job}/unlockPolicy`,
      authentication: "caller",
      action: ACTIONS.writeUnlockPolicy,
      reads: "json",
      maxBytes: MAX_BYTES,
      handle: armHandler(async (request) => {
        const {
          source: _source,
          changedAt: _changedAt,
          changedBy: _changedBy,
          ...policy
        } = parseBody(unlockPolicyWrite, request.body);
        return render(
          await writeUnlockPolicy(
            plane,
            orderNameOf(request),
            policy,
            request.header("if-match"),
            contextOf(request),
          ),
        );
      }),
    },
  ];
}
