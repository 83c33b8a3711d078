import { namesOf } from "@databox-cmk/errors";
import { REVOCATION_CALLS } from "@databox-cmk/protocol";

import { EVENT_TYPES } from "../../core/cloud-event.ts";
import {
  type Consequences,
  decideConsequences,
  type Reach,
} from "../../core/decide-consequences.ts";
import { invalidMember } from "../../core/failure-error.ts";
import { decideLock } from "../../core/lock-state.ts";
import { orderIdOf } from "../../core/order.ts";
import { renderTime } from "../../core/wire-time.ts";
import type { Route } from "../../http/route.ts";
import type { Changing, Plane } from "../../orders/control-plane.ts";
import { findOrder, findOrderId } from "../../orders/find-order.ts";
import { readLastDrill, startDrill } from "../../release/kill-switches/drill.ts";
import { scopeOfOrder } from "../../release/kill-switches/existing-scope.ts";
import { listRevocationsOver } from "../../release/kill-switches/list-revocations.ts";
import type { RevocationScope } from "../../release/kill-switches/revocations.ts";
import { restoreAccess, revokeNow } from "../../release/kill-switches/switch-unlocking.ts";
import { readVerdict, type VerdictDependencies } from "../../release/verdict/read-verdicts.ts";
import { arm, type ArmRequest, queryValues } from "./arm-route.ts";

const origin = "customer";
const NO_LOSS: Consequences = { closes: [], staysOpen: [], staysLocked: [] };
const EVENT_OF = {
  switch: EVENT_TYPES.accessRevoked,
  key: EVENT_TYPES.keyHealthChanged,
  emergency: EVENT_TYPES.breakGlass,
} as const;

function lossOf(request: ArmRequest): keyof typeof EVENT_OF {
  const [loss = "", ...others] = queryValues(request, "of");
  const known = namesOf(EVENT_OF).find((name) => name === loss);
  if (known === undefined || others.length > 0)
    throw invalidMember("of", `expected once in the query, one of ${namesOf(EVENT_OF).join(", ")}`);
  return known;
}

/** The order owner's actions on appliances in the field. */
export function createRevocationRoutes(
  deps: Changing & Plane<"admitChange" | "announce" | "tells"> & VerdictDependencies,
): readonly Route[] {
  const scopeOf = (request: ArmRequest, serial: string | undefined): Promise<RevocationScope> =>
    scopeOfOrder(deps, request.order, serial);
  return [
    arm.route(REVOCATION_CALLS.list, {
      action: "Microsoft.DataBox/jobs/revocations/read",
      summary: "Lists the active kill switches of an order (extension)",
      handle: async ({ order }) => ({
        json: await listRevocationsOver(deps.store, await findOrderId(deps.store, order)),
      }),
    }),
    arm.route(REVOCATION_CALLS.preview, {
      action: "Microsoft.DataBox/jobs/revocations/read",
      summary:
        "Reads which nodes a kill switch or the loss of the key would close or keep locked, and who would be told (extension)",
      handle: async (request) => {
        const loss = lossOf(request);
        const { facts, nodes } = await readVerdict(deps, request.order);
        const nowMs = deps.now();
        const reachOf = (serial: string): Reach => {
          const node = nodes.find((each) => each.serial === serial);
          const lock = node && decideLock(node.facts, nowMs).lock;
          if (lock === "unlocked" && node?.facts.lease?.offline === undefined) return "open";
          return lock === "unlocked" || lock === "grace" ? "unreached" : "locked";
        };
        const concerned = loss === "emergency" ? NO_LOSS : decideConsequences(facts, loss, reachOf);
        const order = orderIdOf(request.order);
        const told = await deps.tells({ type: EVENT_OF[loss], order });
        return { json: { ...concerned, told } };
      },
    }),
    arm.bodyRoute(REVOCATION_CALLS.revoke, {
      action: "Microsoft.DataBox/jobs/revoke/action",
      summary: "Refuses unlocks of an order or one node, and re-locks at once (extension)",
      handle: async (request) => {
        const { reason, serial } = request.body;
        const scope = await scopeOf(request, serial);
        const { context } = request;
        const { nowMs, leases } = await revokeNow({ deps, scope, origin, context }, reason);
        return { json: { revokedAt: renderTime(nowMs), leases } };
      },
    }),
    arm.bodyRoute(REVOCATION_CALLS.restore, {
      action: "Microsoft.DataBox/jobs/restoreAccess/action",
      summary: "Turns a revocation off; each node must unlock again (extension)",
      handle: async (request) => {
        const scope = await scopeOf(request, request.body.serial);
        const { context } = request;
        const order = await findOrder(deps.store, request.order);
        const { nowMs, lifted } = await restoreAccess({ deps, scope, origin, context }, order);
        return { json: { restoredAt: renderTime(nowMs), lifted } };
      },
    }),
    arm.route(REVOCATION_CALLS.startDrill, {
      action: "Microsoft.DataBox/jobs/revocationDrill/action",
      summary: "Measures the path of a revocation; volumes stay open (extension)",
      handle: async (request) => {
        const id = await findOrderId(deps.store, request.order);
        await startDrill(deps, id, request.context);
        return { json: await readLastDrill(deps, id) };
      },
    }),
    arm.route(REVOCATION_CALLS.readDrill, {
      action: "Microsoft.DataBox/jobs/revocationDrill/read",
      summary: "Reads the figures of the last drill (extension)",
      handle: async ({ order }) => ({
        json: await readLastDrill(deps, await findOrderId(deps.store, order)),
      }),
    }),
  ];
}
